package logtime

import (
	"slices"
	"unicode/utf8"
)

// A program is a date pattern as steps for a machine that backtracks. It gives
// what the regular expression gives, but quickly: dates are short and nearly
// every step decides by one byte.
type program struct {
	steps    []step
	names    []string
	blank    []int     // places of groups that took no part
	anchored bool      // it matches at the begin of the line only
	first    [2]uint64 // ASCII characters that a match can start with
	beyond   bool      // it can start with another character, or be empty
	clock    int       // it has a colon and a digit after it, so many characters in at most; 0: no
	opening  string    // what it begins with, for lines in ASCII
	least    int       // how many characters it has at least
}

// A step is done at a place in the text; most lead to the next one.
type step struct {
	op       op
	fold     bool
	min, max int32    // of a repetition
	slot     int32    // of a capture: where in the groups the place goes; of a back-reference: its group
	to       int32    // of opAlt: the step to try if the next one leads nowhere; of opJump: where to go
	ahead    int32    // how far it looks if it fails, beyond the character at hand
	set      *charset // of opAlt: what the next step can start with; nil: anything
	words    *[]string
}

const (
	opJump op = 100 + iota
	opSave
	opMatch
)

// newProgram compiles a regular expression, or returns nil if it is beyond the
// syntax.
func newProgram(regex string) *program {
	tree, names := parseRegex(regex)
	if tree == nil {
		return nil
	}
	fold := len(regex) > 3 && regex[:3] == "(?i"
	p := &program{names: names, blank: slices.Repeat([]int{-1}, 2*len(names)), anchored: startsAtBegin(tree)}
	p.emit(tree, fold)
	p.steps = append(p.steps, step{op: opMatch})
	var set charset
	if nullable := tree.firsts(&set, fold); nullable {
		p.beyond = true
		set.ascii = [2]uint64{^uint64(0), ^uint64(0)}
	}
	p.clock, p.opening, p.least = clockWithin(tree, fold), opening(tree), tree.shortest()
	p.first, p.beyond = set.ascii, p.beyond || set.beyond()
	return p
}

func (p *program) emit(n *node, fold bool) {
	switch n.op {
	case opEmpty:
	case opSeq:
		for _, kid := range n.kids {
			p.emit(kid, fold)
		}
	case opCapture:
		p.steps = append(p.steps, step{op: opSave, slot: int32(2 * n.group)})
		p.emit(n.kids[0], fold)
		p.steps = append(p.steps, step{op: opSave, slot: int32(2*n.group + 1)})
	case opMaybe:
		at := p.reserve()
		p.emit(n.kids[0], fold)
		p.steps[at] = step{op: opAlt, to: int32(len(p.steps)), set: n.kids[0].start(fold)}
	case opAlt:
		p.emitAlt(n.kids, fold)
	default:
		p.steps = append(p.steps, step{op: n.op, fold: fold, set: n.set, words: &n.words,
			min: int32(n.min), max: int32(n.max), slot: int32(n.group), ahead: int32(n.ahead())})
	}
}

// ahead returns how far the node may look if it fails, beyond the first character.
func (n *node) ahead() int {
	switch n.op {
	case opWords:
		longest := 0
		for _, word := range n.words {
			longest = max(longest, len(word))
		}
		return longest * utf8.UTFMax
	case opEnd:
		return 1 << 30 // it depends on the text
	}
	return 0
}

func (p *program) emitAlt(kids []*node, fold bool) {
	var ends []int
	for _, kid := range kids[:len(kids)-1] {
		at := p.reserve()
		p.emit(kid, fold)
		ends = append(ends, p.reserve())
		p.steps[at] = step{op: opAlt, to: int32(len(p.steps)), set: kid.start(fold)}
	}
	p.emit(kids[len(kids)-1], fold)
	for _, at := range ends {
		p.steps[at] = step{op: opJump, to: int32(len(p.steps))}
	}
}

func (p *program) reserve() int {
	p.steps = append(p.steps, step{})
	return len(p.steps) - 1
}
