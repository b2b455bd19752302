package pyre

import (
	"math/bits"
	"unicode/utf8"
)

// bytesPerWork is how many bytes are looked at together in the time that an instruction takes, or so.
const bytesPerWork = 8

// span consumes all characters it can and leaves the ways on from earlier positions pending. It returns where it got to, or -1.
func (r *run) span(i *inst, pos int, st state) (int, state) {
	if !r.try(i.memo, st, pos) {
		return -1, 0
	}
	from, moved := pos, st&^r.loops
	if pos = r.runOn(i, moved, from); pos == from {
		return pos, st
	}
	low := from
	if st != moved { // to have consumed nothing is another state
		r.pending = append(r.pending, choice{pc: i.next, pos: int32(from), state: st})
		_, n := decode(r.s, from)
		low += n
	}
	if pos > low {
		r.pending = append(r.pending, choice{pc: i.pc, pos: int32(pos - 1), low: int32(low), state: moved, span: true})
	}
	return pos, moved
}

// runOn consumes all characters it can from a position on and marks those behind as tried. It returns where it got to, before any that was
// tried before. It looks at little more of the text than that: else the many short ways on within a long run would each look at all of it.
func (r *run) runOn(i *inst, st state, pos int) int {
	for size := 64; ; size *= 2 {
		part := r.s[:runeStart(r.s, min(pos+size, len(r.s)), pos)]
		end := i.set.run(part, pos)
		r.work += 1 + (end-pos)/bytesPerWork
		at := r.tryAll(i.memo, st, pos, end)
		if at < end || end < len(part) || end == len(r.s) {
			return at
		}
		pos = end
	}
}

// tryAll marks that a row is tried at the positions behind from up to end, and returns the last one before any that was tried before.
func (r *run) tryAll(row int32, st state, from, end int) int {
	k := (int(row)*r.states+int(st))*(len(r.s)+1) + 1
	for at := from; at < end; {
		word, bit := &r.seen[(k+at)>>6], (k+at)&63
		n := min(64-bit, end-at)
		mask := (^uint64(0) >> (64 - n)) << bit
		if old := *word & mask; old != 0 {
			n = bits.TrailingZeros64(old) - bit
			*word |= mask & (1<<(bit+n) - 1)
			return runeStart(r.s, at+n, from)
		}
		*word |= mask
		at += n
	}
	return end
}

// runeStart returns the position at or before pos, but not before low, where a character begins.
func runeStart(s string, pos, low int) int {
	for pos > low && pos < len(s) && !utf8.RuneStart(s[pos]) {
		pos--
	}
	return pos
}

// step takes an instruction that leaves no choice. It returns where to go on, with a negative position where the way ends in vain.
func (r *run) step(i *inst, pos int, st state) (int32, int, state) {
	ok := true
	switch i.op {
	case iJump:
	case iChar:
		c, n := decode(r.s, pos)
		ok = n > 0 && i.set.has(c)
		pos, st = pos+n, st&^r.loops
	case iString:
		ok = len(r.s)-pos >= len(i.text) && r.s[pos:pos+len(i.text)] == i.text
		r.work += len(i.text) / bytesPerWork
		pos, st = pos+len(i.text), st&^r.loops
	case iAt:
		ok = r.holds(i.at, pos)
	case iLook:
		ok = r.look(i, pos, st) != i.neg
	case iAtomic:
		end := r.first(i.other, pos, st)
		if end > pos {
			st &^= r.loops
		}
		ok, pos = end >= 0, end
	case iCond:
		if st&i.bits == 0 {
			return i.other, pos, st
		}
	case iSet:
		st |= i.bits
	case iClear:
		st &^= i.bits
	default: // iFail
		ok = false
	}
	if !ok {
		pos = -1
	}
	return i.next, pos, st
}

func (r *run) look(i *inst, pos int, st state) bool {
	for range i.n {
		if pos == 0 {
			return false
		}
		pos = r.before(pos)
	}
	return r.first(i.other, pos, st) >= 0
}

// before returns the position one character before pos.
func (r *run) before(pos int) int {
	for pos--; pos > 0 && !utf8.RuneStart(r.s[pos]); pos-- {
	}
	return pos
}

// first returns where the first match of a body from pc on ends, or -1. Bodies capture nothing, so their outcomes can be remembered.
func (r *run) first(pc int32, pos int, st state) int {
	for {
		i := &r.code[pc]
		r.work++
		switch i.op {
		case iDone:
			return pos
		case iSplit:
			return r.firstOf(i, pos, st)
		}
		if pc, pos, st = r.step(i, pos, st); pos < 0 {
			return -1
		}
	}
}

func (r *run) firstOf(i *inst, pos int, st state) int {
	if r.late() {
		return -1
	}
	if len(r.ends) == 0 {
		r.ends = zeroes(r.ends, r.bodies*r.states*(len(r.s)+1))
	}
	k := (int(i.memo)*r.states+int(st))*(len(r.s)+1) + pos
	if e := int(r.ends[k]); e != 0 {
		return max(e-1, -1)
	}
	end := r.first(i.next, pos, st)
	if end < 0 {
		end = r.first(i.other, pos, st)
	}
	r.ends[k] = int32(end + 1)
	if end < 0 {
		r.ends[k] = -1
	}
	return end
}

// decode returns the character at pos and its length, 0 at the end.
func decode(s string, pos int) (rune, int) {
	if pos >= len(s) {
		return 0, 0
	}
	if c := s[pos]; c < firstHigh {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(s[pos:])
}

// holds tells whether pos is a position of the given kind.
func (r *run) holds(a at, pos int) bool {
	s := r.s
	switch a {
	case atTextBegin:
		return pos == 0
	case atLineBegin:
		return pos == 0 || s[pos-1] == '\n'
	case atEnd:
		return pos == len(s) || pos == len(s)-1 && s[pos] == '\n'
	case atLineEnd:
		return pos == len(s) || s[pos] == '\n'
	case atTextEnd:
		return pos == len(s)
	case atWord:
		return boundary(r.word, s, pos)
	case atNotWord: // which Python 3.11 does not find in an empty text
		return s != "" && !boundary(r.word, s, pos)
	case atASCIIWord:
		return boundary(asciiWord, s, pos)
	default:
		return s != "" && !boundary(asciiWord, s, pos)
	}
}

func boundary(word *charset, s string, pos int) bool {
	before, n := utf8.DecodeLastRuneInString(s[:pos])
	after, m := decode(s, pos)
	return (n > 0 && word.has(before)) != (m > 0 && word.has(after))
}
