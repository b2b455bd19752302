package pyre

// simplify brings a parsed tree into a plainer form that matches and captures the same.
func simplify(n *node) *node {
	n = n.each(simplify)
	switch n.op {
	case opSeq:
		if isFlat(n.subs) {
			return n
		}
		return seq(n.subs...)
	case opAlt:
		return alt(n.subs...)
	case opSet:
		if n.set.empty() {
			return &node{op: opFail}
		}
	case opRepeat:
		return simplifyRepeat(n)
	}
	return n
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
