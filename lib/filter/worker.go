package filter

import (
	"strings"

	"f2b/lib/pyre"
)

// Worker decides about lines for one goroutine. It remembers nothing of them.
type Worker struct {
	filter  *Filter
	scanner *pyre.Scanner // nil: all patterns are tried
	joined  bool          // the scanner tells of the failregexes, else of prefregex
	loc     []int
	found   captures // of the line at hand
	sub     captures // of its failregex
}

// NewWorker returns a worker of f.
func (f *Filter) NewWorker() *Worker {
	f.unite()
	w := &Worker{filter: f, joined: f.joined}
	if f.union != nil {
		w.scanner = f.union.NewScanner()
	}
	return w
}

// unite makes the union of the filter's patterns: of the failregexes, each behind prefregex, or at least of
// prefregex alone.
func (f *Filter) unite() {
	if f.every != nil || !f.stepwise() {
		return
	}
	var all []*pyre.Regexp
	for i, r := range f.failregex {
		all = append(all, r.re)
		f.every = append(f.every, int32(i))
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
	if !w.filter.stepwise() {
		return
	}
	b.maybe = b.maybe[:0]
	size := 0
	for i, line := range b.Lines {
		d := b.date(i)
		rules := w.filter.every
		if w.scanner != nil {
			if v := w.scanner.Scan(line[:d.start], line[d.end:]); v != nil {
				if len(v.Patterns) == 0 {
					continue
				}
				if w.joined {
					rules = v.Patterns
				}
			}
		}
		b.maybe = append(b.maybe, maybe{i, rules})
		size += len(line) + 1
	}
	if len(b.maybe) == 0 {
		return
	}
	w.verify(b, size)
}

// verify lets the patterns that may match do so. Their texts, at most size bytes in all, are made at once.
func (w *Worker) verify(b *Batch, size int) {
	var texts strings.Builder
	texts.Grow(size)
	for i := range b.maybe {
		line, d := b.Lines[b.maybe[i].line], b.date(b.maybe[i].line)
		at := texts.Len()
		texts.WriteString(line[:d.start])
		texts.WriteString(line[d.end:])
		texts.WriteByte('\n')
		w.found = b.free(len(w.filter.slots.list))
		if rule := w.match(b, texts.String()[at:], b.maybe[i].rules); rule > 0 {
			b.hits = append(b.hits, hit{b.maybe[i].line, rule, b.occupy(w.found)})
		}
	}
}

// match finds the first failregex that matches a text, and leaves in w.found what it and prefregex capture.
func (w *Worker) match(b *Batch, text string, rules []int32) (rule int) {
	f := w.filter
	if f.ignoresFirst() && w.ignored(b, text) {
		return 0
	}
	if f.prefregex != nil {
		loc := w.search(b, f.prefregex, text)
		if loc == nil {
			return 0
		}
		f.prefregex.take(&w.found, text, loc)
		text = f.prefregex.content(text, loc, w.found)
		w.found.drop(slotContent)
	}
	for _, i := range rules {
		r := f.failregex[i]
		loc := w.search(b, r, text)
		if loc == nil {
			continue
		}
		if len(f.ignore) > 0 && w.ignored(b, text) {
			return 0
		}
		w.sub = w.sub[:0]
		r.take(&w.sub, text, loc)
		w.found.overlay(w.sub)
		return int(i) + 1
	}
	return 0
}

// ignored tries the ignoreregexes.
func (w *Worker) ignored(b *Batch, text string) bool {
	for _, r := range w.filter.ignore {
		if w.search(b, r, text) != nil {
			return true
		}
	}
	return false
}

// search runs one pattern. One that runs out of time is noted, and misses.
func (w *Worker) search(b *Batch, r *rule, text string) []int {
	loc, err := r.re.FindSubmatchIndex(text, w.loc[:0])
	if err != nil {
		b.gaveUps = append(b.gaveUps, gaveUp{r, err})
		return nil
	}
	if loc != nil {
		w.loc = loc
	}
	return loc
}
