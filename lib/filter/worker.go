package filter

import "f2b/lib/pyre"

// Worker decides about lines for one goroutine. It remembers nothing of them.
type Worker struct {
	filter  *Filter
	scanner *pyre.Scanner // nil: all patterns are tried
	joined  bool          // the scanner tells of the failregexes, else of prefregex
	finder  *pyre.Finder
	found   captures // of the line at hand

	pre, loc, ignore []int // what prefregex, a failregex, an ignoreregex matched last
}

// Prepare does what the first worker would have to do first. Whoever has something else to do meanwhile calls it in another goroutine.
func (f *Filter) Prepare() { f.united.Do(f.unite) }

// NewWorker returns a worker of f.
func (f *Filter) NewWorker() *Worker {
	f.Prepare()
	w := &Worker{filter: f, joined: f.joined, finder: pyre.NewFinder(f.patterns)}
	if f.union != nil {
		w.scanner = f.union.NewScanner()
	}
	return w
}

// unite makes the union of the filter's patterns: of the failregexes, each behind prefregex, or at least of
// prefregex alone.
func (f *Filter) unite() {
	if !f.stepwise() {
		return
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
	if len(b.maybe) > 0 {
		w.verify(b)
	}
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
	b.maybe = append(b.maybe, maybe{i, d, rules})
}

// verify lets the patterns that may match do so.
func (w *Worker) verify(b *Batch) {
	for i := range b.maybe {
		m := &b.maybe[i]
		w.found = b.free(len(w.filter.slots.list))
		if rule := w.match(b, b.seen(m.line, m.date), m.rules); rule > 0 {
			b.hits = append(b.hits, hit{m.line, rule, m.date, b.occupy(w.found)})
		} else if w.scanner != nil {
			w.misled(m.rules)
		}
	}
}

// misled tells the scanner that these rules did not match, in case it named one without a look at the whole line.
func (w *Worker) misled(rules []int32) {
	switch {
	case !w.joined:
		w.scanner.Misled(0)
	case len(rules) == 1:
		w.scanner.Misled(rules[0])
	}
}

// match finds the first failregex that matches a text, and leaves in w.found what it and prefregex capture.
func (w *Worker) match(b *Batch, text string, rules []int32) (rule int) {
	f := w.filter
	if f.ignoresFirst() && w.ignored(b, text) {
		return 0
	}
	whole := text
	if f.prefregex != nil {
		loc := w.search(b, f.prefregex, text, w.pre)
		if loc == nil {
			return 0
		}
		w.pre = loc
		text = f.prefregex.content(text, loc)
	}
	for _, i := range rules {
		r := f.failregex[i]
		loc := w.search(b, r, text, w.loc)
		if loc == nil {
			continue
		}
		w.loc = loc
		if len(f.ignore) > 0 && w.ignored(b, text) {
			return 0
		}
		w.found = f.captured(r, w.found, whole, w.pre, text, loc)
		return int(i) + 1
	}
	return 0
}

// ignored tries the ignoreregexes.
func (w *Worker) ignored(b *Batch, text string) bool {
	for _, r := range w.filter.ignore {
		if w.search(b, r, text, w.ignore) != nil {
			return true
		}
	}
	return false
}

// search runs one pattern; loc is room for what it finds. One that runs out of time is noted, and misses.
func (w *Worker) search(b *Batch, r *rule, text string, loc []int) []int {
	loc, err := w.finder.Find(r.number, text, loc)
	if err != nil {
		b.gaveUps = append(b.gaveUps, gaveUp{r, err})
		return nil
	}
	return loc
}
