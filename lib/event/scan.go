package event

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is how deep objects and arrays may nest, the event itself included.
const maxDepth = 64

// scanner walks once over one JSON text, by the letter of RFC 8259. The first thing that is wrong with the text ends the
// walk: err is set, pos no longer moves, and what the methods return means nothing.
type scanner struct {
	s     string
	pos   int
	depth int // how many objects and arrays are around pos
	err   error
}

// syntaxError says where a text is no JSON.
type syntaxError struct{ error }

// fail sets the error that ends the walk.
func (p *scanner) fail(wanted string) {
	switch {
	case p.err != nil:
	case p.pos >= len(p.s):
		p.err = syntaxError{fmt.Errorf("the line is cut short after byte %d, where %s was wanted", len(p.s), wanted)}
	default:
		r, _ := utf8.DecodeRuneInString(p.s[p.pos:])
		p.err = syntaxError{fmt.Errorf("byte %d: %q where %s was wanted", p.pos+1, r, wanted)}
	}
}

// space skips white space and returns the byte after it, 0 at the end.
func (p *scanner) space() byte {
	for ; p.pos < len(p.s); p.pos++ {
		if c := p.s[p.pos]; c > ' ' || c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c
		}
	}
	return 0
}

// peek returns the byte at hand, 0 at the end.
func (p *scanner) peek() byte {
	if p.pos < len(p.s) {
		return p.s[p.pos]
	}
	return 0
}

// open steps into an object or an array.
func (p *scanner) open() {
	if p.depth == maxDepth {
		p.err = fmt.Errorf("byte %d: nested deeper than %d levels", p.pos+1, maxDepth)
		return
	}
	p.pos++
	p.depth++
}

// next says whether the container that ends with closing has one more element, and steps over the comma before it, or
// out of the container.
func (p *scanner) next(closing byte, first bool) bool {
	c := p.space()
	switch {
	case p.err != nil:
		return false
	case c == closing:
		p.pos++
		p.depth--
		return false
	case first:
		return true
	case c == ',':
		p.pos++
		p.space()
		return true
	}
	p.fail(fmt.Sprintf("',' or %q", closing))
	return false
}

// name reads a member's name and steps over the colon, up to its value.
func (p *scanner) name() string {
	if p.space() != '"' {
		p.fail("a name in quotes")
		return ""
	}
	name := p.str()
	if p.space() != ':' {
		p.fail("':'")
		return ""
	}
	p.pos++
	p.space()
	return name
}

// What a byte is inside a string.
const (
	plain = iota
	quote
	escape
	control
	high // part of a rune beyond ASCII, or no UTF-8 at all
)

// class says for every byte what it is inside a string.
var class = func() (t [256]uint8) {
	for c := range t {
		switch {
		case c == '"':
			t[c] = quote
		case c == '\\':
			t[c] = escape
		case c < ' ':
			t[c] = control
		case c >= utf8.RuneSelf:
			t[c] = high
		}
	}
	return t
}()

// str reads the string that begins here. It is a part of the text unless it holds escapes or bytes that are no UTF-8.
func (p *scanner) str() string {
	start := p.pos + 1
	i := start
	for i < len(p.s) && class[p.s[i]] == plain {
		i++
	}
	if i < len(p.s) && p.s[i] == '"' {
		p.pos = i + 1
		return p.s[start:i]
	}
	p.pos = i
	raw, escaped := p.restOfString(start)
	if p.err == nil && (escaped || !utf8.ValidString(raw)) {
		return unquote(raw)
	}
	return raw
}

// restOfString reads on to the closing quote and checks the escapes; it returns the text between the quotes.
func (p *scanner) restOfString(start int) (raw string, escaped bool) {
	for p.pos < len(p.s) {
		switch class[p.s[p.pos]] {
		case quote:
			p.pos++
			return p.s[start : p.pos-1], escaped
		case escape:
			escaped = true
			if !p.escape() {
				return "", true
			}
		case control:
			p.fail("an escape such as \\n")
			return "", escaped
		default:
			p.pos++
		}
	}
	p.fail("the end of a string")
	return "", escaped
}

// escape steps over one escape sequence.
func (p *scanner) escape() bool {
	p.pos++
	if p.pos >= len(p.s) || !strings.ContainsRune(`"\/bfnrtu`, rune(p.s[p.pos])) {
		p.fail(`one of "\/bfnrtu`)
		return false
	}
	digits := p.s[p.pos] == 'u'
	p.pos++
	for n := 0; digits && n < 4; n++ {
		if p.pos >= len(p.s) || hexValue(p.s[p.pos]) < 0 {
			p.fail("a hexadecimal digit")
			return false
		}
		p.pos++
	}
	return true
}

// unquote resolves the escapes of a checked string and puts U+FFFD in the place of what is no character.
func unquote(raw string) string {
	b := make([]byte, 0, len(raw)+2*utf8.UTFMax)
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case c != '\\':
			r, size := utf8.DecodeRuneInString(raw[i:])
			b = utf8.AppendRune(b, r)
			i += size
		case raw[i+1] == 'u':
			r, size := unicodeEscape(raw[i:])
			b = utf8.AppendRune(b, r)
			i += size
		default:
			b = append(b, escaped(raw[i+1]))
			i += 2
		}
	}
	return string(b)
}

// unicodeEscape reads the "\uXXXX" that s begins with, or the pair of them that makes one rune. Half a pair is U+FFFD.
func unicodeEscape(s string) (r rune, size int) {
	r = hexRune(s[2:6])
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
		if pair := utf16.DecodeRune(r, hexRune(s[8:12])); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return utf8.RuneError, 6
}

func hexRune(digits string) (r rune) {
	for i := range len(digits) {
		r = r<<4 | rune(hexValue(digits[i]))
	}
	return r
}

// hexValue is the value of a hexadecimal digit, -1 if c is none.
func hexValue(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// escaped is the character that a backslash and c stand for.
func escaped(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// skip checks the value that begins here, of any kind, and steps over it; it returns its text.
func (p *scanner) skip() string {
	start := p.pos
	switch c := p.space(); {
	case c == '"':
		p.pos++
		p.restOfString(p.pos)
	case c == '{' || c == '[':
		p.skipContainer(c)
	case c == '-' || '0' <= c && c <= '9':
		p.number()
	default:
		p.literal()
	}
	if p.err != nil {
		return ""
	}
	return p.s[start:p.pos]
}

// skipContainer checks an object or an array and steps over it.
func (p *scanner) skipContainer(opening byte) {
	closing := opening + 2 // so it is in ASCII, for both kinds
	p.open()
	for first := true; p.next(closing, first); first = false {
		if opening == '{' {
			p.name()
		}
		p.skip()
	}
}

// number checks a number and steps over it; it returns its text.
func (p *scanner) number() string {
	start := p.pos
	if p.pos < len(p.s) && p.s[p.pos] == '-' {
		p.pos++
	}
	if p.pos < len(p.s) && p.s[p.pos] == '0' {
		p.pos++
	} else {
		p.digits()
	}
	if p.pos < len(p.s) && p.s[p.pos] == '.' {
		p.pos++
		p.digits()
	}
	if p.pos < len(p.s) && p.s[p.pos]|0x20 == 'e' {
		p.pos++
		if p.pos < len(p.s) && (p.s[p.pos] == '+' || p.s[p.pos] == '-') {
			p.pos++
		}
		p.digits()
	}
	return p.s[start:p.pos]
}

// digits steps over one digit or more.
func (p *scanner) digits() {
	start := p.pos
	for p.pos < len(p.s) && '0' <= p.s[p.pos] && p.s[p.pos] <= '9' {
		p.pos++
	}
	if p.pos == start {
		p.fail("a digit")
	}
}

// literal checks a true, false or null and steps over it; it returns its text.
func (p *scanner) literal() string {
	for _, word := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(p.s[p.pos:], word) {
			p.pos += len(word)
			return word
		}
	}
	p.fail("a value")
	return ""
}
