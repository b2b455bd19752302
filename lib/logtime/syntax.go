package logtime

import (
	"strings"
	"unicode/utf8"
)

// A node is a part of a date pattern. Date patterns are made of few things, so
// this is a small part of Python's syntax; what is beyond it is left to pyre.
type node struct {
	op    op
	set   *charset
	words []string
	kids  []*node
	min   int // of a repetition
	max   int // -1: no end
	group int // of a capture or a back-reference
}

type op byte

const (
	opEmpty    op = iota
	opSet         // one character of set
	opWords       // one of words
	opRepeat      // a character of set min to max times, as many as possible
	opSeq         // kids in a row
	opAlt         // the first of kids that leads to a match
	opMaybe       // kids[0] or nothing
	opCapture     // kids[0] as a group
	opBack        // what the group matched
	opBegin       // ^
	opEnd         // $
	opBoundary    // \b
	opWordBegin
	opWordEnd
	opEpochPlace
)

// assertions are the zero-width conditions that are read as a whole.
var assertions = []struct {
	text string
	op   op
}{
	{wordBegin, opWordBegin}, {wordEnd, opWordEnd}, {epochPlace, opEpochPlace}, {"^", opBegin}, {"$", opEnd}, {`\b`, opBoundary},
}

// A parser reads a regular expression. It gives up, setting failed, on anything
// it doesn't know: that is no error, as pyre may know it.
type parser struct {
	rest   string
	fold   bool
	names  []string
	open   map[int]bool // groups whose end was not read yet
	failed bool
}

// parseRegex returns the tree of a regular expression and the names of its
// groups, or nil if it is beyond this syntax.
func parseRegex(regex string) (*node, []string) {
	p := &parser{rest: regex, names: []string{""}, open: map[int]bool{}}
	for _, flags := range []string{"(?iu)", "(?i)", "(?u)"} {
		if rest, ok := strings.CutPrefix(regex, flags); ok {
			p.rest, p.fold = rest, strings.Contains(flags, "i")
		}
	}
	n := p.alt()
	if p.failed || p.rest != "" || !utf8.ValidString(regex) {
		return nil, nil
	}
	return n, p.names
}

func (p *parser) accept(text string) bool {
	rest, ok := strings.CutPrefix(p.rest, text)
	if ok {
		p.rest = rest
	}
	return ok
}

func (p *parser) fail() *node {
	p.failed, p.rest = true, ""
	return &node{}
}

func (p *parser) alt() *node {
	kids := []*node{p.seq()}
	for p.accept("|") {
		kids = append(kids, p.seq())
	}
	if len(kids) == 1 {
		return kids[0]
	}
	if words := distinctWords(kids); words != nil {
		return &node{op: opWords, words: words}
	}
	return &node{op: opAlt, kids: kids}
}

func (p *parser) seq() *node {
	n := &node{op: opSeq}
	for p.rest != "" && p.rest[0] != '|' && p.rest[0] != ')' {
		n.kids = append(n.kids, p.repeated(p.atom()))
	}
	return n
}

func (p *parser) atom() *node {
	for _, a := range assertions {
		if p.accept(a.text) {
			return &node{op: a.op}
		}
	}
	switch c := p.rest[0]; c {
	case '(':
		return p.group()
	case '[':
		return p.class()
	case '\\':
		return p.escape()
	case '.':
		p.rest = p.rest[1:]
		set := &charset{}
		set.add('\n')
		set.not()
		return &node{op: opSet, set: set}
	case '*', '+', '?', '{', '}', ']':
		return p.fail()
	}
	return p.char()
}

// repeated reads a quantifier. Only single characters repeat; a group can be
// optional.
func (p *parser) repeated(n *node) *node {
	lo, hi := 1, 1
	switch {
	case p.accept("?"):
		lo = 0
	case p.accept("*"):
		lo, hi = 0, -1
	case p.accept("+"):
		hi = -1
	case strings.HasPrefix(p.rest, "{"):
		var ok bool
		if lo, hi, ok = p.bounds(); !ok {
			return p.fail()
		}
	default:
		return n
	}
	if p.rest != "" && strings.IndexByte("?*+{", p.rest[0]) >= 0 {
		return p.fail()
	}
	switch {
	case n.op == opSet:
		return &node{op: opRepeat, set: n.set, min: lo, max: hi}
	case lo == 0 && hi == 1 && (n.op == opSeq || n.op == opAlt || n.op == opWords || n.op == opCapture):
		return &node{op: opMaybe, kids: []*node{n}}
	}
	return p.fail()
}

// bounds reads {m}, {m,} and {m,n}.
func (p *parser) bounds() (lo, hi int, ok bool) {
	text, rest, found := strings.Cut(p.rest[1:], "}")
	if !found {
		return 0, 0, false
	}
	p.rest = rest
	from, to, comma := strings.Cut(text, ",")
	m, ok1 := atoi(from)
	n, ok2 := m, true
	if comma {
		if n = -1; to != "" {
			n, ok2 = atoi(to)
		}
	}
	return int(m), int(n), ok1 && ok2 && m <= 1000 && n <= 1000 && (n < 0 || m <= n)
}
