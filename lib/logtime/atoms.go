package logtime

import (
	"strings"
	"unicode/utf8"
)

// char reads a plain character.
func (p *parser) char() *node {
	r, n := utf8.DecodeRuneInString(p.rest)
	p.rest = p.rest[n:]
	return p.literal(r)
}

func (p *parser) literal(r rune) *node {
	if p.fold && r >= utf8.RuneSelf {
		return p.fail()
	}
	set := &charset{}
	set.add(r)
	if p.fold {
		set.fold()
	}
	return &node{op: opSet, set: set}
}

func (p *parser) escape() *node {
	if len(p.rest) < 2 {
		return p.fail()
	}
	c := p.rest[1]
	set := &charset{}
	switch {
	case set.addClass(c):
		p.rest = p.rest[2:]
		return &node{op: opSet, set: set}
	case strings.IndexByte(`\.[](){}*+?|^$/-:,"'<>=@#% `, c) >= 0:
		p.rest = p.rest[2:]
		return p.literal(rune(c))
	}
	return p.fail()
}

// class reads [...].
func (p *parser) class() *node {
	p.rest = p.rest[1:]
	set := &charset{}
	negated := p.accept("^")
	for first := true; first || !strings.HasPrefix(p.rest, "]"); first = false {
		lo, ok := p.member(set)
		if !ok {
			return p.fail()
		}
		if lo < 0 || !strings.HasPrefix(p.rest, "-") || strings.HasPrefix(p.rest, "-]") {
			if lo >= 0 {
				set.add(lo)
			}
			continue
		}
		p.rest = p.rest[1:]
		hi, ok := p.member(set)
		if !ok || hi < lo {
			return p.fail()
		}
		for r := lo; r <= hi; r++ {
			set.add(r)
		}
	}
	p.rest = p.rest[1:]
	if p.fold {
		set.fold()
	}
	if negated {
		set.not()
	}
	return &node{op: opSet, set: set}
}

// member reads one character of a class, all of them ASCII, or adds a \d to the
// set and returns -1.
func (p *parser) member(set *charset) (rune, bool) {
	if p.rest == "" || p.rest[0] >= utf8.RuneSelf || p.rest[0] == '[' {
		return 0, false
	}
	c := p.rest[0]
	p.rest = p.rest[1:]
	if c != '\\' {
		return rune(c), true
	}
	if p.rest == "" {
		return 0, false
	}
	c = p.rest[0]
	p.rest = p.rest[1:]
	if set.addClass(c) {
		return -1, true
	}
	return rune(c), strings.IndexByte(`\.[](){}*+?|^$/-`, c) >= 0
}

// group reads (...), (?:...), (?P<name>...) and (?P=name).
func (p *parser) group() *node {
	switch {
	case p.accept("(?:"):
		n := p.alt()
		return p.closed(n)
	case p.accept("(?P="):
		name, rest, ok := strings.Cut(p.rest, ")")
		p.rest = rest
		for i, known := range p.names {
			if ok && i > 0 && known == name && !p.open[i] {
				return &node{op: opBack, group: i}
			}
		}
		return p.fail()
	case p.accept("(?P<"):
		name, rest, ok := strings.Cut(p.rest, ">")
		p.rest = rest
		if !ok || name == "" || strings.Trim(name, "_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			return p.fail()
		}
		for _, known := range p.names {
			if known == name {
				return p.fail()
			}
		}
		return p.capture(name)
	case strings.HasPrefix(p.rest, "(?"):
		return p.fail()
	}
	p.rest = p.rest[1:]
	return p.capture("")
}

func (p *parser) capture(name string) *node {
	n := &node{op: opCapture, group: len(p.names)}
	p.names = append(p.names, name)
	p.open[n.group] = true
	n.kids = []*node{p.alt()}
	delete(p.open, n.group)
	return p.closed(n)
}

func (p *parser) closed(n *node) *node {
	if !p.accept(")") {
		return p.fail()
	}
	return n
}
