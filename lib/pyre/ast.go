package pyre

import (
	"slices"
	"sync"
)

// op says what a node of the pattern's tree is.
type op uint8

const (
	opEmpty   op = iota // matches the empty string
	opFail              // matches nowhere
	opSet               // one character out of set
	opSeq               // subs one after the other
	opAlt               // the first of subs that leads to a match
	opRepeat            // subs[0], min to max times
	opGroup             // subs[0], remembered as group
	opAt                // a position: at
	opLook              // subs[0] ahead (or behind), or its absence; consumes nothing
	opAtomic            // subs[0], never entered again once left
	opBackref           // what group matched, once more
	opCond              // subs[0] where group took part, else subs[1]
)

// at is a kind of position.
type at uint8

const (
	atTextBegin    at = iota // \A, and ^ without MULTILINE
	atLineBegin              // ^ with MULTILINE
	atEnd                    // $ without MULTILINE: at the end, and before a newline that ends the text
	atLineEnd                // $ with MULTILINE
	atTextEnd                // \Z
	atWord                   // \b
	atNotWord                // \B
	atASCIIWord              // \b with ASCII
	atNotASCIIWord           // \B with ASCII
)

// greed is how a repeat chooses.
type greed uint8

const (
	greedy greed = iota
	lazy
	possessive
)

// unlimited is the max of a repeat without an upper bound.
const unlimited = -1

// node is one node of the pattern's tree. Flags are resolved by the parser: a set holds its case variants, a position its exact kind, so
// that neither the rewriter nor the printers need to know of flags. Nodes are never changed once they are built.
type node struct {
	op       op
	greed    greed
	at       at
	behind   bool // opLook: behind rather than ahead
	neg      bool // opLook: absence
	fold     bool // opBackref: whatever the case
	min, max int
	group    int
	set      *charset
	subs     []*node
}

func seq(subs ...*node) *node {
	if isFlat(subs) {
		return &node{op: opSeq, subs: subs}
	}
	flat := make([]*node, 0, len(subs))
	for _, s := range subs {
		switch s.op {
		case opEmpty:
		case opSeq:
			flat = append(flat, s.subs...)
		default:
			flat = append(flat, s)
		}
	}
	switch len(flat) {
	case 0:
		return &node{op: opEmpty}
	case 1:
		return flat[0]
	}
	return &node{op: opSeq, subs: flat}
}

// isFlat tells whether these can be the nodes of a sequence as they are.
func isFlat(subs []*node) bool {
	return len(subs) > 1 && !slices.ContainsFunc(subs, func(s *node) bool { return s.op == opEmpty || s.op == opSeq })
}

func alt(subs ...*node) *node {
	if len(subs) == 1 {
		return subs[0]
	}
	return &node{op: opAlt, subs: subs}
}

func one(s *charset) *node { return &node{op: opSet, set: s} }

// exactly matches a character. Those of ASCII, of which patterns mostly consist, have one node each.
func exactly(c rune) *node {
	if c < firstHigh {
		return &chars()[c]
	}
	return one(single(c))
}

var chars = sync.OnceValue(func() *[firstHigh]node {
	var all [firstHigh]node
	for c := range all {
		all[c] = node{op: opSet, set: &singles[c]}
	}
	return &all
})

// with returns a copy of n that has other children.
func (n *node) with(subs ...*node) *node {
	c := *n
	c.subs = subs
	return &c
}

// each returns n with f of each of its children in its place: n itself where that changes nothing.
func (n *node) each(f func(*node) *node) *node {
	subs := n.subs
	for i, s := range n.subs {
		changed := f(s)
		if changed == s {
			continue
		}
		if &subs[0] == &n.subs[0] {
			subs = slices.Clone(n.subs)
		}
		subs[i] = changed
	}
	if len(subs) == 0 || &subs[0] == &n.subs[0] {
		return n
	}
	return n.with(subs...)
}

// walk calls f for n and all nodes under it, parents first.
func (n *node) walk(f func(*node)) {
	f(n)
	for _, s := range n.subs {
		s.walk(f)
	}
}

// has tells whether f holds for n or a node under it.
func (n *node) has(f func(*node) bool) bool {
	if f(n) {
		return true
	}
	for _, s := range n.subs {
		if s.has(f) {
			return true
		}
	}
	return false
}

// captures tells whether n holds a group.
func (n *node) captures() bool {
	return n.has(func(n *node) bool { return n.op == opGroup })
}
