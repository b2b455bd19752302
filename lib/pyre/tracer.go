package pyre

import (
	"math/bits"
	"strings"
)

// tracer finds the match that the tracker of the same program finds. It is an automaton whose states are the ways that a search may be on, in the
// order in which Python would try them; they are made when texts come to them. It goes through a text once and notes the steps it took. Each
// step knows which way came from which, so once the end of the match is found the way back tells the captures.
//
// It can trace several programs at once and finds the match of the first one that has any: the ways of each come before those of the next.
type tracer struct {
	*plan
	alphabet

	table   []uint32 // for each state and class the step, see below
	changes []uint8  // 1 for each of these that changes anything, else 0
	backs   []int32  // where the links of that begin
	links   []link
	steps   []special
	states  []traceState
	rests   []rest
	byWays  map[string]int32
	pending [][]pending // what ways may still have to see, by number; that of 0 is nothing
	numbers map[string]int32
	maker   maker
	key     []byte
	held    int // bytes
	work    int // instructions that were followed to make steps
	limit   int // as many as there may be at the end of the text at hand

	trace []taken // what the text at hand took
	took  int
	match match // what it found
}

// traceState is what the tracer knows behind a part of a text.
type traceState struct {
	ways   []way
	before int32 // the class of the character before, noChar at the begin; 0 where that does not matter
	rests  int32 // the number of its rest, none if it has none
}

// way is one way that the search may be on: before an instruction that was come to by consuming the character before, or at the begin. That is
// below 0 for a way that has not begun yet.
type way struct {
	pc    int32
	state state
	look  int32 // what is still to be seen of the text to come
}

// waits is where the way of a part stands that has not begun yet. It comes behind those that have.
func waits(part int) int32 { return ^int32(part) }

// link says which way of the state before a way came from, and which slots it passed as it left it.
type link struct {
	from  int32
	slots uint64
}

// special is a step that is not from one state to another one and nothing else.
type special struct {
	next    int32 // the state, deadEnd if there is none
	matches bool  // a match ends right here, before the character, and
	last    link  // this is where it came from
	part    int32 // whose match it is
	unsure  bool  // the tracer cannot tell: it is the tracker's turn
	rests   int32 // of the next state
}

// taken is a step that a text took at pos: its place in the table.
type taken struct{ pos, k int32 }

// A step is the place where the row of the next state begins. What there is besides: that a step is not known yet, and special ones, as
// firstSpecial less their number. The table holds them unsigned, so that one is the index that the next is found by as it is. A step changes
// something if a way gets another number in it, or passes a slot; only such steps are kept in the trace.
const (
	notMade      = -1
	firstSpecial = -2
	lastState    = 1<<31 - 1
)

// tableEntry is a step as the table holds it.
func tableEntry(step int32) uint32 { return uint32(step) }

const (
	none    = -1
	deadEnd = -1 // where a step leads that leaves no way
	noChar  = -1 // the class of what stands before a text
)

// mostMaking bounds the instructions followed to make steps for one text, to less than a tenth of a second.
const mostMaking = 1 << 20

// maxPending bounds how many instructions of look-aheads can be pending; what would be more is left to the tracker.
const maxPending = 64

func newTracer(p *plan) *tracer {
	t := &tracer{plan: p, alphabet: p.letters.clone(), byWays: map[string]int32{}, pending: [][]pending{nil}, numbers: map[string]int32{"": 0}}
	t.maker = maker{tracer: t, seen: map[way]bool{}}
	t.steps = []special{{next: deadEnd, unsure: true}}
	var first []way
	for i := range t.parts {
		w := way{pc: waits(i)}
		if t.parts[i].anchored {
			w.pc = t.parts[i].first
		}
		first = append(first, w)
	}
	t.state(first, noChar)
	return t
}

// find searches s, and tells whose match it found. It is not ok where the tracer cannot tell.
func (t *tracer) find(s string, dst []int) (loc []int, part int, ok bool) {
	if n := len(s) + 2; len(t.trace) < n {
		t.held += 8 * (2*n - len(t.trace))
		t.trace = make([]taken, 2*n)
	}
	t.limit = t.work + mostMaking
	if ok = t.run(s); !ok || t.match.end < 0 {
		return nil, 0, ok
	}
	part = int(t.match.part)
	at := len(dst)
	dst = append(dst, t.parts[part].blank...)
	t.back(dst[at:])
	return dst, part, true
}

// match is where a match ends, -1 if there is none; how many steps had been taken; the last link, and whose match it is.
type match struct {
	end, took int
	last      link
	part      int32
}

// run goes through a text. It is not ok where the tracer cannot tell.
func (t *tracer) run(s string) (ok bool) {
	text := strings.TrimSuffix(s, "\n")
	t.match.end, t.took = -1, 0
	for at, k, pos := int32(0), int32(0), 0; ; { // until a step is a dead end, as the one at the end of the text is
		at, k, pos = t.fast(text, at, pos)
		size := 1
		if pos >= len(text) || text[pos] >= firstHigh {
			class := int32(0)
			if class, size = t.read(text, s, pos); size == 0 {
				return false
			}
			k = at + class
		}
		next := int32(t.table[k])
		if next == notMade {
			next = t.step(at, k-at)
		}
		rests := int32(none)
		if next < 0 {
			sp := &t.steps[firstSpecial-next]
			if sp.unsure {
				return false
			}
			if sp.matches {
				t.match = match{pos, t.took, sp.last, sp.part}
			}
			if next = sp.next; next < 0 {
				return true
			}
			rests = sp.rests
		}
		t.trace[t.took] = taken{int32(pos), k}
		t.took += int(t.changes[k])
		at, pos = next, pos+size
		for ; rests != none && pos <= len(text); rests = t.rests[rests].behind.rests {
			r := &t.rests[rests]
			if r.text == "" {
				pos = skip(text, pos)
				break
			}
			if !strings.HasPrefix(text[pos:], r.text) {
				return true
			}
			at, pos = r.behind.at, pos+len(r.text)
		}
	}
}

// fast goes on as long as that takes nothing but known steps from one state to another, and returns the place of the step that it did not
// take, if a byte called for one. What comes next waits for where the last step led, and for nothing else.
func (t *tracer) fast(text string, from int32, pos int) (at, k int32, end int) {
	table, class := t.table, &t.class
	changes := t.changes[:len(table)]
	trace, n := t.trace, t.took
	row, place := uint(from), uint(0)
	for ; pos < len(text); pos++ {
		place = row + uint(class[text[pos]])
		next := uint(table[place])
		if next > lastState {
			break
		}
		trace[n] = taken{int32(pos), int32(place)}
		n += int(changes[place])
		row = next
	}
	t.took = n
	return int32(row), int32(place), pos
}

// back follows the match back to where it began, and notes in caps what it passed.
func (t *tracer) back(caps []int) {
	m := &t.match
	caps[1] = m.end
	passed(caps, m.last.slots, m.end)
	at := m.last.from
	for i := m.took - 1; i >= 0; i-- {
		s := t.trace[i]
		l := &t.links[t.backs[s.k]+at]
		passed(caps, l.slots, int(s.pos))
		at = l.from
	}
	if t.parts[m.part].anchored {
		caps[0] = 0
	}
}

// passed notes that a match passed slots at pos, unless it passed them again later on.
func passed(caps []int, slots uint64, pos int) {
	for ; slots != 0; slots &= slots - 1 {
		if n := bits.TrailingZeros64(slots); caps[n] < 0 {
			caps[n] = pos
		}
	}
}
