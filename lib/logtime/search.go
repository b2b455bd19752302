package logtime

import (
	"unicode"
	"unicode/utf8"
)

// A find is a format's match in a line. Places are counted in characters
// because that is how the formats' distances are compared.
type find struct {
	at         int // index in Detector.order
	start, end int // of the whole match, in characters
	loc        []int
}

// An edge remembers where the last date stood and the characters at its ends,
// from which one guesses whether the next line is built alike. -1 stands for
// "none": the line's own begin or end.
type edge struct {
	start, end    int
	before, first rune // around start
	last, after   rune // around end
}

const nowhere = 1<<31 - 1

// search finds the date of a line: the last format is tried first, then all of
// them in their order. If the last one wins at once, again is true.
//
// That is fail2ban's way, but for its end: a format that wins before all were
// tried has to leave the line to a date that stands farther left.
func (d *Detector) search(line string) (h find, again, ok bool) {
	d.machine.look(line)
	candidate := find{at: -1, start: nowhere}
	skip := -1
	if d.last >= 0 {
		h, whole, ok := d.tryLast(line)
		if ok {
			if len(d.order) == 1 || d.order[h.at].anchored() ||
				h.start == d.lastEdge.start && h.end == d.lastEdge.end {
				h, moved := d.leftmost(line, d.keep(h))
				return h, !moved, true
			}
			// The date moved: perhaps it is not the date but a part of the
			// message, so another format may know better, if any matches
			// there or before.
			candidate = d.keep(h)
			if whole && d.plain && d.alone(line, candidate) {
				return candidate, false, true
			}
		}
		if whole {
			skip = d.last
		}
	}
	h, ok = d.tryAll(line, candidate, skip)
	return h, false, ok
}

// tryLast tries the format that won last. If the line has the same characters
// at the borders of the last date only that part of it is searched; whole tells
// that all of it was.
func (d *Detector) tryLast(line string) (h find, whole, ok bool) {
	t := d.order[d.last]
	if !t.anchored() && d.lastEdge.fits(line) {
		from, to := offset(line, d.lastEdge.start), offset(line, d.lastEdge.end)
		h, ok = d.try(d.last, line, from, to)
		return h, false, ok
	}
	h, ok = d.try(d.last, line, 0, len(line))
	return h, true, ok
}

// fits tells whether line has the same border characters as the last one had:
// those outside the date, or those inside if they are punctuation.
func (e *edge) fits(line string) bool {
	return (runeBefore(line, e.start) == e.before ||
		runeAt(line, e.start) == e.first && e.first >= 0 && !alnum(e.first)) &&
		(runeAt(line, e.end) == e.after ||
			runeBefore(line, e.end) == e.last && e.last >= 0 && !alnum(e.last))
}

// tryAll tries every format. The first one that matches wins, unless it matches
// farther right than it or the last winner did: then it is only a candidate, and
// the leftmost candidate wins when no format is better.
func (d *Detector) tryAll(line string, candidate find, skip int) (find, bool) {
	for i, t := range d.order {
		if i == skip || t.ready() == nil && t.prog != nil && d.machine.rulesOut(t.prog, line) {
			continue
		}
		h, ok := d.try(i, line, 0, len(line))
		if !ok {
			continue
		}
		if i+1 == len(d.order) || t.anchored() ||
			h.start == 0 && t.hits > 0 && d.order[i+1].matched == 0 {
			h, _ = d.leftmost(line, d.keep(h))
			return h, true
		}
		if h.start > t.distance || h.start > d.lastStart() {
			if h.start < candidate.start {
				candidate = d.keep(h)
			}
			continue
		}
		h, _ = d.leftmost(line, d.keep(h))
		return h, true
	}
	return candidate, candidate.at >= 0
}

// lastStart is where the last date stood. One character of distance is no
// difference as long as there was none.
func (d *Detector) lastStart() int {
	if d.last < 0 {
		return 1
	}
	return d.lastEdge.start
}

// try matches one format against line[from:to], with what stands before from in
// view but not what stands after to.
func (d *Detector) try(at int, line string, from, to int) (find, bool) {
	t := d.order[at]
	loc := t.match(&d.machine, line, from, to, d.loc)
	if loc == nil {
		return find{}, false
	}
	d.loc = loc
	t.matched++
	return find{at: at, start: column(line, loc[0]), end: column(line, loc[1]), loc: loc}, true
}

// keep saves h from being overwritten by the next try.
func (d *Detector) keep(h find) find {
	d.loc, d.spare = d.spare, d.loc
	return h
}

// column counts the characters before byte at; offset is its inverse, at most
// the length of line.
func column(line string, at int) int {
	if isASCII(line[:at]) {
		return at
	}
	return utf8.RuneCountInString(line[:at])
}

func offset(line string, column int) int {
	if column <= len(line) && isASCII(line[:column]) {
		return column
	}
	for i := range line {
		if column == 0 {
			return i
		}
		column--
	}
	return len(line)
}

func isASCII(s string) bool {
	const high = 0x8080808080808080
	for ; len(s) >= 16; s = s[16:] {
		if (eight(s)|eight(s[8:]))&high != 0 {
			return false
		}
	}
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// runeAt returns the character that starts at a column, runeBefore the one that
// ends there; -1 if there is none.
func runeAt(line string, column int) rune {
	at := offset(line, column)
	if at >= len(line) {
		return -1
	}
	r, _ := utf8.DecodeRuneInString(line[at:])
	return r
}

func runeBefore(line string, column int) rune {
	if column == 0 {
		return -1
	}
	return runeAt(line, column-1)
}

func alnum(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }
