package pyre

import "slices"

// loose runs a pattern whose references no program can follow by one that has, in the place of each reference, what its group might have
// matched: it matches wherever the pattern does, in linear time, and mostly nowhere else. It tries its choices in the same order, so if its
// match holds at each reference what the group captured, it is the pattern's match. If it does not, the exact engine decides.
type loose struct {
	*tracker
	references []reference
	groups     int // of the pattern
	guard      *guarded
	exact      engine
}

// reference is a group, and the one that stands for what refers to it.
type reference struct{ group, here int }

// newLoose fails where a reference stands in a loop or look-around, as only the last one of those it then makes would be known, or where it
// takes other cases too.
func newLoose(root *node, groups int, exact *guarded) (*loose, bool) {
	l := loosener{bodies: map[int][]*node{}, groups: groups, left: maxLoosened}
	root.walk(func(n *node) {
		if n.op == opGroup {
			l.bodies[n.group] = append(l.bodies[n.group], n.subs[0])
		}
	})
	tree, ok := l.loosen(root)
	if !ok {
		return nil, false
	}
	t, ok := newTracker(tree, l.groups)
	if !ok {
		return nil, false
	}
	return &loose{t, l.references, groups, exact, exact}, true
}

func (l *loose) find(s string, dst []int) ([]int, error) {
	if l.guard.hopeless(s) {
		return nil, nil
	}
	loc, err := l.tracker.find(s, dst)
	if loc == nil || err != nil {
		return loc, err
	}
	return l.settle(s, loc, dst)
}

// settle makes the match of the pattern of one of its program.
func (l *loose) settle(s string, loc, dst []int) ([]int, error) {
	if !l.holds(s, loc[len(dst):]) {
		return l.exact.find(s, dst)
	}
	return loc[:len(dst)+2*l.groups], nil
}

// holds tells whether a match of the program is one of the pattern.
func (l *loose) holds(s string, loc []int) bool {
	for _, r := range l.references {
		if loc[2*r.here] >= 0 && (loc[2*r.group] < 0 || captured(s, loc, r.here) != captured(s, loc, r.group)) {
			return false
		}
	}
	return true
}

func captured(s string, loc []int, group int) string { return s[loc[2*group]:loc[2*group+1]] }

// maxLoosened bounds how many nodes are written in the place of references.
const maxLoosened = 1 << 12

// loosener writes out what references may match.
type loosener struct {
	bodies     map[int][]*node // of each group: there can be several, in branches
	groups     int
	references []reference
	left       int // nodes that may still be written
}

// loosen puts groups in the place of references.
func (l *loosener) loosen(n *node) (*node, bool) {
	switch {
	case n.op == opBackref:
		if n.fold {
			return nil, false
		}
		body, ok := l.anyOf(n.group)
		l.references = append(l.references, reference{n.group, l.groups})
		l.groups++
		return &node{op: opGroup, group: l.groups - 1, subs: []*node{body}}, ok
	case len(n.subs) == 0:
		return n, true
	case n.op == opLook, n.op == opAtomic, n.op == opRepeat && (n.max != 1 || n.greed == possessive):
		return n, !n.has(func(n *node) bool { return n.op == opBackref })
	}
	subs, ok := each(n.subs, l.loosen)
	return n.with(subs...), ok
}

// anyOf matches whatever a group may have matched.
func (l *loosener) anyOf(group int) (*node, bool) {
	ways, ok := each(l.bodies[group], l.body)
	if len(ways) == 0 {
		return &node{op: opFail}, ok
	}
	return alt(ways...), ok
}

// body matches whatever n does wherever it stands: what is around it does not count, and it captures nothing.
func (l *loosener) body(n *node) (*node, bool) {
	if l.left--; l.left < 0 {
		return nil, false
	}
	switch n.op {
	case opAt, opLook:
		return &node{op: opEmpty}, true
	case opBackref:
		if n.fold {
			return nil, false
		}
		return l.anyOf(n.group)
	}
	if len(n.subs) == 0 {
		return n, true
	}
	subs, ok := each(n.subs, l.body)
	if !ok {
		return nil, false
	}
	switch n.op {
	case opSeq:
		return seq(subs...), true
	case opGroup, opAtomic:
		return subs[0], true
	case opCond:
		return alt(subs...), true
	}
	plain := n.with(subs...)
	if plain.greed == possessive {
		plain.greed = greedy
	}
	return plain, true
}

// each is what f makes of all nodes.
func each(nodes []*node, f func(*node) (*node, bool)) ([]*node, bool) {
	out := slices.Clone(nodes)
	for i, n := range nodes {
		sub, ok := f(n)
		if !ok {
			return nil, false
		}
		out[i] = sub
	}
	return out, true
}
