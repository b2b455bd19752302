package pyre

import (
	"slices"
	"unicode/utf8"
)

// place is where a match can stand: before a character of a set, or at one of the ends below.
type place struct {
	set     *charset
	kind    placeKind
	pattern int32
	next    []int32 // the places behind the character
}

type placeKind uint8

const (
	atChar     placeKind = iota
	atMatch              // the pattern has matched
	beforeEnd            // it has if only a newline is left, or nothing
	beforeStop           // it has if nothing is left
)

// spot names a place: where it is in which program, and how far into a text that is matched as one. The program -1 is the one that comes
// before the others, -2 is none: there a search waits for its begin.
type spot struct {
	program, pc, offset int32
	kind                placeKind
}

const (
	noProgram     = -2
	beforeProgram = -1
)

// maxPlaces bounds the size of a union, and maxSteps the work of building it.
const (
	maxPlaces = 1 << 14
	maxSteps  = 1 << 20
)

// builder makes the places of a union, following its programs as far as they consume nothing.
type builder struct {
	union    *Union
	before   *program
	content  int32 // the slot where the group of before begins
	programs []*program
	known    map[spot]int32 // the numbers of places that are not before a character of a program
	numbers  [][]int32      // for each program, that of before first, and each of its characters: the number of its place and one, 0 if it has none
	firsts   [][]int32      // and for each instruction which character is its first
	spots    []spot         // of the places, in their order
	entries  []int32        // the places at which programs begin, once they are known
	seen     [][]int32      // of each program's instructions: the walk that came by last; that of before is the first
	walks    int32
	steps    int
	failed   bool
}

// behind lets the patterns begin where a group of another one does.
func (b *builder) behind(before *Regexp, group string) bool {
	b.before = programOf(before)
	number, ok := reachesEnd(before, group)
	if b.before == nil || !ok {
		return false
	}
	b.content = int32(2 * number)
	b.count()
	b.union.starts = b.search(beforeProgram, b.from(beforeProgram, 0, true), b.from(beforeProgram, 0, false))
	return true
}

// entry lists the places at which the patterns begin.
func (b *builder) entry() []int32 {
	if b.entries != nil {
		return b.entries
	}
	var first, later []int32
	for i, p := range b.programs {
		if p == nil { // of which nothing is known
			first = append(first, b.place(spot{int32(i), 0, 0, atMatch}, nil))
			continue
		}
		first = append(first, b.from(int32(i), 0, true)...)
		later = append(later, b.from(int32(i), 0, false)...)
	}
	b.entries = b.search(noProgram, first, later)
	return b.entries
}

// search adds to places where a search begins the place where it waits to begin later on.
func (b *builder) search(program int32, first, later []int32) []int32 {
	if len(later) == 0 {
		return first
	}
	wait := b.place(spot{program, -1, 0, atChar}, anyChar)
	b.union.places[wait].next = append(slices.Clone(later), wait)
	return append(first, wait)
}

// place returns the number of a place, a new one if need be.
func (b *builder) place(s spot, set *charset) int32 {
	if s.kind == atChar && s.pc >= 0 {
		n := &b.numbers[s.program+1][b.firsts[s.program+1][s.pc]+s.offset]
		if *n == 0 {
			*n = b.add(s, set) + 1
		}
		return *n - 1
	}
	n, ok := b.known[s]
	if !ok {
		n = b.add(s, set)
		b.known[s] = n
	}
	return n
}

// add adds a place.
func (b *builder) add(s spot, set *charset) int32 {
	n := int32(len(b.spots))
	b.spots = append(b.spots, s)
	b.union.places = append(b.union.places, place{set: set, kind: s.kind, pattern: s.program})
	b.failed = b.failed || n > maxPlaces
	return n
}

// count counts the characters of the programs.
func (b *builder) count() {
	all := 0
	for _, p := range append([]*program{b.before}, b.programs...) {
		var firsts []int32
		n := int32(0)
		if p != nil {
			firsts = make([]int32, len(p.code))
			for i := range p.code {
				firsts[i] = n
				switch p.code[i].op {
				case iChar, iSpan:
					n++
				case iString:
					n += int32(utf8.RuneCountInString(p.code[i].text))
				}
			}
		}
		b.firsts, b.numbers = append(b.firsts, firsts), append(b.numbers, make([]int32, n))
		all += int(n)
	}
	all = min(all, maxPlaces)
	b.spots, b.union.places = make([]spot, 0, all), make([]place, 0, all)
}

// complete works out which places follow which.
func (b *builder) complete() bool {
	for n := 0; n < len(b.spots) && !b.failed; n++ {
		s := b.spots[n]
		if s.kind != atChar || s.pc < 0 {
			continue
		}
		i := &b.code(s.program)[s.pc]
		var next []int32
		switch {
		case i.op == iSpan:
			next = b.from(s.program, s.pc, false)
		case i.op == iString && int(s.offset)+1 < utf8.RuneCountInString(i.text):
			next = []int32{b.text(s.program, i, s.offset+1)}
		default:
			next = b.from(s.program, i.next, false)
		}
		b.union.places[n].next = next
	}
	return !b.failed
}

func (b *builder) code(n int32) []inst {
	if n == beforeProgram {
		return b.before.code
	}
	return b.programs[n].code
}

// text is the place before a character of a text.
func (b *builder) text(program int32, i *inst, offset int32) int32 {
	c := rune(i.text[offset])
	if utf8.RuneCountInString(i.text) < len(i.text) {
		c = []rune(i.text)[offset]
	}
	return b.place(spot{program, i.pc, offset, atChar}, single(c))
}

// from lists the places that a program leads to from an instruction on; begin tells that this is where it began, at the begin of the text.
func (b *builder) from(program, pc int32, begin bool) []int32 {
	b.walks++
	w := walk{builder: b, program: program, begin: begin, code: b.code(program), number: b.walks}
	w.seen = b.marks(program, len(w.code))
	w.follow(pc)
	slices.Sort(w.found)
	return slices.Compact(w.found)
}

// marks is where walks note which of n instructions they came by.
func (b *builder) marks(program int32, n int) []int32 {
	for int(program)+1 >= len(b.seen) {
		b.seen = append(b.seen, nil)
	}
	marks := &b.seen[program+1]
	if *marks == nil {
		*marks = make([]int32, n)
	}
	return *marks
}

// walk follows one program.
type walk struct {
	*builder
	program int32
	begin   bool
	code    []inst // of the program
	number  int32
	seen    []int32
	found   []int32
}

func (w *walk) follow(pc int32) {
	for w.seen[pc] != w.number && !w.failed {
		w.seen[pc] = w.number
		w.steps++
		w.failed = w.failed || w.steps > maxSteps
		i := &w.code[pc]
		switch i.op {
		case iChar:
			w.found = append(w.found, w.place(spot{w.program, pc, 0, atChar}, i.set))
			return
		case iString:
			w.found = append(w.found, w.text(w.program, i, 0))
			return
		case iSpan:
			w.found = append(w.found, w.place(spot{w.program, pc, 0, atChar}, i.set))
		case iSplit, iCond:
			w.follow(i.other)
		case iAtomic:
			pc = i.other // what it calls ends right before what follows it
			continue
		case iFail:
			return
		case iSave:
			if w.program == beforeProgram && i.n == w.content {
				w.found = append(w.found, w.entry()...)
				return
			}
		case iAt:
			if !w.passes(i.at) {
				return
			}
		case iDone:
			if int(pc) == len(w.code)-1 {
				w.done(atMatch)
				return
			}
		}
		pc = i.next
	}
}

// passes tells whether a way goes on at a kind of position. The ends are places of their own, behind which a pattern is taken to have matched.
func (w *walk) passes(a at) bool {
	switch {
	case a == atTextBegin:
		return w.begin
	case a == atEnd && w.program >= 0:
		w.done(beforeEnd)
		return false
	case a == atTextEnd && w.program >= 0:
		w.done(beforeStop)
		return false
	}
	return true
}

// done notes that the pattern has matched, or has at an end. A program that others come behind does not end before they begin.
func (w *walk) done(kind placeKind) {
	if w.program < 0 {
		w.failed = true
		return
	}
	w.found = append(w.found, w.place(spot{w.program, 0, 0, kind}, nil))
}
