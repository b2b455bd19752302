package pyre

import (
	"encoding/binary"
	"slices"
)

// maker makes one step of a tracer: from the ways of a state, over a class, to those of the next state. It follows each way as the tracker does
// and in the same order, as far as that consumes nothing, and takes none where one before came by: that would have been tried in vain.
type maker struct {
	*tracer
	before, class int32
	seen          map[way]bool
	from          int32 // the way that is followed

	ways    []way // of the next state
	links   []link
	matches bool // right here
	last    link
	whose   int32 // the part that matches
	unsure  bool
}

// step makes the step from a state over a class and returns what the table then says.
func (t *tracer) step(at, class int32) int32 {
	if t.held > maxHeld || t.work > t.limit {
		return firstSpecial // which is unsure
	}
	m := &t.maker
	m.ways, m.links, m.matches, m.unsure = m.ways[:0], m.links[:0], false, false
	m.before, m.class = t.states[at/t.width].before, class
	clear(m.seen)
	for n, w := range t.states[at/t.width].ways {
		m.from = int32(n)
		if m.begin(w) {
			break
		}
	}
	k := at + class
	sp := special{next: deadEnd, matches: m.matches, last: m.last, part: m.whose, unsure: m.unsure, rests: none}
	if len(m.ways) > 0 && !m.unsure {
		t.link(k, m.links)
		next := t.state(m.ways, class)
		sp.next, sp.rests = next, t.states[next/t.width].rests
	}
	next := sp.next
	if sp.next == deadEnd || sp.matches || sp.rests != none {
		next = firstSpecial - int32(len(t.steps))
		t.steps = append(t.steps, sp)
		t.held += 32
	}
	t.table[k] = tableEntry(next)
	return next
}

// link notes which ways a step links, if that is not each way with itself.
func (t *tracer) link(k int32, links []link) {
	for n, l := range links {
		if l != (link{from: int32(n)}) {
			t.backs[k] = int32(len(t.links))
			t.links = append(t.links, links...)
			t.held += 16 * len(links)
			t.changes[k] = 1
			return
		}
	}
}

// state returns the state of these ways behind a class.
func (t *tracer) state(ways []way, before int32) int32 {
	if !t.context && before != noChar {
		before = 0
	}
	t.key = binary.LittleEndian.AppendUint32(t.key[:0], uint32(before))
	for _, w := range ways {
		t.key = binary.LittleEndian.AppendUint32(t.key, uint32(w.pc))
		t.key = binary.LittleEndian.AppendUint16(t.key, uint16(w.state))
		t.key = binary.LittleEndian.AppendUint32(t.key, uint32(w.look))
	}
	if at, ok := t.byWays[string(t.key)]; ok {
		return at
	}
	at := int32(len(t.table))
	for range t.width {
		t.table, t.backs, t.changes = append(t.table, tableEntry(notMade)), append(t.backs, 0), append(t.changes, 0)
	}
	t.byWays[string(t.key)] = at
	t.states = append(t.states, traceState{ways: slices.Clone(ways), before: before, rests: none})
	t.table[at+t.high] = tableEntry(firstSpecial) // never used: next tells better classes
	t.held += 9*int(t.width) + 32*len(ways) + 128
	if r, ok := t.rest(at, ways); ok {
		t.states[at/t.width].rests = int32(len(t.rests))
		t.rests = append(t.rests, r)
	}
	return at
}

// begin follows a way of the state. It tells whether those after it do not matter.
func (m *maker) begin(w way) bool {
	if w.pc < 0 {
		if m.follow(m.parts[^w.pc].first, 0, 0, 1) {
			return true
		}
		if m.class != m.end {
			m.add(w, 0)
		}
		return false
	}
	look, ok := m.see(w.look, m.before, m.class)
	if !ok {
		return m.unsure
	}
	return m.follow(w.pc, w.state, look, 0)
}

// add adds a way to the next state.
func (m *maker) add(w way, slots uint64) {
	m.ways, m.links = append(m.ways, w), append(m.links, link{m.from, slots})
}

// follow takes all ways on from pc up to where they consume the class. It tells whether one of them matches, or may: then no other matters.
func (m *maker) follow(pc int32, st state, look int32, slots uint64) bool {
	for {
		here := way{pc, st, look}
		if m.seen[here] {
			return false
		}
		m.seen[here] = true
		m.work++
		i := &m.code[pc]
		pc = i.next
		switch i.op {
		case iDone:
			return m.done(here.pc, look, slots)
		case iChar:
			if m.has(i.set, m.class) {
				m.add(way{pc, m.behind(st, pc), look}, slots)
			}
			return false
		case iSpan:
			if m.has(i.set, m.class) {
				m.add(way{here.pc, m.behind(st, pc), look}, slots)
			}
		case iSplit:
			if m.follow(pc, st, look, slots) {
				return true
			}
			pc = i.other
		case iCond:
			if st&i.bits == 0 {
				pc = i.other
			}
		case iSet:
			st |= i.bits
		case iClear:
			st &^= i.bits
		case iSave:
			slots |= 1 << i.n
		case iAt:
			if !m.stands(i.at, m.before, m.class) {
				return false
			}
		case iLook:
			ok := false
			if look, ok = m.look(i, look); !ok {
				return m.unsure
			}
		case iFail:
			return false
		}
	}
}

// done notes that a match ends here, at the instruction pc.
func (m *maker) done(pc, look int32, slots uint64) bool {
	if look != 0 && m.class == m.newline {
		var ok bool
		if look, ok = m.see(look, m.newline, m.end); !ok {
			return false
		}
	}
	m.matches, m.last, m.whose = true, link{m.from, slots}, m.part(pc)
	m.unsure = m.unsure || look != 0 // what comes later decides
	return true
}

// stands tells whether the position between two classes is of a kind.
func (t *tracer) stands(a at, before, class int32) bool {
	switch a {
	case atTextBegin:
		return before == noChar
	case atLineBegin:
		return before == noChar || t.breaks(before)
	case atEnd:
		return class == t.end || class == t.newline
	case atLineEnd:
		return class == t.end || t.breaks(class)
	case atTextEnd:
		return class == t.end
	}
	word := asciiWord
	if a == atWord || a == atNotWord {
		word = classes().word
	}
	bound := t.has(word, before) != t.has(word, class)
	if a == atWord || a == atASCIIWord {
		return bound
	}
	return !bound && (before != noChar || class != t.end) // which Python 3.11 does not find in an empty text
}
