package pyre

// simplify brings a parsed tree into a plainer form that matches and captures the same.
func simplify(n *node) *node {
	subs := make([]*node, len(n.subs))
	for i, s := range n.subs {
		subs[i] = simplify(s)
	}
	switch n.op {
	case opSeq:
		return seq(subs...)
	case opAlt:
		return alt(subs...)
	case opSet:
		if n.set.empty() {
			return &node{op: opFail}
		}
		return n
	case opRepeat:
		return simplifyRepeat(n.with(subs...))
	}
	if len(subs) == 0 {
		return n
	}
	return n.with(subs...)
}

func simplifyRepeat(n *node) *node {
	switch {
	case n.max == 0 && !n.captures():
		return &node{op: opEmpty}
	case n.min == 1 && n.max == 1 && n.greed != possessive:
		return n.subs[0]
	}
	return n
}

// nullable tells whether n can match without consuming a character.
func nullable(n *node) bool {
	lo, _ := width(n, nil)
	return lo == 0
}
