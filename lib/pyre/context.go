package pyre

// context is what may stand next to a position: one of the characters of set, or, with edge, the end of the text.
type context struct {
	set  *charset
	edge bool
}

var (
	anything = context{anyChar, true}
	nowhere  = context{&charset{}, false}
)

func (c context) or(o context) context {
	return context{c.set.union(o.set), c.edge || o.edge}
}

// settle takes assertions out of a tree whose outcome their neighbours decide: the look-behind of a colon where nothing but a colon can
// come before, for one, which stands in every pattern for an IPv6 address.
func settle(n *node) *node {
	n, _ = settleBehind(n, anything)
	return simplify(n)
}

// settleBehind settles what looks behind, given what may stand before n, and tells what may stand before what follows n.
func settleBehind(n *node, before context) (*node, context) {
	switch n.op {
	case opSet:
		return n, context{n.set, false}
	case opSeq:
		subs := make([]*node, len(n.subs))
		for i, s := range n.subs {
			subs[i], before = settleBehind(s, before)
		}
		return n.with(subs...), before
	case opAlt, opCond:
		after := nowhere
		subs := make([]*node, len(n.subs))
		for i, s := range n.subs {
			var c context
			subs[i], c = settleBehind(s, before)
			after = after.or(c)
		}
		return n.with(subs...), after
	case opRepeat:
		_, once := settleBehind(n.subs[0], before)
		_, again := settleBehind(n.subs[0], before.or(once))
		sub, after := settleBehind(n.subs[0], before.or(once).or(again))
		if n.min == 0 {
			after = after.or(before)
		}
		return n.with(sub), after
	case opGroup, opAtomic:
		sub, after := settleBehind(n.subs[0], before)
		return n.with(sub), after
	case opBackref:
		return n, anything
	case opLook:
		return settleLook(n, before), before
	case opFail:
		return n, nowhere
	}
	return n, before
}

// settleLook decides a look-behind of one character if it can.
func settleLook(n *node, before context) *node {
	body := n.subs[0]
	if !n.behind || body.op != opSet {
		return n
	}
	var holds bool
	switch {
	case !before.edge && before.set.within(body.set):
		holds = true
	case before.set.disjoint(body.set):
	default:
		return n
	}
	if holds != n.neg {
		return &node{op: opEmpty}
	}
	return &node{op: opFail}
}
