package pyre

import "strings"

// member is one item of a set: a character, or a whole class such as \d.
type member struct {
	char  rune
	class *charset
}

func (m member) set() *charset {
	if m.class != nil {
		return m.class
	}
	return single(m.char)
}

// set reads a set in brackets whose opening bracket was taken.
func (p *parser) set(f Flags) *node {
	start := p.pos - 1
	negate := p.accept('^')
	set := &charset{}
	for first := true; first || !p.peek(']'); first = false {
		at := p.pos
		from := p.member(f, start)
		if !p.accept('-') {
			set = set.union(from.fold(f))
			continue
		}
		if p.peek(']') {
			set = set.union(from.fold(f)).union(single('-'))
			continue
		}
		to := p.member(f, start)
		if from.class != nil || to.class != nil || to.char < from.char {
			p.fail(at, "bad character range %s", p.src[at:p.pos])
		}
		set = set.union(folded(span(from.char, to.char), f))
	}
	p.pos++
	if negate {
		set = set.negate()
	}
	return one(set)
}

// fold returns the set of a member. Classes such as \w hold all cases already.
func (m member) fold(f Flags) *charset {
	if m.class != nil {
		return m.class
	}
	return folded(m.set(), f)
}

// member reads one character or class of the set that began at start.
func (p *parser) member(f Flags, start int) member {
	if !p.more() {
		p.fail(start, "unterminated character set")
	}
	at := p.pos
	c := p.next()
	if c != '\\' {
		return member{char: c}
	}
	c = p.escaped()
	switch {
	case strings.ContainsRune("dDsSwW", c):
		return member{class: classOf(byte(c), f&ASCII != 0)}
	case '1' <= c && c <= '7':
		p.pos--
		return member{char: p.octal(p.take(3, isOctal), at)}
	}
	return member{char: p.charEscape(c, at)}
}
