package filter

import (
	"slices"
	"strings"
	"sync"

	"f2b/lib/literal"
	"f2b/lib/pyre"
)

// Sieve tells which lines of a batch the patterns of some filters can match at all, by the literals that these patterns cannot do without:
// one look at the batch for all filters, mostly at a few of its bytes. The dates of the lines it leaves out have been found before, so that
// nothing is forgotten of what is learned from them.
//
// It is for one goroutine; the sieves that Copy makes share what is large.
type Sieve struct {
	*shaker
	meshes []mesh // of each filter
	hits   literal.Hits
	rest   int // for so many batches more it lets everything through
}

// shaker is what the copies of a sieve share.
type shaker struct {
	groups [][]string // of literals
	of     []int      // the filter of each
	once   sync.Once
	set    *literal.Set
}

// ready makes the set for texts like this one.
func (s *shaker) ready(text string) *literal.Set {
	s.once.Do(func() { s.set = literal.New(s.groups, text[:min(len(text), sampleSize)]) })
	return s.set
}

// sampleSize is how much of a log is looked at to see what is rare in it.
const sampleSize = 32 << 10

// mesh is what a sieve knows of one filter.
type mesh struct {
	literals []string // nil: all lines are for it
	next     int32    // the line behind the last one that was let through
	left     byte     // the bytes around the date of the line before, and whether one of the literals
	right    byte     // could stand across them when it is cut out
	across   bool
}

const (
	// denseShare is how many lines in a hundred have to be let through to make the sieve not worth its while.
	denseShare = 70
	// restBatches is how long it then rests.
	restBatches = 16
)

// NewSieve makes a sieve for filters; nil where it would let everything through.
func NewSieve(filters []*Filter) *Sieve {
	s := &Sieve{shaker: &shaker{}}
	for i, f := range filters {
		m := mesh{literals: f.literals()}
		if m.literals != nil {
			s.groups = append(s.groups, m.literals)
			s.of = append(s.of, i)
		}
		s.meshes = append(s.meshes, m)
	}
	if len(s.groups) == 0 {
		return nil
	}
	return s
}

// Copy makes a sieve for another goroutine.
func (s *Sieve) Copy() *Sieve {
	if s == nil {
		return nil
	}
	return &Sieve{shaker: s.shaker, meshes: slices.Clone(s.meshes)}
}

// Sift notes in batches, one of each filter, what the next step has to look at. They all have the same text, and their dates.
func (s *Sieve) Sift(batches []*Batch) {
	if s == nil || len(batches[0].Lines) == 0 {
		return
	}
	if s.rest > 0 {
		s.rest--
		return
	}
	for i, b := range batches {
		m := &s.meshes[i]
		b.sifted, b.some, m.next = m.literals != nil, b.some[:0], 0
	}
	s.find(batches)
	through := 0
	for i, b := range batches {
		if b.sifted {
			s.meshes[i].joined(b)
			through += len(b.some)
		}
	}
	if through*100 > denseShare*len(batches[0].Lines)*len(s.of) {
		s.rest = restBatches
	}
}

// find lets the lines through that hold a literal.
func (s *Sieve) find(batches []*Batch) {
	lines := batches[0].Lines
	s.ready(batches[0].Text).Find(batches[0].Text, &s.hits)
	line := 0
	s.hits.Each(func(h literal.Hit) bool {
		for line < len(lines) && lines[line][1] <= h.At {
			line++
		}
		if line == len(lines) {
			return false
		}
		i := s.of[h.Group]
		if m := &s.meshes[i]; h.At >= lines[line][0] && int32(line) >= m.next {
			batches[i].some = append(batches[i].some, int32(line))
			m.next = int32(line) + 1
		}
		return true
	})
}

// joined lets also the lines through in which a literal may come to be where the date is cut out of their midst.
func (m *mesh) joined(b *Batch) {
	more := len(b.some)
	for n := range b.Dates.runs {
		run := &b.Dates.runs[n]
		if run.start == 0 {
			continue
		}
		end := len(b.Lines)
		if n+1 < len(b.Dates.runs) {
			end = int(b.Dates.runs[n+1].from)
		}
		for i := int(run.from); i < end; i++ {
			if m.mayJoin(b.line(i), run.start, run.end) {
				b.some = append(b.some, int32(i))
			}
		}
	}
	if more > 0 && len(b.some) > more {
		slices.Sort(b.some)
		b.some = slices.Compact(b.some)
	}
}

// mayJoin tells whether a literal may stand across the place where a date is cut out.
func (m *mesh) mayJoin(line string, start, end int) bool {
	if end >= len(line) {
		return false
	}
	if left, right := line[start-1], line[end]; left != m.left || right != m.right {
		m.left, m.right = left, right
		pair := literal.Fold(string([]byte{left, right}))
		m.across = slices.ContainsFunc(m.literals, func(l string) bool { return strings.Contains(l, pair) })
	}
	return m.across
}

// literals lists texts of which a line has to hold one, ASCII letters in either case, for a failregex to match; nil where that is not known,
// or they are too short to be worth a search.
func (f *Filter) literals() []string {
	if !f.stepwise() {
		return nil
	}
	var all []*pyre.Regexp
	for _, r := range f.failregex {
		all = append(all, r.re)
	}
	var found []string
	if f.prefregex == nil || !f.prefregex.composes() {
		found = literal.Shortest(pyre.Literals(all))
	}
	if f.prefregex != nil {
		found = pyre.Rarer(found, literal.Shortest(pyre.Literals([]*pyre.Regexp{f.prefregex.re})))
	}
	if !literal.LongEnough(found) {
		return nil
	}
	return found
}

// composes tells whether what F-CONTENT takes can be made of several parts of the line.
func (r *rule) composes() bool {
	return slices.ContainsFunc(slices.Concat(r.alts, r.tuples), func(m merge) bool { return m.to == slotContent })
}
