package source

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// decoder turns a log's bytes into valid UTF-8. Where a line cannot be in the log's encoding, what is wrong in it
// becomes U+FFFD, as fail2ban does. The zero value reads UTF-8.
type decoder struct {
	table *[256]rune        // of a code with one byte a character
	other *encoding.Decoder // of another code
	wide  *wideCode         // of a code with two or four bytes a unit, in which "\n" is not one byte
	utf8  *encoding.Decoder // mends UTF-8
	bom   bool              // take a byte order mark off the beginning of a line
	ascii bool              // the code is ASCII as far as bytes below 0x80 go, and has no state
}

// CheckEncoding returns an error if Options.Encoding cannot have this value.
func CheckEncoding(name string) error {
	_, err := newDecoder(name)
	return err
}

// newDecoder returns the decoder of the encoding that Python calls name.
func newDecoder(name string) (*decoder, error) {
	d := &decoder{ascii: true, utf8: unicode.UTF8.NewDecoder()}
	name = canonical(name)
	if name == "" || name == "auto" {
		name = localeCharset(os.Getenv)
	}
	if code, ok := wideCodes[name]; ok {
		d.wide = &code
		return d, nil
	}
	code := lookup(name)
	switch c := code.(type) {
	case nil:
		return nil, fmt.Errorf("encoding %q: unknown; try utf-8, latin-1, cp1252, koi8-r, utf-16 or another name that Python has", name)
	case *charmap.Charmap:
		d.table, d.ascii = table(c, name)
	default:
		d.bom = code == unicode.UTF8BOM
		if !d.bom && code != unicode.UTF8 {
			d.other, d.ascii = code.NewDecoder(), !escaped[name]
		}
	}
	return d, nil
}

// reader returns r as it is to be cut into lines: UTF-8 where the encoding's own "\n" is more than a byte, else
// untouched.
func (d *decoder) reader(r io.Reader) io.Reader {
	if d.wide == nil {
		return r
	}
	return d.wide.stream().NewDecoder().Reader(r)
}

// text decodes a line of what reader returned. "\r" at its end is dropped, however often it stands there.
func (d *decoder) text(line []byte) string {
	line = bytes.TrimRight(line, "\r")
	switch {
	case d.ascii && isASCII(line):
		return string(line)
	case d.table != nil:
		return d.fromTable(line)
	case d.other != nil:
		return decoded(d.other, line)
	case d.bom:
		line = bytes.TrimPrefix(line, []byte("\ufeff"))
	}
	if utf8.Valid(line) {
		return string(line)
	}
	return decoded(d.utf8, line)
}

// message decodes a text of any encoding, a wide one too, that did not come through reader.
func (d *decoder) message(text []byte) string {
	if d.wide != nil {
		return decoded(d.wide.stream().NewDecoder(), text)
	}
	return d.text(text)
}

func (d *decoder) fromTable(line []byte) string {
	var s strings.Builder
	s.Grow(len(line) + len(line)/4)
	for _, b := range line {
		s.WriteRune(d.table[b])
	}
	return s.String()
}

// decoded runs a decoder over a line. Decoders replace what they cannot read, they don't fail on it; if one did, the
// rest of the line is read as UTF-8.
func decoded(dec *encoding.Decoder, line []byte) string {
	text, err := dec.Bytes(line)
	if err != nil {
		return strings.ToValidUTF8(string(line), "\ufffd")
	}
	return string(text)
}

// isASCII looks at many bytes at a time.
func isASCII(line []byte) bool {
	const high = 0x8080808080808080
	for len(line) >= 32 {
		four := line[:32]
		if (binary.LittleEndian.Uint64(four)|binary.LittleEndian.Uint64(four[8:])|
			binary.LittleEndian.Uint64(four[16:])|binary.LittleEndian.Uint64(four[24:]))&high != 0 {
			return false
		}
		line = line[32:]
	}
	for _, b := range line {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// localeCharset is what "auto" means: the charset of the environment's locale, and UTF-8 where that names none, or one
// that isn't known.
func localeCharset(getenv func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		locale := getenv(name)
		if locale == "" {
			continue
		}
		_, charset, _ := strings.Cut(locale, ".")
		charset, _, _ = strings.Cut(charset, "@")
		charset = canonical(charset)
		if lookup(charset) != nil {
			return charset
		}
		break
	}
	return "utf-8"
}
