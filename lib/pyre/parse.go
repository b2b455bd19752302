package pyre

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxDepth bounds how deep groups may nest, so that no pattern can exhaust the stack.
const maxDepth = 200

// tree is a parsed pattern.
type tree struct {
	root  *node
	names []string // by group; "" where it has none
}

// parser reads a pattern as Python 3.11's re module does. It stops at the first error by a panic that parse turns into the error.
type parser struct {
	src    string
	pos    int
	global Flags // given from outside, or by (?i) and the like
	depth  int

	items []*node // of the sequences that are being read: those of a group behind those of what is around it

	names  []string
	byName map[string]int
	open   []bool         // by group: not closed yet
	widths map[int][2]int // by closed group: the fewest and the most characters it matches
	// behind is the number of groups when the outermost look-behind that is being read began, else -1.
	behind int
	conds  []condRef
}

// condRef is a reference by number in a conditional, which may point forward.
type condRef struct{ group, pos int }

// restart is thrown when a flag for the whole pattern is found after a part of it was read without it.
type restart struct{ flags Flags }

func parse(src string, flags Flags) (*tree, error) {
	for {
		t, err := parseOnce(src, flags)
		if r, ok := err.(restart); ok {
			flags |= r.flags
			continue
		}
		return t, err
	}
}

func (restart) Error() string { return "flags for the whole pattern" }

func parseOnce(src string, flags Flags) (t *tree, err error) {
	p := &parser{src: src, global: flags, names: []string{""}, byName: map[string]int{}, widths: map[int][2]int{}, open: []bool{true}, behind: -1}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *Error:
			err = e
		case restart:
			err = e
		default:
			panic(e)
		}
	}()
	root := p.alternation(flags)
	if p.pos < len(src) {
		p.fail(p.pos, "unbalanced parenthesis")
	}
	for _, c := range p.conds {
		if c.group >= len(p.names) {
			p.fail(c.pos, "invalid group reference %d", c.group)
		}
	}
	return &tree{root, p.names}, nil
}

func (p *parser) fail(pos int, format string, args ...any) {
	panic(&Error{Pattern: p.src, Pos: pos, Msg: fmt.Sprintf(format, args...)})
}

func (p *parser) more() bool { return p.pos < len(p.src) }

// peek tells whether the byte c comes next.
func (p *parser) peek(c byte) bool { return p.pos < len(p.src) && p.src[p.pos] == c }

// accept takes the byte c if it comes next.
func (p *parser) accept(c byte) bool {
	if p.peek(c) {
		p.pos++
		return true
	}
	return false
}

// next takes one character.
func (p *parser) next() rune {
	c, n := utf8.DecodeRuneInString(p.src[p.pos:])
	p.pos += n
	return c
}

// until takes what stands before the character end, and end too. It is a name of the given kind.
func (p *parser) until(end byte, kind string) string {
	start := p.pos
	i := strings.IndexByte(p.src[start:], end)
	switch {
	case i < 0 && start == len(p.src):
		p.fail(start, "missing %s", kind)
	case i < 0:
		p.fail(start, "missing %c, unterminated name", end)
	case i == 0:
		p.fail(start, "missing %s", kind)
	}
	p.pos += i + 1
	return p.src[start : start+i]
}

// alternation reads branches up to a closing parenthesis or the end.
func (p *parser) alternation(f Flags) *node {
	p.depth++
	if p.depth > maxDepth {
		p.fail(p.pos, "groups nested too deeply")
	}
	branches := []*node{p.sequence(f)}
	for p.accept('|') {
		branches = append(branches, p.sequence(f))
	}
	p.depth--
	return alt(branches...)
}

// sequence reads one branch.
func (p *parser) sequence(f Flags) *node {
	begin := len(p.items)
	for p.more() && !p.peek('|') && !p.peek(')') {
		if f&Verbose != 0 && p.skipSpace() {
			continue
		}
		start := p.pos
		var n *node
		switch c := p.next(); c {
		case '\\':
			n = p.escape(f)
		case '[':
			n = p.set(f)
		case '.':
			n = one(dot(f))
		case '^':
			n = position(f, atTextBegin, atLineBegin)
		case '$':
			n = position(f, atEnd, atLineEnd)
		case '(':
			n = p.group(f, start)
		case '*', '+', '?', '{':
			n = p.repeat(p.items[begin:], c, f)
		default:
			n = literal(c, f)
		}
		if n != nil {
			p.items = append(p.items, n)
		}
	}
	n := &node{op: opSeq, subs: slices.Clone(p.items[begin:])}
	p.items = p.items[:begin]
	return n
}

// skipSpace skips what a verbose pattern does not mean: a white space or a comment.
func (p *parser) skipSpace() bool {
	switch p.src[p.pos] {
	case ' ', '\t', '\n', '\r', '\v', '\f':
		p.pos++
		return true
	case '#':
		if i := strings.IndexByte(p.src[p.pos:], '\n'); i >= 0 {
			p.pos += i + 1
		} else {
			p.pos = len(p.src)
		}
		return true
	}
	return false
}

func dot(f Flags) *charset {
	if f&Dotall != 0 {
		return anyChar
	}
	return notNL
}

func position(f Flags, text, line at) *node {
	if f&Multiline != 0 {
		return &node{op: opAt, at: line}
	}
	return &node{op: opAt, at: text}
}

func literal(c rune, f Flags) *node {
	if f&IgnoreCase == 0 {
		return exactly(c)
	}
	return one(folded(single(c), f))
}

func folded(s *charset, f Flags) *charset {
	if f&IgnoreCase == 0 {
		return s
	}
	return s.foldCase(f&ASCII != 0)
}
