package logtime

import (
	"strings"
	"unicode/utf8"
)

// A frame is a way back: to another step at a place, or to an older value of a
// slot, or to one character less of a repetition.
type frame struct {
	step, at int
	old      int // of a slot: its value
	kind     frameKind
}

type frameKind byte

const (
	otherStep frameKind = iota
	oldSlot             // step is the slot
	shorter             // old is the least place
)

// A machine runs programs. It keeps the room for the ways back.
type machine struct {
	stack []frame
	left  int  // of the budget
	seen  int  // the last place that was looked at; -1: not known
	most  int  // the last place that any search of the line looked at in vain; -1: not known
	ascii bool // the line is ASCII
	clock int  // where it shows the first time of day, see nextClock

	openings [4]found // what programs begin with
	oldest   int      // of these
}

// found tells where a text stands next, from a place on, in a line of a length; -1 if nowhere.
type found struct {
	text             string
	length, from, at int
}

// look gets ready for searches of a line.
func (m *machine) look(line string) {
	m.ascii, m.clock, m.most = isASCII(line), nextClock(line, 0), 0
	for i := range m.openings {
		m.openings[i].length = -1
	}
}

// inVain notes that a search has found nothing, and the last place that decided it; -1: not known.
func (m *machine) inVain(seen int) {
	if seen < 0 {
		m.most = -1
	} else if m.most >= 0 {
		m.most = max(m.most, seen)
	}
}

// looked notes that the next clock was looked for, as far as to a place at most; -1: there is none.
func (m *machine) looked(most, clock int) {
	if clock >= 0 {
		most = min(most, clock)
	}
	m.seen = max(m.seen, most+1)
}

// budget is how many steps back a search may take for each character before it
// is left to an engine that is linear or bounded in time.
const budget = 200

// find searches s from the place from on, with what is before it in view. It
// appends the places of the groups to dst[:0]. It gives up if the search
// becomes long.
func (m *machine) find(p *program, s string, from int, dst []int) (loc []int, found, gaveUp bool) {
	m.left, m.seen = budget*(len(s)-from+20), from
	if from == 0 && m.rulesOut(p, s) {
		return dst, false, false
	}
	switch {
	case p.anchored && from > 0:
		m.inVain(p.clock + 1)
		return dst, false, false
	}
	dst = append(dst[:0], p.blank...)
	if p.anchored {
		end := m.run(p, s, 0, dst)
		if end < 0 && m.left >= 0 {
			m.inVain(m.seen)
		}
		dst[0], dst[1] = 0, end
		return dst, end >= 0, m.left < 0
	}
	m.inVain(-1)
	bound, opens := m.ascii && p.clock > 0, m.ascii && p.opening != ""
	clock := m.clock
	for at := from; at <= len(s); at++ {
		if bound {
			if clock >= 0 && clock < at {
				clock = nextClock(s, at)
			}
			if at = max(at, clock-p.clock); clock < 0 || at > len(s) {
				return dst, false, false
			}
		}
		if opens {
			if at = m.opens(p, s, at); at < 0 {
				return dst, false, false
			}
		} else if !p.mayStart(s, at) {
			continue
		}
		if end := m.run(p, s, at, dst); end >= 0 {
			dst[0], dst[1] = at, end
			return dst, true, false
		}
		if m.left < 0 {
			return dst, false, true
		}
	}
	return dst, false, false
}

// mayStart tells by one byte whether a match can start here.
func (p *program) mayStart(s string, at int) bool {
	if at == len(s) {
		return p.beyond
	}
	if b := s[at]; b < utf8.RuneSelf {
		return p.first[b>>6]>>(b&63)&1 == 1
	}
	return p.beyond && utf8.RuneStart(s[at])
}

// run matches at one place and returns the end of the match, or -1. The slots of
// groups that took no part are -1 again if it fails.
func (m *machine) run(p *program, s string, at int, slots []int) int {
	m.stack = m.stack[:0]
	for pc := 0; ; {
		st := &p.steps[pc]
		ok := true
		switch st.op {
		case opSet:
			n := 0
			if at < len(s) && s[at] < utf8.RuneSelf && st.set.has(s[at]) { // mostly
				n = 1
			} else {
				n = st.set.width(s, at)
			}
			at, ok = at+n, n > 0
		case opRepeat:
			at, ok = m.repeat(st, s, at, pc+1)
		case opBack:
			at, ok = m.again(st, s, at, slots)
		case opAlt:
			if st.set != nil && !st.set.mayHold(s, at) {
				m.seen = max(m.seen, at)
				pc = int(st.to)
				continue
			}
			m.stack = append(m.stack, frame{int(st.to), at, 0, otherStep})
		case opJump:
			pc = int(st.to)
			continue
		case opSave:
			m.stack = append(m.stack, frame{int(st.slot), 0, slots[st.slot], oldSlot})
			slots[st.slot] = at
		case opMatch:
			m.seen = max(m.seen, at)
			return at
		default:
			at, ok = st.check(s, at)
		}
		if ok {
			pc++
			continue
		}
		m.seen = max(m.seen, at+int(st.ahead))
		if pc, at = m.back(p, s, slots); pc < 0 {
			return -1
		}
	}
}

// back goes the last way back. The step is -1 if there is none left, or if the
// budget is used up.
func (m *machine) back(p *program, s string, slots []int) (pc, at int) {
	m.left--
	for n := len(m.stack) - 1; n >= 0; n-- {
		f := &m.stack[n]
		switch {
		case f.kind == oldSlot:
			slots[f.step] = f.old
		case m.left < 0:
		case f.kind == otherStep:
			m.stack = m.stack[:n]
			return f.step, f.at
		default: // shorter
			next := &p.steps[f.step]
			f.at--
			for f.at > f.old && (!utf8.RuneStart(s[f.at]) || next.op == opSet && !next.set.mayHold(s, f.at)) {
				f.at--
			}
			m.stack = m.stack[:n+1]
			if f.at == f.old {
				m.stack = m.stack[:n]
			}
			return f.step, f.at
		}
	}
	return -1, 0
}

// repeat takes as many characters as it may; fewer are a way back, to the step
// next.
func (m *machine) repeat(st *step, s string, at, next int) (end int, ok bool) {
	least := -1
	for n := int32(0); ; n++ {
		if n == st.min {
			least = at
		}
		if n == st.max {
			break
		}
		if at < len(s) && s[at] < utf8.RuneSelf && st.set.has(s[at]) { // mostly
			at++
			continue
		}
		w := st.set.width(s, at)
		if w == 0 {
			break
		}
		at += w
	}
	m.seen = max(m.seen, at)
	if least >= 0 && at > least {
		m.stack = append(m.stack, frame{next, at, least, shorter})
	}
	return at, least >= 0
}

// again matches what a group matched once more. A group that took no part stands
// nowhere.
func (m *machine) again(st *step, s string, at int, slots []int) (end int, ok bool) {
	from, to := slots[2*st.slot], slots[2*st.slot+1]
	if from < 0 || to < 0 {
		return at, false
	}
	end = at + to - from
	m.seen = max(m.seen, end)
	if end > len(s) {
		return at, false
	}
	text, here := s[from:to], s[at:end]
	return end, text == here || st.fold && strings.EqualFold(text, here)
}

// check does the rarer steps.
func (st *step) check(s string, at int) (int, bool) {
	switch st.op {
	case opWords:
		n := st.word(s[at:])
		return at + n, n > 0
	case opBegin:
		return at, at == 0
	case opEnd:
		return at, at == len(s) || at == len(s)-1 && s[at] == '\n'
	case opBoundary:
		return at, wordBefore(s, at) != wordAt(s, at)
	case opWordBegin:
		if at == len(s) {
			return at, at == 0 || wordBefore(s, at)
		}
		return at, !wordBefore(s, at) || !wordAt(s, at)
	case opWordEnd:
		return at, !wordBefore(s, at) || !wordAt(s, at)
	case opEpochPlace:
		return at, epochPlaced(s, at)
	}
	return at, false
}

// word returns the length of the one of the words that s starts with, or 0.
func (st *step) word(s string) int {
	if s == "" {
		return 0
	}
	for _, word := range *st.words {
		if s[0]|0x20 != word[0]|0x20 && s[0] < utf8.RuneSelf {
			continue
		}
		if n := prefix(s, word, st.fold); n > 0 {
			return n
		}
	}
	return 0
}

// prefix returns how many bytes of s make up the word, or 0.
func prefix(s, word string, fold bool) int {
	at := 0
	for i := range len(word) {
		if at >= len(s) {
			return 0
		}
		c := s[at]
		at++
		if c == word[i] {
			continue
		}
		if !fold {
			return 0
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[at-1:])
			c = foldRune(r)
			at += n - 1
		}
		if c|0x20 != word[i] || c == 0 {
			return 0
		}
	}
	return at
}
