package logtime

import (
	"math/bits"
	"sync"
	"unicode/utf8"
)

// starts are the built-in formats by the two bytes that they can begin with. Most
// of a line begins none, so that one can afford to look at all of what stands
// before a date.
type starts struct {
	anywhere [256]formatSet
	lineOnly [256]formatSet        // at the begin of the line only
	second   [kinds][256]formatSet // by the kind of the first one
	word     formatSet             // at the begin of a word only
	clocks   []int                 // program.clock of each
	most     int                   // of them
}

// A formatSet has a bit for each of the built-in formats.
type formatSet uint64

// The kinds of bytes that a date begins with.
const (
	aDigit = iota
	aLetter
	aBlank
	aSign
	notASCII
	kinds
)

func kindOf(b byte) int {
	switch {
	case b >= '0' && b <= '9':
		return aDigit
	case lower(b) >= 'a' && lower(b) <= 'z':
		return aLetter
	case b == ' ':
		return aBlank
	case b < utf8.RuneSelf:
		return aSign
	}
	return notASCII
}

var builtinStarts = sync.OnceValue(func() *starts {
	s := &starts{}
	all, _ := builtin()
	for i, f := range all {
		s.clocks = append(s.clocks, 0)
		if f.ready() == nil && f.prog != nil {
			s.add(i, f.prog)
		}
	}
	return s
})

func (s *starts) add(i int, p *program) {
	bit, table := formatSet(1)<<i, &s.anywhere
	if p.anchored {
		table = &s.lineOnly
	}
	for b := range table {
		if utf8.RuneStart(byte(b)) && b >= utf8.RuneSelf && p.beyond || b < utf8.RuneSelf && p.first[b>>6]>>(b&63)&1 == 1 {
			table[b] |= bit
		}
	}
	for kind := range kinds {
		var second charset
		p.seconds(0, kind, 1, &second)
		for b := range s.second[kind] {
			if kind == notASCII || b >= utf8.RuneSelf || second.has(byte(b)) {
				s.second[kind][b] |= bit
			}
		}
	}
	if op := p.opens(); op == opWordBegin || op == opEpochPlace {
		s.word |= bit
	}
	s.clocks[i], s.most = p.clock, max(s.most, p.clock)
}

// opens returns what a match does first but to note where groups begin.
func (p *program) opens() op {
	i := 0
	for p.steps[i].op == opSave {
		i++
	}
	return p.steps[i].op
}

// at returns the formats that may begin at a place, but the last one of a line, by
// the characters around it.
func (s *starts) at(line string, at int) formatSet {
	set := s.anywhere[line[at]]
	if at == 0 {
		set |= s.lineOnly[line[0]]
	}
	if set == 0 {
		return 0
	}
	set &= s.second[kindOf(line[at])][line[at+1]]
	if set&s.word != 0 && at > 0 && wordBefore(line, at) && wordAt(line, at) {
		set &^= s.word
	}
	return set
}

// reach returns those formats of a set that need no clock, or need the next one
// no sooner than so many bytes from where they begin; negative: there is none.
func (s *starts) reach(set formatSet, clock int) formatSet {
	for rest := set; rest != 0; rest &= rest - 1 {
		if i := rest.first(); s.clocks[i] > 0 && (clock < 0 || clock > s.clocks[i]) {
			set &^= 1 << i
		}
	}
	return set
}

// first returns the first format of a set.
func (s formatSet) first() int { return bits.TrailingZeros64(uint64(s)) }

// seconds adds to a set the characters of ASCII that may come from a step on: at
// once, or with skip after one of a kind.
func (p *program) seconds(pc, kind, skip int, into *charset) {
	st := &p.steps[pc]
	switch st.op {
	case opSet:
		p.pass(st.set, pc+1, kind, skip, into)
	case opRepeat:
		if skip == 1 && st.max != 1 && st.set.holds(kind) {
			into.addASCII(st.set)
		}
		if skip == 0 || st.min <= 1 {
			p.pass(st.set, pc+1, kind, skip, into)
		}
		if st.min == 0 {
			p.seconds(pc+1, kind, skip, into)
		}
	case opWords:
		for _, word := range *st.words {
			p.word(word, pc+1, kind, skip, into)
		}
	case opAlt:
		p.seconds(pc+1, kind, skip, into)
		p.seconds(int(st.to), kind, skip, into)
	case opJump:
		p.seconds(int(st.to), kind, skip, into)
	case opBack, opMatch:
		into.ascii = [2]uint64{^uint64(0), ^uint64(0)}
	default:
		p.seconds(pc+1, kind, skip, into)
	}
}

// pass adds a set, or with skip what may come after one of a kind in it.
func (p *program) pass(set *charset, next, kind, skip int, into *charset) {
	if skip == 0 {
		into.addASCII(set)
	} else if set.holds(kind) {
		p.seconds(next, kind, 0, into)
	}
}

// word does the same for a word, in either case.
func (p *program) word(word string, next, kind, skip int, into *charset) {
	if len(word) <= skip {
		p.seconds(next, kind, 0, into)
		return
	}
	into.add(rune(word[skip]))
	into.add(rune(word[skip] &^ 0x20))
}

// holds tells whether any character of a kind is in the set.
func (c *charset) holds(kind int) bool {
	for b := range byte(utf8.RuneSelf) {
		if c.has(b) && kindOf(b) == kind {
			return true
		}
	}
	return kind == notASCII && c.beyond()
}
