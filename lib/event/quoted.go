package event

import (
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

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

// Words of eight equal bytes.
const (
	ones   = 0x0101010101010101
	tops   = 0x80 * ones
	slants = '\\' * ones
	most   = 0x7f * ones
	flip   = ('"' ^ ' ') * ones
	rise   = (0x80 - ' ' - 1) * ones
)

// skipPlain returns the index of the first byte of s, from i on, that isn't plain, or is a DEL; or the length of s. It looks at
// many bytes at once.
func skipPlain(s string, i int) int {
	start := i
	for ; i+16 <= len(s); i += 16 {
		first, second := unplain(word(s[i:i+8])), unplain(word(s[i+8:i+16]))
		if first|second != 0 {
			if first != 0 {
				return i + bits.TrailingZeros64(first)/8
			}
			return i + 8 + bits.TrailingZeros64(second)/8
		}
	}
	if i+8 <= len(s) {
		if found := unplain(word(s[i : i+8])); found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
		i += 8
	}
	if last := len(s) - 8; i < len(s) && last >= start { // the bytes before i are plain, so it does no harm to look at some again
		if found := unplain(word(s[last:])); found != 0 {
			return last + bits.TrailingZeros64(found)/8
		}
		return len(s)
	}
	for i < len(s) && class[s[i]] == plain && s[i] != 0x7f {
		i++
	}
	return i
}

// word makes one number of eight bytes.
func word(b string) uint64 {
	_ = b[7]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// unplain sets the top bit of each byte of x that isn't plain, or is a DEL, up to the first that is beyond ASCII: behind that one
// the sums may have run over. In ASCII they don't: where a quote and a blank have changed places all that is plain lies behind the quote,
// and reaches the top bit; a backslash is the only one that doesn't, taken from itself; and DEL the only one that does by one.
func unplain(x uint64) uint64 {
	plain := ((x ^ flip) + rise) & ((x ^ slants) + most)
	return (x | (x + ones) | ^plain) & tops
}

// str reads the string that begins here. It is a part of the text unless it holds escapes or bytes that are no UTF-8.
func (p *scanner) str() string {
	start := p.pos + 1
	i := skipPlain(p.s, start)
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
