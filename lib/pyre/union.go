package pyre

import "slices"

// Union tells, in one pass over a text, which of several patterns may match it. It never leaves out one that does, and seldom names one that
// does not: what it cannot say - look-around, word bounds, conditionals, characters beyond ASCII - it takes for fulfilled. So most texts are
// done with after one look at each of their bytes, and the others after one search more.
//
// It is safe for concurrent use; what goes through texts are its scanners, one for each goroutine.
type Union struct {
	patterns int
	places   []place
	starts   []int32 // the places at the begin of a text
	linear   []bool  // of each pattern: it runs in linear time
	class    [256]uint8
	classes  int
	sample   []byte // a character of each class
}

// The classes of bytes that are none of ASCII's.
const (
	classMore = iota // goes on with a character beyond ASCII: it moves nothing, so such a character is one step
	classHigh        // begins a character beyond ASCII
	classNL          // a newline within the text
	firstClass
)

// NewUnion makes the union of patterns. With a before, they are matched against what its group of that name captures, and a newline behind
// that; before has matched first. It returns nil where it would be no use: before tells too little of where its group begins and ends, or
// the patterns are too large.
func NewUnion(before *Regexp, group string, patterns []*Regexp) *Union {
	b := &builder{union: &Union{patterns: len(patterns)}, known: map[spot]int32{}}
	for _, re := range patterns {
		b.programs = append(b.programs, programOf(re))
		b.union.linear = append(b.union.linear, re.linear)
	}
	if before == nil {
		b.count()
		b.union.starts = b.entry()
	} else if !b.behind(before, group) {
		return nil
	}
	if !b.complete() {
		return nil
	}
	b.union.classify()
	return b.union
}

// programOf returns the program of a pattern, nil for one that backtracks.
func programOf(re *Regexp) *program {
	if t, ok := re.ready().(*tracker); ok {
		return t.program
	}
	return nil
}

// reachesEnd tells whether a group, which stands once in the pattern and is never left out, ends every match at the end of the text, or
// before its last newline, and is not empty. Then what is matched against the group's text can as well be matched against the rest of the
// whole text.
func reachesEnd(re *Regexp, group string) (number int, ok bool) {
	number = slices.Index(re.names, group)
	t, err := parse(re.pattern, re.flags)
	if number < 1 || err != nil {
		return 0, false
	}
	root := simplify(t.root)
	if root.op != opSeq || len(root.subs) < 2 {
		return 0, false
	}
	n := len(root.subs)
	body, end := root.subs[n-2], root.subs[n-1]
	if body.op != opGroup || body.group != number || end.op != opAt || end.at != atEnd || nullable(body) {
		return 0, false
	}
	if refersTo(root.subs, number) {
		return 0, false
	}
	last, _ := lastOf(body.subs[0])
	newline := single('\n')
	for _, s := range last.sets {
		if !s.disjoint(newline) {
			return 0, false
		}
	}
	return number, true
}

// classify makes classes of the bytes that no place tells apart.
func (u *Union) classify() {
	for b := range u.class {
		switch {
		case b >= 0xc0:
			u.class[b] = classHigh
		case b >= firstHigh:
			u.class[b] = classMore
		default:
			u.class[b] = firstClass
		}
	}
	u.sample = []byte{0x80, 0xc0, '\n', 0}
	done := map[bitmap]bool{}
	for i := range u.places {
		if s := u.places[i].set; s != nil && !done[s.ascii] {
			done[s.ascii] = true
			u.refine(s)
		}
	}
	u.class['\n'] = classNL
	u.classes = len(u.sample) + 1 // for the column alone of a scanner's table
}

// refine parts the classes of which a set holds some bytes and others not.
func (u *Union) refine(s *charset) {
	parted := make(map[uint8]uint8)
	for b := range byte(firstHigh) {
		old := u.class[b]
		if s.ascii.has(b) == s.ascii.has(u.sample[old]) {
			continue
		}
		if _, ok := parted[old]; !ok {
			parted[old] = uint8(len(u.sample))
			u.sample = append(u.sample, b)
		}
		u.class[b] = parted[old]
	}
}
