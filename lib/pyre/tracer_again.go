package pyre

import "math/bits"

// Lines of one process begin with the same words, and a prefregex, which takes the rest of a line whatever it is, is through with them there.
// What it found in one it finds in the next one that begins so: only the ends differ.

// rested is the step of a text after which nothing counted up to its end, or to a newline in its midst.
type rested struct {
	pos   int   // of the character that it took
	k, at int32 // its place in the table, none if there was none; and the state before it
	took  int   // steps in the trace behind it
}

// beginning is how a text that matched began, up to the character of such a step, and what was found in the text.
type beginning struct {
	text   []byte
	broken bool  // a newline ended the text
	k, at  int32 // as in rested
	part   int   // whose match it was
	ends   uint64
	caps   []int // of which those slots are ends
}

// maxBeginning bounds the bytes of a beginning.
const maxBeginning = 128

// again finds in s what was found in the text that was remembered, if s begins in the same way.
func (t *tracer) again(s string, dst []int) ([]int, bool) {
	b := &t.begun
	n := len(b.text)
	if b.k == none || len(s) <= n || s[:n] != string(b.text) {
		return nil, false
	}
	text := trimNewline(s)
	if len(text) == n || len(text) < len(s) != b.broken || !t.restsToo(s[n]) || skip(text, n) < len(text) {
		return nil, false
	}
	at := len(dst)
	dst = append(dst, b.caps...)
	caps := dst[at:]
	caps[1] = len(text)
	for slots := b.ends; slots != 0; slots &= slots - 1 {
		caps[bits.TrailingZeros64(slots)] = len(text)
	}
	return dst, true
}

// restsToo tells whether a character does what that did which was remembered.
func (t *tracer) restsToo(c byte) bool {
	b := &t.begun
	k := b.at + int32(t.class[c])
	if k == b.k {
		return true
	}
	next := int32(t.table[k])
	if next > firstSpecial || c >= firstHigh {
		return false
	}
	one, other := &t.steps[firstSpecial-next], &t.steps[firstSpecial-int32(t.table[b.k])]
	return !one.unsure && !one.matches && one.next == other.next && t.changes[k] == t.changes[b.k] &&
		(t.changes[k] == 0 || t.links[t.backs[k]] == t.links[t.backs[b.k]]) // one link: a state that rests has one way
}

// remember keeps what was found in s, if its rest did not count.
func (t *tracer) remember(s string, caps []int) {
	b, r, m := &t.begun, &t.rested, &t.match
	b.k = none
	if r.k == none || r.pos > maxBeginning || r.took != m.took || m.end != len(trimNewline(s)) {
		return
	}
	*b = beginning{append(b.text[:0], s[:r.pos]...), m.end < len(s), r.k, r.at, int(m.part), m.last.slots, append(b.caps[:0], caps...)}
}
