package filter

import "f2b/lib/literal"

// trial is a line that the patterns are tried on.
type trial struct {
	line  int
	date  *Dating
	whole string // as prefregex sees it
	text  string // as the failregexes do
	pre   int    // where it stands what prefregex matched
}

// atOnce is how many lines are tried at once.
const atOnce = 256

// add adds a line to those that are tried next.
func (w *Worker) add(b *Batch, i int, d *Dating) {
	if w.trials = append(w.trials, trial{line: i, date: d}); len(w.trials) == atOnce {
		w.try(b)
	}
}

// try tries the lines. It goes pattern by pattern rather than line by line: an automaton stays in the processor's caches so while it is used.
func (w *Worker) try(b *Batch) {
	w.pre = w.pre[:0]
	left := w.trials[:0]
	for i := range w.trials {
		if t := w.trials[i]; w.begins(b, &t) {
			left = append(left, t)
		}
	}
	for i := range left {
		w.match(b, &left[i])
	}
	w.trials = w.trials[:0]
}

// begins finds the text that the failregexes are tried on.
func (w *Worker) begins(b *Batch, t *trial) bool {
	f := w.filter
	t.whole = b.seen(t.line, t.date)
	t.text = t.whole
	if f.ignoresFirst() && w.ignored(b, t.whole) {
		return false
	}
	if f.prefregex == nil {
		return true
	}
	loc := w.search(b, f.prefregex, t.whole, w.loc)
	if loc == nil {
		return false
	}
	w.loc = loc
	t.pre = len(w.pre)
	w.pre = append(w.pre, loc...)
	t.text = f.prefregex.content(t.whole, loc)
	return true
}

// match finds the first failregex that matches.
func (w *Worker) match(b *Batch, t *trial) {
	f := w.filter
	if f.queue != nil {
		if rule, loc, ok := w.finder.First(t.text, w.loc); ok {
			if loc != nil {
				w.found(b, t, rule, loc)
			}
			return
		}
	}
	lower := literal.Fold(t.text)
	for i, r := range f.failregex {
		if r.re.Hopeless(lower) {
			continue
		}
		if loc := w.search(b, r, t.text, w.loc); loc != nil {
			w.found(b, t, i, loc)
			return
		}
	}
}

// found makes a hit of what a failregex matched at loc, and prefregex before it, unless an ignoreregex takes it back.
func (w *Worker) found(b *Batch, t *trial, rule int, loc []int) {
	f := w.filter
	w.loc = loc
	if len(f.ignore) > 0 && w.ignored(b, t.text) {
		return
	}
	c := f.captured(f.failregex[rule], b.free(len(f.slots.list)), t.whole, w.pre[t.pre:], t.text, loc)
	b.hits = append(b.hits, hit{line: t.line, rule: rule + 1, date: t.date, captures: b.occupy(c)})
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
	if r.loss.Aside() {
		b.skipped++
		return nil
	}
	loc, err := w.finder.Find(r.number, text, loc)
	if err != nil {
		b.gaveUps = append(b.gaveUps, r.giveUp())
		return nil
	}
	return loc
}
