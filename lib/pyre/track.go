package pyre

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// tracker searches for a program's pattern by trying its choices in order, as Python does, but never the same one twice at the same
// position: the time is linear in the text, whatever the pattern.
type tracker struct {
	*program
	most     int    // instructions that a search may follow, see mostWork
	anchored bool   // a match begins at the begin of the text or nowhere
	prefix   string // which every match begins with
	word     *charset
	hinted   sync.Once // before the first search, or the first plan: of most patterns of most jails there is none
	runs     sync.Pool
}

func newTracker(root *node, groups int) (*tracker, bool) {
	p, ok := assemble(root, groups)
	if !ok {
		return nil, false
	}
	t := &tracker{program: p, most: mostWork, word: classes().word}
	t.anchored, t.prefix = p.opening()
	t.runs.New = func() any { return &run{tracker: t} }
	return t, true
}

// run is one search.
type run struct {
	*tracker
	s       string
	seen    []uint64 // a bit for each row, state and position: tried in vain, or being tried
	ends    []int32  // for each row of bodies, state and position: 0 not tried, -1 in vain, else 1 + where the match ends
	caps    []int
	pending []choice
	work    int // instructions followed
}

// choice is a way that was not taken yet: on from pc at pos or, behind a span, at any position down to low. With a negative pc, it is a
// capture to put back.
type choice struct {
	pc, pos, low int32
	state        state
	span         bool // pc is a span; the way leads on behind it
}

// maxKept bounds what a search leaves for the next one, in words: a text of extraordinary length shall not hold its memory for ever.
const maxKept = 1 << 18

// mostWork bounds the instructions that one search follows, to about a tenth of a second. Linear as a search is, of some thousand choices
// each can be tried at each place of a long text. It is no clock: whether a text matches does not depend on how busy the machine is.
const mostWork = 1 << 24

// late tells that a search has to be given up.
func (r *run) late() bool { return r.work > r.most }

func (t *tracker) find(s string, dst []int) ([]int, error) {
	t.hinted.Do(t.giveHints)
	if t.hopeless(s) {
		return nil, nil
	}
	r := t.runs.Get().(*run)
	r.s = s
	r.seen = zeroes(r.seen, t.rows*t.states*(len(s)+1)/64+1)
	r.ends, r.work = r.ends[:0], 0
	at, end := r.search()
	late := r.late() // which ends ways as if they were in vain
	if end >= 0 && !late {
		r.caps[0], r.caps[1] = at, end
		dst = append(dst, r.caps...)
	} else {
		dst = nil
	}
	r.s = ""
	if cap(r.seen)+cap(r.ends)+cap(r.pending) < maxKept {
		t.runs.Put(r)
	}
	if late {
		return nil, ErrTimeout
	}
	return dst, nil
}

// hopeless tells of most texts that do not match that they do not, before a search is set up.
func (t *tracker) hopeless(s string) bool {
	if t.anchored {
		return !strings.HasPrefix(s, t.prefix) || !t.start.admits(s, 0)
	}
	return !strings.Contains(s, t.prefix)
}

// search tries every position in turn. It returns where the match begins and ends, the latter -1 if there is none.
func (r *run) search() (at, end int) {
	for at = 0; at <= len(r.s); at++ {
		if r.start.admits(r.s, at) && (at == 0 || at == len(r.s) || utf8.RuneStart(r.s[at])) {
			if end := r.match(at); end >= 0 {
				return at, end
			}
		}
		if r.work++; r.anchored || r.late() {
			break
		}
	}
	return 0, -1
}

// zeroes returns n zeroes, in s's place where there is room.
func zeroes[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// match tries the program at pos and returns the end of the match, or -1.
func (r *run) match(pos int) int {
	r.caps = r.caps[:0]
	for range 2 * r.groups {
		r.caps = append(r.caps, -1)
	}
	r.pending = r.pending[:0]
	end := r.follow(0, pos, 0)
	for end < 0 && len(r.pending) > 0 && !r.late() {
		c := r.pending[len(r.pending)-1]
		switch {
		case c.pc < 0:
			r.caps[^c.pc] = int(c.pos)
			r.drop()
		case c.span:
			end = r.shorten(c)
		default:
			r.drop()
			end = r.follow(c.pc, int(c.pos), c.state)
		}
	}
	return end
}

func (r *run) drop() { r.pending = r.pending[:len(r.pending)-1] }

// shorten goes on behind a span that gives characters back, from the last position on where the rest may begin.
func (r *run) shorten(c choice) int {
	i := &r.code[c.pc]
	pos, low := int(c.pos), int(c.low)
	for pos > low && !i.hint.next.admits(r.s, pos) {
		pos--
	}
	if pos = runeStart(r.s, pos, low); pos > low {
		r.pending[len(r.pending)-1].pos = int32(pos - 1)
	} else {
		r.drop()
	}
	return r.follow(i.next, pos, c.state)
}

// try marks that a row is tried at pos and tells whether it was not before, and there is time left for it.
func (r *run) try(row int32, st state, pos int) bool {
	if r.late() {
		return false
	}
	k := (int(row)*r.states+int(st))*(len(r.s)+1) + pos
	if r.seen[k>>6]>>(k&63)&1 != 0 {
		return false
	}
	r.seen[k>>6] |= 1 << (k & 63)
	return true
}

// follow takes first choices from pc on and leaves the others pending. It returns the end of a match, or -1 where the way ends in vain.
func (r *run) follow(pc int32, pos int, st state) int {
	code, s, loops := r.code, r.s, r.loops
	for {
		i := &code[pc]
		pc = i.next
		r.work++
		switch i.op {
		case iDone:
			return pos
		case iChar:
			if pos < len(s) && s[pos] < firstHigh {
				if !i.set.ascii.has(s[pos]) {
					return -1
				}
				pos++
			} else if c, n := decode(s, pos); n == 0 || !i.set.has(c) {
				return -1
			} else {
				pos += n
			}
			st &^= loops
		case iString:
			if !strings.HasPrefix(s[pos:], i.text) {
				return -1
			}
			pos += len(i.text)
			st &^= loops
			r.work += len(i.text) / bytesPerWork
		case iLook:
			if (i.text != "" && strings.HasPrefix(s[pos:], i.text) || i.text == "" && r.look(i, pos, st)) == i.neg {
				return -1
			}
		case iCond:
			if st&i.bits == 0 {
				pc = i.other
			}
		case iSet:
			st |= i.bits
		case iClear:
			st &^= i.bits
		case iJump:
		case iSplit:
			next, other := i.hint.next.admits(s, pos), i.hint.other.admits(s, pos)
			if (next && other || i.loop) && !r.try(i.memo, st, pos) {
				return -1
			}
			if !next {
				pc = i.other
			} else if other {
				r.pending = append(r.pending, choice{pc: i.other, pos: int32(pos), state: st})
			}
		case iSpan:
			if pos, st = r.span(i, pos, st); pos < 0 {
				return -1
			}
		case iSave:
			if len(r.pending) > 0 { // else no other way will want it back
				r.pending = append(r.pending, choice{pc: ^i.n, pos: int32(r.caps[i.n])})
			}
			r.caps[i.n] = pos
		default:
			if pc, pos, st = r.step(i, pos, st); pos < 0 {
				return -1
			}
		}
	}
}
