package pyre

// flatten takes over a program, its texts written out as characters. It fails where the program holds what the tracer does not know.
func (t *tracer) flatten(code []inst) bool {
	at := make([]int32, len(code)) // where an instruction comes to stand
	n := int32(0)
	for i := range code {
		at[i] = n
		n++
		if code[i].op == iString {
			n += int32(len([]rune(code[i].text))) - 1
		}
	}
	t.code = make([]inst, 0, n)
	for i := range code {
		in := code[i]
		in.next, in.other = place32(at, in.next), place32(at, in.other)
		if !t.knows(code, &code[i]) {
			return false
		}
		if in.op != iString {
			t.code = append(t.code, in)
			continue
		}
		for _, c := range in.text {
			t.code = append(t.code, inst{op: iChar, set: single(c), next: int32(len(t.code)) + 1})
		}
		t.code[len(t.code)-1].next = in.next
	}
	return true
}

// place32 is where an instruction comes to stand; that behind the last one is nowhere.
func place32(at []int32, pc int32) int32 {
	if int(pc) < len(at) {
		return at[pc]
	}
	return 0
}

// knows tells whether the tracer can run an instruction.
func (t *tracer) knows(code []inst, i *inst) bool {
	switch i.op {
	case iAtomic:
		return false
	case iAt:
		t.context = t.context || i.at == atLineBegin || i.at >= atWord
	case iLook:
		if i.n > 0 {
			t.context = true
			return i.n == 1 && code[i.other].op == iChar && code[i.other+1].op == iDone
		}
		for _, b := range code[i.other:i.next] {
			switch b.op {
			case iChar, iString, iSplit, iJump, iAt, iFail, iDone:
			default:
				return false
			}
		}
	}
	return true
}

// sets lists the sets that the program tells characters apart by.
func (t *tracer) sets() []*charset {
	var sets []*charset
	for i := range t.code {
		switch in := &t.code[i]; {
		case in.set != nil:
			sets = append(sets, in.set)
		case in.op == iAt && in.at >= atWord:
			sets = append(sets, classes().word, asciiWord)
		}
	}
	return sets
}
