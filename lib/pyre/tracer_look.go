package pyre

import (
	"encoding/binary"
	"slices"
)

// pending is a look-ahead that a way has come by, and whose outcome the text to come decides: it stands before these instructions of its body.
type pending struct {
	neg bool
	pcs []int32 // sorted
}

// look holds a way against a look-around. It returns what is to be seen besides from here on, and whether the way goes on.
func (m *maker) look(i *move, look int32) (int32, bool) {
	if i.n > 0 { // behind
		return look, m.has(m.code[i.other].set, m.before) != i.neg
	}
	rest, ok := m.seeOne(pending{i.neg, []int32{i.other}}, m.before, m.class)
	if !ok || len(rest.pcs) == 0 {
		return look, ok
	}
	return m.number(append(slices.Clone(m.pending[look]), rest))
}

// see goes on with what is to be seen, over a class. It returns what is left of it then, and whether it was as it should.
func (m *maker) see(look, before, class int32) (int32, bool) {
	if look == 0 {
		return 0, true
	}
	var left []pending
	for _, p := range m.pending[look] {
		rest, ok := m.seeOne(p, before, class)
		if !ok {
			return 0, false
		}
		if len(rest.pcs) > 0 {
			left = append(left, rest)
		}
	}
	return m.number(left)
}

// seeOne goes on with one look-ahead. It returns what is left, nothing if it has been decided, and whether it was as it should.
func (m *maker) seeOne(p pending, before, class int32) (rest pending, ok bool) {
	b := body{tracer: m.tracer, before: before, class: class}
	for _, pc := range p.pcs {
		b.follow(pc)
	}
	switch {
	case b.matches:
		return pending{}, !p.neg
	case len(b.next) == 0:
		return pending{}, p.neg
	}
	slices.Sort(b.next)
	return pending{p.neg, slices.Compact(b.next)}, true
}

// number returns the number of what is to be seen. Whatever may not come can be looked for together.
func (m *maker) number(all []pending) (int32, bool) {
	var never []int32
	var left []pending
	size := 0
	for _, p := range all {
		if size += len(p.pcs); p.neg {
			never = append(never, p.pcs...)
		} else {
			left = append(left, p)
		}
	}
	if size > maxPending {
		m.unsure = true
		return 0, false
	}
	if len(never) > 0 {
		slices.Sort(never)
		left = append(left, pending{true, slices.Compact(never)})
	}
	return m.known(left), true
}

// known returns the number of a normal list.
func (t *tracer) known(all []pending) int32 {
	slices.SortFunc(all, func(a, b pending) int { return slices.Compare(a.pcs, b.pcs) })
	t.key = t.key[:0]
	for i, p := range all {
		if i > 0 && p.neg == all[i-1].neg && slices.Equal(p.pcs, all[i-1].pcs) {
			continue
		}
		sign := uint32(0)
		if p.neg {
			sign = 1
		}
		t.key = binary.LittleEndian.AppendUint32(t.key, uint32(len(p.pcs))<<1|sign)
		for _, pc := range p.pcs {
			t.key = binary.LittleEndian.AppendUint32(t.key, uint32(pc))
		}
	}
	n, ok := t.numbers[string(t.key)]
	if !ok {
		n = int32(len(t.pending))
		t.numbers[string(t.key)] = n
		t.pending = append(t.pending, all)
		t.held += 64 + 8*len(t.key)
	}
	return n
}

// body follows the body of a look-ahead up to where it consumes the class.
type body struct {
	*tracer
	before, class int32
	next          []int32
	seen          []int32
	matches       bool
}

func (b *body) follow(pc int32) {
	for !slices.Contains(b.seen, pc) {
		b.seen = append(b.seen, pc)
		i := &b.code[pc]
		pc = i.next
		switch i.op {
		case iDone:
			b.matches = true
			return
		case iChar:
			if b.has(i.set, b.class) {
				b.next = append(b.next, pc)
			}
			return
		case iSplit:
			b.follow(pc)
			pc = i.other
		case iAt:
			if !b.stands(i.at, b.before, b.class) {
				return
			}
		case iFail:
			return
		}
	}
}
