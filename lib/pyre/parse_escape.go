package pyre

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// escape reads what follows a backslash outside a set.
func (p *parser) escape(f Flags) *node {
	start := p.pos - 1
	c := p.escaped()
	ascii := f&ASCII != 0
	switch c {
	case 'A':
		return &node{op: opAt, at: atTextBegin}
	case 'Z':
		return &node{op: opAt, at: atTextEnd}
	case 'b':
		if ascii {
			return &node{op: opAt, at: atASCIIWord}
		}
		return &node{op: opAt, at: atWord}
	case 'B':
		if ascii {
			return &node{op: opAt, at: atNotASCIIWord}
		}
		return &node{op: opAt, at: atNotWord}
	case 'd', 'D', 's', 'S', 'w', 'W':
		return one(classOf(byte(c), ascii))
	}
	if '1' <= c && c <= '9' {
		return p.numeric(byte(c), f, start)
	}
	return literal(p.charEscape(c, start), f)
}

// escaped takes the character after a backslash.
func (p *parser) escaped() rune {
	if !p.more() {
		p.fail(p.pos-1, "bad escape (end of pattern)")
	}
	return p.next()
}

// numeric reads a reference to a group, or a character in three octal digits.
func (p *parser) numeric(first byte, f Flags, start int) *node {
	digits := string(first)
	if p.more() && isDigit(p.src[p.pos]) {
		digits += string(p.src[p.pos])
		p.pos++
		if isOctal(digits[0]) && isOctal(digits[1]) && p.more() && isOctal(p.src[p.pos]) {
			digits += string(p.src[p.pos])
			p.pos++
			return literal(p.octal(digits, start), f)
		}
	}
	g, _ := strconv.Atoi(digits)
	if g >= len(p.names) {
		p.fail(start+1, "invalid group reference %d", g)
	}
	p.checkClosed(g, start)
	return p.backref(g, f)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isOctal(c byte) bool { return '0' <= c && c <= '7' }

func (p *parser) octal(digits string, start int) rune {
	n, _ := strconv.ParseInt(digits, 8, 32)
	if n > 0o377 {
		p.fail(start, `octal escape value \%s outside of range 0-0o377`, digits)
	}
	return rune(n)
}

// charEscape reads the rest of an escape that stands for one character, of which c came after the backslash.
func (p *parser) charEscape(c rune, start int) rune {
	if i := strings.IndexRune("abfnrtv", c); i >= 0 {
		return rune("\a\b\f\n\r\t\v"[i])
	}
	switch c {
	case 'x':
		return p.hex(2, start)
	case 'u':
		return p.hex(4, start)
	case 'U':
		return p.hex(8, start)
	case 'N':
		p.fail(start, `named characters (\N{...}) are not supported; write the character itself`)
	case '0':
		return p.octal("0"+p.take(2, isOctal), start)
	}
	if c < utf8.RuneSelf && (isLetter(byte(c)) || isDigit(byte(c))) {
		p.fail(start, `bad escape \%c`, c)
	}
	return c
}

func (p *parser) hex(n, start int) rune {
	digits := p.take(n, func(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' })
	if len(digits) != n {
		p.fail(start, "incomplete escape %s", p.src[start:p.pos])
	}
	c, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || c > maxRune {
		p.fail(start, "bad escape %s", p.src[start:p.pos])
	}
	return rune(c)
}

// take takes at most n bytes for which f holds.
func (p *parser) take(n int, f func(byte) bool) string {
	start := p.pos
	for p.pos < len(p.src) && p.pos-start < n && f(p.src[p.pos]) {
		p.pos++
	}
	return p.src[start:p.pos]
}
