package pyre

// maxLinearRepeat is the largest count Go's regexp takes, nested counts multiplied.
const maxLinearRepeat = 1000

// printLinear writes a tree for Go's regexp. It must be expressible.
func printLinear(n *node, set func(*charset) ranges) (expr string, groups []int) {
	p := &printer{set: set}
	p.at = (*printer).linearAt
	p.repeat = (*printer).quantified
	p.other = func(p *printer, n *node) { // opMark, all that is left of what is expressible
		p.groups = append(p.groups, 0)
		p.WriteString("()")
	}
	p.node(n)
	return p.String(), p.groups
}

func (p *printer) linearAt(a at) {
	switch a {
	case atTextBegin:
		p.WriteString(`\A`)
	case atLineBegin:
		p.WriteString("(?m:^)")
	case atLineEnd, atEnd: // the same as long as no newline stands inside of the text: see linearEngine
		p.WriteString("(?m:$)")
	case atTextEnd:
		p.WriteString(`\z`)
	case atWord, atASCIIWord:
		p.WriteString(`\b`)
	case atNotWord, atNotASCIIWord:
		p.WriteString(`\B`)
	}
}

// expressible tells whether Go's regexp can run n with the same matches and captures.
func expressible(n *node) bool {
	return linearSize(n) <= maxLinearSize && !n.has(func(n *node) bool {
		switch n.op {
		case opLook, opAtomic, opBackref, opCond:
			return true
		case opRepeat:
			return n.greed == possessive || n.min > maxLinearRepeat || n.max > maxLinearRepeat || oddLoop(n)
		}
		return false
	})
}

// maxLinearSize bounds what a pattern may grow to with its counted repeats written out.
const maxLinearSize = 20000

func linearSize(n *node) int {
	size := 1
	for _, s := range n.subs {
		size = min(size+linearSize(s), huge)
	}
	if n.op == opRepeat {
		size = min(size*max(n.min, n.max, 1), huge)
	}
	return size
}

// oddLoop tells whether n repeats what can match the empty string in such a way that engines disagree: Python lets an iteration be empty and
// then ends the loop, Go's regexp takes such an iteration as not made.
func oddLoop(n *node) bool {
	if n.max == 1 && n.min == 0 {
		return false // at most one iteration: nothing to disagree about
	}
	if n.min == n.max {
		return false
	}
	return nullable(n.subs[0])
}
