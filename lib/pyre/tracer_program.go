package pyre

import (
	"slices"
	"unicode/utf8"
)

// plan is what the tracers of the same patterns share: one for each goroutine.
type plan struct {
	parts   []part
	code    []move // of all parts
	context bool   // what comes next may depend on the character before
	letters alphabet
}

// move is an instruction for one character at most, with what tracers need to know of it. There are many: a text is a move for each of its
// characters.
type move struct {
	op          opcode
	at          at
	neg         bool
	high        bool // what follows a span may be a character beyond ASCII
	bits        state
	n           int32
	next, other int32
	set         *charset
}

// part is one program of a plan.
type part struct {
	first    int32 // where its code begins
	loops    state
	anchored bool  // as the tracker's
	blank    []int // captures of groups that took no part
}

// maxTraceGroups bounds the groups of a pattern: their slots fit a word.
const maxTraceGroups = 32

// newPlan makes the plan of patterns. It returns nil where one of them is not for tracers.
func newPlan(patterns ...*Regexp) *plan {
	p := &plan{}
	p.makeRoom(patterns)
	for _, re := range patterns {
		tr := trackerOf(re.ready())
		if tr == nil || tr.groups > maxTraceGroups {
			return nil
		}
		tr.hinted.Do(tr.giveHints)
		p.parts = append(p.parts, part{int32(len(p.code)), tr.loops, tr.anchored, slices.Repeat([]int{-1}, 2*tr.groups)})
		if !p.flatten(tr.code) {
			return nil
		}
	}
	if !p.letters.classify(p.sets()) {
		return nil
	}
	return p
}

// anywhere counts the parts whose matches may begin anywhere.
func (p *plan) anywhere() (n int) {
	for i := range p.parts {
		if !p.parts[i].anchored {
			n++
		}
	}
	return n
}

// part is the part that an instruction is of.
func (p *plan) part(pc int32) int32 {
	i := len(p.parts) - 1
	for p.parts[i].first > pc {
		i--
	}
	return int32(i)
}

// behind is a state behind a character, before the instruction pc.
func (p *plan) behind(st state, pc int32) state {
	if st == 0 {
		return 0
	}
	return st &^ p.parts[p.part(pc)].loops
}

// makeRoom makes room for the programs of patterns.
func (p *plan) makeRoom(patterns []*Regexp) {
	n := 0
	for _, re := range patterns {
		if tr := trackerOf(re.ready()); tr != nil {
			for i := range tr.code {
				n += moves(&tr.code[i])
			}
		}
	}
	p.code = make([]move, 0, n)
}

// moves is how many moves an instruction becomes.
func moves(i *inst) int {
	if i.op == iString {
		return utf8.RuneCountInString(i.text)
	}
	return 1
}

// flatten takes over one more program. It fails where the program holds what tracers do not know.
func (p *plan) flatten(code []inst) bool {
	at := make([]int32, len(code)) // where an instruction comes to stand
	n := len(p.code)
	for i := range code {
		at[i] = int32(n)
		n += moves(&code[i])
	}
	for i := range code {
		in := &code[i]
		if !p.knows(code, in) {
			return false
		}
		m := move{op: in.op, at: in.at, neg: in.neg, bits: in.bits, n: in.n, next: place32(at, in.next), other: place32(at, in.other), set: in.set}
		if in.op == iSpan {
			m.high = in.hint.next.high
		}
		if in.op != iString {
			p.code = append(p.code, m)
			continue
		}
		for _, c := range in.text {
			p.code = append(p.code, move{op: iChar, set: single(c), next: int32(len(p.code)) + 1})
		}
		p.code[len(p.code)-1].next = m.next
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

// knows tells whether tracers can run an instruction.
func (p *plan) knows(code []inst, i *inst) bool {
	switch i.op {
	case iAtomic:
		return false
	case iAt:
		p.context = p.context || i.at == atLineBegin || i.at >= atWord
	case iLook:
		if i.n > 0 {
			p.context = true
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

// sets lists the sets that the programs tell characters apart by.
func (p *plan) sets() []*charset {
	var sets []*charset
	for i := range p.code {
		switch in := &p.code[i]; {
		case in.set != nil:
			sets = append(sets, in.set)
		case in.op == iAt && in.at >= atWord:
			sets = append(sets, classes().word, asciiWord)
		}
	}
	return sets
}
