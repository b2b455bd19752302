package pyre

// huge stands for a width or size that is not worth telling from infinity.
const huge = 1 << 30

// width returns the least and the largest number of characters that n matches. groups gives the widths of groups for references to them; a
// reference to any other may be of any width.
func width(n *node, groups map[int][2]int) (lo, hi int) {
	switch n.op {
	case opSet:
		return 1, 1
	case opSeq:
		for _, s := range n.subs {
			l, h := width(s, groups)
			lo, hi = min(lo+l, huge), min(hi+h, huge)
		}
		return lo, hi
	case opAlt, opCond:
		lo = huge
		for _, s := range n.subs {
			l, h := width(s, groups)
			lo, hi = min(lo, l), max(hi, h)
		}
		return lo, hi
	case opRepeat:
		lo, hi = width(n.subs[0], groups)
		if n.max == unlimited {
			hi = min(hi, 1) * huge
		} else {
			hi = min(hi*n.max, huge)
		}
		return min(lo*n.min, huge), hi
	case opGroup, opAtomic:
		return width(n.subs[0], groups)
	case opBackref:
		if w, ok := groups[n.group]; ok {
			return w[0], w[1]
		}
		return 0, huge
	case opFail:
		return 0, 0
	}
	return 0, 0
}

// treeSize is how many nodes n is with its repeats written out.
func treeSize(n *node) int {
	size := 1
	for _, s := range n.subs {
		size = min(size+treeSize(s), huge)
	}
	if n.op == opRepeat {
		size = min(size*max(n.min, n.max, 1), huge)
	}
	return size
}
