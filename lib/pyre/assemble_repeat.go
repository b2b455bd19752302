package pyre

// repeat writes a repeat as so many copies of what it repeats.
func (a *assembler) repeat(n *node) {
	if n.greed == possessive {
		c := *n
		c.greed = greedy
		a.call(inst{op: iAtomic}, &c)
		return
	}
	for range n.min {
		if a.node(n.subs[0]); !a.ok {
			return
		}
	}
	if n.max == unlimited {
		a.star(n)
		return
	}
	var splits []int32
	for range n.max - n.min {
		splits = append(splits, a.mark(inst{op: iSplit}))
		if a.node(n.subs[0]); !a.ok {
			return
		}
	}
	for _, s := range splits {
		a.exit(s, n.greed)
	}
}

// star writes a loop.
func (a *assembler) star(n *node) {
	body := n.subs[0]
	switch {
	case body.op == opSet && n.greed == greedy && !a.body:
		a.emit(inst{op: iSpan, set: body.set})
	case nullable(body):
		a.guardedStar(n)
	default:
		top := a.mark(inst{op: iSplit, loop: true})
		a.node(body)
		a.emit(inst{op: iJump}).next = top
		a.exit(top, n.greed)
	}
}

// guardedStar writes a loop whose iterations may match nothing. As in Python, none follows one that did.
func (a *assembler) guardedStar(n *node) {
	idle := a.bit()
	a.loops |= idle
	a.emit(inst{op: iClear, bits: idle})
	top := a.mark(inst{op: iCond, bits: idle})
	leave := a.mark(inst{op: iJump})
	a.code[top].next, a.code[top].other = leave, a.pc()
	split := a.mark(inst{op: iSplit, loop: true})
	a.emit(inst{op: iSet, bits: idle})
	a.node(n.subs[0])
	a.emit(inst{op: iJump}).next = top
	a.exit(split, n.greed)
	a.code[leave].next = a.pc()
	a.emit(inst{op: iClear, bits: idle})
}

// exit makes the next instruction the one where a split goes that does not iterate: its second choice if greedy, its first if lazy.
func (a *assembler) exit(split int32, g greed) {
	i := &a.code[split]
	i.other = a.pc()
	if g == lazy {
		i.next, i.other = i.other, i.next
	}
}
