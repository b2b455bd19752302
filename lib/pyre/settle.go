package pyre

import "slices"

// context is what may stand before a position: a character of one of the sets, or, with begin, nothing.
type context struct {
	sets  []*charset
	begin bool
}

// maxContext bounds how many sets a context holds; what would need more may be anything.
const maxContext = 16

var anything = context{[]*charset{anyChar}, true}

func (c context) or(o context) context {
	sum := context{slices.Clip(c.sets), c.begin || o.begin}
	for _, s := range o.sets {
		if !slices.Contains(sum.sets, s) {
			sum.sets = append(sum.sets, s)
		}
	}
	if len(sum.sets) > maxContext {
		return anything
	}
	return sum
}

// settle takes look-behinds out of a tree whose outcome is plain from what comes before them: that of a colon where nothing but a colon can
// come before, for one, which stands in every pattern for an IPv6 address.
func settle(n *node, before context) *node {
	if !n.has(func(n *node) bool { return n.op == opLook && n.behind }) {
		return n
	}
	switch n.op {
	case opSeq:
		subs := make([]*node, len(n.subs))
		for i, s := range n.subs {
			subs[i] = settle(s, before)
			before = after(s, before)
		}
		return seq(subs...)
	case opRepeat:
		return n.with(settle(n.subs[0], after(n.subs[0], before).or(before)))
	case opLook:
		if n.behind {
			return settleLook(n, before)
		}
		return n
	}
	return n.each(func(s *node) *node { return settle(s, before) })
}

// settleLook decides a look-behind of one character if it can.
func settleLook(n *node, before context) *node {
	body := n.subs[0]
	if body.op != opSet {
		return n
	}
	always, never := !before.begin, true
	for _, s := range before.sets {
		always = always && s.within(body.set)
		never = never && s.disjoint(body.set)
	}
	switch {
	case always && !n.neg, never && n.neg:
		return &node{op: opEmpty}
	case always, never:
		return &node{op: opFail}
	}
	return n
}

// after tells what may stand before what follows n, given what may stand before n.
func after(n *node, before context) context {
	last, passes := lastOf(n)
	if passes {
		last = last.or(before)
	}
	return last
}

// lastOf tells what n may end with, and whether it may match the empty string, so that what stands before it stands before what follows.
func lastOf(n *node) (last context, passes bool) {
	switch n.op {
	case opSet:
		return context{[]*charset{n.set}, false}, false
	case opSeq:
		for i := len(n.subs) - 1; i >= 0; i-- {
			l, p := lastOf(n.subs[i])
			if last = last.or(l); !p {
				return last, false
			}
		}
		return last, true
	case opAlt, opCond:
		for _, s := range n.subs {
			l, p := lastOf(s)
			last, passes = last.or(l), passes || p
		}
		return last, passes
	case opRepeat:
		last, passes = lastOf(n.subs[0])
		return last, passes || n.min == 0
	case opGroup, opAtomic:
		return lastOf(n.subs[0])
	case opBackref:
		return anything, true
	}
	return context{}, n.op != opFail
}
