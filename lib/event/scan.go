package event

import (
	"fmt"
	"strings"
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
