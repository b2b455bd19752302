package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// parseEntry reads the fields of a line of `journalctl -o json` into l. Names are taken exactly as they are written. A
// field that stands more than once, be it as a list or by repeated names, keeps all its values.
func parseEntry(raw []byte, dec *decoder, l *Line) error {
	if !json.Valid(raw) {
		return syntaxError(raw)
	}
	// What follows can rely on the syntax. Most values are cut out of this one string.
	w := walker{text: string(raw)}
	if w.space(); w.peek() != '{' {
		return errors.New("not a JSON object")
	}
	l.Fields = make(map[string]string, 32)
	for w.member() {
		name := unquote(w.take(), dec)
		w.pos++ // the colon, which space left us at
		w.space()
		if err := addField(l, name, w.take(), dec); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// syntaxError says where raw stops being JSON.
func syntaxError(raw []byte) error {
	var ignored json.RawMessage
	err := json.Unmarshal(raw, &ignored)
	if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("not JSON: byte %d: %w", bad.Offset, bad)
	}
	return errors.New("not JSON")
}

// addField adds the values of one member. journalctl writes text as a string, other bytes as a list of numbers, several
// values as a list of those, and null for what it found too long.
func addField(l *Line, name, value string, dec *decoder) error {
	if value[0] != '[' {
		text, ok := scalar(value, dec)
		l.addValue(name, text, ok)
		return nil
	}
	w := walker{text: value}
	if !w.element() {
		l.addValue(name, "", true)
		return nil
	}
	if c := w.peek(); c == '-' || '0' <= c && c <= '9' {
		text, err := byteList(value, dec)
		l.addValue(name, text, err == nil)
		return err
	}
	for more := true; more; more = w.element() {
		item := w.take()
		text, ok := scalar(item, dec)
		if item[0] == '[' {
			var err error
			if text, err = byteList(item, dec); err != nil {
				return err
			}
			ok = true
		}
		l.addValue(name, text, ok)
	}
	return nil
}

func (l *Line) addValue(name, value string, ok bool) {
	if !ok {
		l.null = l.null || name == "MESSAGE"
		return
	}
	if _, again := l.Fields[name]; !again {
		l.Fields[name] = value
		return
	}
	if l.repeated == nil {
		l.repeated = make(map[string][]string)
	}
	l.repeated[name] = append(l.repeated[name], value)
}

// scalar is the text of a string or a number; ok is false for null and whatever else journalctl never writes.
func scalar(value string, dec *decoder) (text string, ok bool) {
	switch c := value[0]; {
	case c == '"':
		return unquote(value, dec), true
	case c == '-' || '0' <= c && c <= '9':
		return value, true
	}
	return "", false
}

// byteList decodes the list of numbers that stands for bytes: as UTF-8 where it is that, else in the log's encoding, as
// fail2ban does.
func byteList(list string, dec *decoder) (string, error) {
	var data []byte
	w := walker{text: list}
	for w.element() {
		item := w.take()
		b, err := strconv.ParseUint(item, 10, 8)
		if err != nil {
			return "", fmt.Errorf("%.20q is no byte", item)
		}
		data = append(data, byte(b))
	}
	if utf8.Valid(data) {
		return string(data), nil
	}
	return dec.message(data), nil
}

// unquote decodes a JSON string.
func unquote(quoted string, dec *decoder) string {
	text := quoted[1 : len(quoted)-1]
	if strings.IndexByte(text, '\\') < 0 {
		if utf8.ValidString(text) {
			return text
		}
		return decoded(dec.utf8, []byte(text))
	}
	var plain string
	if json.Unmarshal([]byte(quoted), &plain) != nil {
		return strings.ToValidUTF8(text, "\ufffd")
	}
	return plain
}

// walker steps over JSON that is known to be valid.
type walker struct {
	text string
	pos  int
}

func (w *walker) peek() byte { return w.text[w.pos] }

func (w *walker) space() {
	for w.pos < len(w.text) && strings.IndexByte(" \t\r\n", w.text[w.pos]) >= 0 {
		w.pos++
	}
}

// member goes to the next name of an object and element to the next value of a list, beginning at the bracket; false:
// there is none. The two are written in the same way.
func (w *walker) member() bool { return w.element() }

func (w *walker) element() bool {
	w.space()
	w.pos++ // the bracket that opens, or a comma, or the bracket that closes
	if c := w.text[w.pos-1]; c == ']' || c == '}' {
		return false
	}
	w.space()
	c := w.peek()
	return c != ']' && c != '}'
}

// take steps over the value ahead and the white space behind it, and returns the value.
func (w *walker) take() string {
	start, depth := w.pos, 0
	for {
		switch c := w.peek(); c {
		case '"':
			w.quoted()
		case '[', '{':
			depth++
			w.pos++
		case ']', '}':
			depth--
			w.pos++
		case ',', ':', ' ', '\t', '\r', '\n':
			w.pos++
		default:
			w.word()
		}
		if depth == 0 {
			value := w.text[start:w.pos]
			w.space()
			return value
		}
	}
}

// quoted steps over a string.
func (w *walker) quoted() {
	for w.pos++; ; w.pos++ {
		switch w.peek() {
		case '\\':
			w.pos++
		case '"':
			w.pos++
			return
		}
	}
}

// word steps over a number, true, false or null.
func (w *walker) word() {
	for w.pos < len(w.text) && strings.IndexByte(",:]} \t\r\n", w.text[w.pos]) < 0 {
		w.pos++
	}
}
