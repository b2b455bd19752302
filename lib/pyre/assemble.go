package pyre

import (
	"slices"
	"sync"
	"unicode/utf8"
)

const (
	maxStateBits = 4
	maxInsts     = 10000
	maxTexts     = 1 << 20 // bytes, of all texts together: a repeated one is as many copies
	maxRows      = 4096    // rows times states: bounds the memory of a search to as many bits, 512 bytes, for each byte of the text
	maxBodyRows  = 128     // the same for bodies, in words of 4 bytes
)

// assembler writes the program of a tree.
type assembler struct {
	program
	conds map[int]state // the bit of each group that a conditional asks for
	nbits int
	texts int    // bytes
	body  bool   // what is written is the body of a look-around or of an atomic group
	text  []byte // of the instruction at hand
	ok    bool   // false: the tree needs what programs do not have
}

// assemble writes the program of a pattern. It fails where the pattern holds what no program does in linear time - references to what a
// group matched, groups that capture within look-around or atomic groups - and where it is too large.
func assemble(root *node, groups int) (*program, bool) {
	room := rooms.Get().(*[]inst)
	a := &assembler{conds: map[int]state{}, ok: true}
	a.groups, a.code = groups, (*room)[:0]
	defer func() {
		clear(a.code)
		*room = a.code[:0]
		rooms.Put(room)
	}()
	root.walk(func(n *node) {
		if n.op == opCond && a.conds[n.group] == 0 {
			a.conds[n.group] = a.bit()
		}
	})
	a.node(root)
	a.emit(inst{op: iDone})
	a.states = 1 << a.nbits
	if !a.ok || a.rows*a.states > maxRows || a.bodies*a.states > maxBodyRows {
		return nil, false
	}
	p := a.program
	p.code = slices.Clone(a.code)
	return &p, true
}

// rooms are where programs are written before it is known how long they are.
var rooms = sync.Pool{New: func() any { return new([]inst) }}

func (a *assembler) bit() state {
	if a.nbits == maxStateBits {
		a.ok = false
		return 0
	}
	a.nbits++
	return 1 << (a.nbits - 1)
}

func (a *assembler) pc() int32 { return int32(len(a.code)) }

// emit appends an instruction that is followed by the next one.
func (a *assembler) emit(i inst) *inst {
	a.ok = a.ok && len(a.code) < maxInsts
	i.pc, i.next = a.pc(), a.pc()+1
	rows := &a.rows
	if a.body {
		rows = &a.bodies
	}
	if i.op == iSplit || i.op == iSpan {
		i.memo = int32(*rows)
		*rows++
	}
	a.code = append(a.code, i)
	return &a.code[len(a.code)-1]
}

// mark appends an instruction whose ways on are filled in later, and returns where it is.
func (a *assembler) mark(i inst) int32 {
	a.emit(i)
	return a.pc() - 1
}

func (a *assembler) node(n *node) {
	if !a.ok {
		return
	}
	switch n.op {
	case opEmpty:
	case opFail:
		a.emit(inst{op: iFail})
	case opSet:
		a.emit(inst{op: iChar, set: n.set})
	case opSeq:
		a.seq(n.subs)
	case opAlt:
		a.alt(n.subs)
	case opGroup:
		a.group(n)
	case opRepeat:
		a.repeat(n)
	case opAt:
		a.emit(inst{op: iAt, at: n.at})
	case opLook:
		a.look(n)
	case opAtomic:
		a.call(inst{op: iAtomic}, n.subs[0])
	case opCond:
		a.cond(n)
	default: // opBackref: its way on depends on what was captured
		a.ok = false
	}
}

// seq writes nodes one after the other, and characters in a row as one text.
func (a *assembler) seq(subs []*node) {
	for i := 0; i < len(subs) && a.ok; {
		if n := a.textOf(subs[i:]); n > 1 {
			a.texts += len(a.text)
			a.ok = a.ok && a.texts <= maxTexts
			a.emit(inst{op: iString, text: string(a.text)})
			i += n
			continue
		}
		a.node(subs[i])
		i++
	}
}

// textOf makes a.text the text that nodes begin with, and tells of how many nodes it is made.
func (a *assembler) textOf(subs []*node) (n int) {
	a.text = a.text[:0]
	for ; n < len(subs) && subs[n].op == opSet; n++ {
		c, ok := subs[n].set.only()
		if !ok {
			break
		}
		a.text = utf8.AppendRune(a.text, c)
	}
	return n
}

func (a *assembler) alt(subs []*node) {
	var ends []int32
	for _, s := range subs[:len(subs)-1] {
		split := a.mark(inst{op: iSplit})
		a.node(s)
		ends = append(ends, a.mark(inst{op: iJump}))
		a.code[split].other = a.pc()
	}
	a.node(subs[len(subs)-1])
	for _, e := range ends {
		a.code[e].next = a.pc()
	}
}

func (a *assembler) group(n *node) {
	a.emit(inst{op: iSave, n: int32(2 * n.group)})
	a.node(n.subs[0])
	a.emit(inst{op: iSave, n: int32(2*n.group + 1)})
	if b := a.conds[n.group]; b != 0 {
		a.emit(inst{op: iSet, bits: b})
	}
}

func (a *assembler) look(n *node) {
	i := inst{op: iLook, neg: n.neg}
	if n.behind {
		w, _ := width(n.subs[0], nil)
		i.n = int32(w)
	}
	a.call(i, n.subs[0])
}

// call writes an instruction and, behind it, the body that it calls. The outcome of a body must depend on nothing but position and state,
// so it may not capture.
func (a *assembler) call(i inst, n *node) {
	if n.captures() {
		a.ok = false
		return
	}
	outer := a.body
	call := a.mark(i)
	a.code[call].other = a.pc()
	a.body = true
	a.node(n)
	a.emit(inst{op: iDone})
	a.body = outer
	a.code[call].next = a.pc()
}

func (a *assembler) cond(n *node) {
	cond := a.mark(inst{op: iCond, bits: a.conds[n.group]})
	a.node(n.subs[0])
	end := a.mark(inst{op: iJump})
	a.code[cond].other = a.pc()
	a.node(n.subs[1])
	a.code[end].next = a.pc()
}
