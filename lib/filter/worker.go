package filter

import (
	"slices"

	"f2b/lib/pyre"
)

// Worker decides about lines for one goroutine. It remembers nothing of them.
type Worker struct {
	filter  *Filter
	scanner *pyre.Scanner // nil: all patterns are tried
	joined  bool          // the scanner tells of the failregexes, else of prefregex
	finder  *pyre.Finder
	maybe   []maybe   // lines of the batch at hand
	alike   [][]int32 // of these, by the first of their rules: their numbers
	pre     []int     // what prefregex matched of all of them, one after the other

	loc, ignore []int // what a failregex, an ignoreregex matched last
}

// Prepare does what the first worker would have to do first. Whoever has something else to do meanwhile calls it in another goroutine.
func (f *Filter) Prepare() { f.united.Do(f.unite) }

// NewWorker returns a worker of f.
func (f *Filter) NewWorker() *Worker {
	f.Prepare()
	w := &Worker{filter: f, joined: f.joined, finder: pyre.NewFinder(f.patterns), alike: make([][]int32, len(f.failregex))}
	w.finder.Enqueue(f.queue)
	if f.union != nil {
		w.scanner = f.union.NewScanner()
	}
	return w
}

// unite makes the union of the filter's patterns, unless the failregexes can be looked for all at once: of the failregexes, each behind
// prefregex, or at least of prefregex alone.
func (f *Filter) unite() {
	if !f.stepwise() {
		return
	}
	if f.prefregex != nil {
		f.blank = slices.Repeat([]int{-1}, 2*len(f.prefregex.slots))
	}
	f.patterns = nil
	for _, r := range f.rules() {
		r.number = len(f.patterns)
		f.patterns = append(f.patterns, r.re)
	}
	share(len(f.patterns), func(i int) { f.patterns[i].Prepare() })
	var all []*pyre.Regexp
	for i, r := range f.failregex {
		all = append(all, r.re)
		r.both = f.joins(r)
		f.every = append(f.every, int32(i))
	}
	if f.queue = pyre.NewQueue(all); f.queue != nil {
		return
	}
	f.joined = true
	if f.prefregex == nil || !f.prefregex.narrows() {
		f.union = pyre.NewUnion(nil, "", all)
	} else {
		f.union = pyre.NewUnion(f.prefregex.re, slotNames[slotContent], all)
	}
	if f.union == nil && f.prefregex != nil {
		f.joined = false
		f.union = pyre.NewUnion(nil, "", []*pyre.Regexp{f.prefregex.re})
	}
}

// Decide is the second step.
func (w *Worker) Decide(b *Batch) {
	b.forget()
	if !w.filter.stepwise() {
		return
	}
	run := 0
	if b.sifted {
		b.sifted = false
		for _, i := range b.some {
			w.scan(b, int(i), b.Dates.of(int(i), &run))
		}
	} else {
		for i := range b.Lines {
			w.scan(b, i, b.Dates.of(i, &run))
		}
	}
	w.verify(b)
}

// scan notes a line if a pattern may match it.
func (w *Worker) scan(b *Batch, i int, d *Dating) {
	line, rules := b.line(i), w.filter.every
	if w.scanner != nil {
		if v := w.scanner.Scan(line[:d.start], line[d.end:]); v != nil {
			if len(v.Patterns) == 0 {
				return
			}
			if w.joined {
				rules = v.Patterns
			}
		}
	}
	if w.maybe = append(w.maybe, maybe{line: i, date: d, rules: rules}); len(w.maybe) == atOnce {
		w.verify(b)
	}
}
