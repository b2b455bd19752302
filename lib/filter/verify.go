package filter

// maybe is a line that some patterns may match.
type maybe struct {
	line  int
	date  *Dating
	rules []int32
	whole string // as prefregex sees it
	text  string // as the failregexes do; empty: it does not match
}

// atOnce is how many lines are verified at once.
const atOnce = 256

// verify lets the patterns that may match do so. It goes pattern by pattern rather than line by line: an automaton stays in the processor's
// caches so while it is used, which makes it half as fast again.
func (w *Worker) verify(b *Batch) {
	w.pre = w.pre[:0]
	hits := len(b.hits)
	for i := range w.maybe {
		m := &w.maybe[i]
		b.hits = append(b.hits, hit{line: m.line, date: m.date})
		m.whole = b.seen(m.line, m.date)
		if !w.begins(b, m) {
			m.text = ""
			w.misled(m.rules)
		} else if w.filter.queue == nil {
			w.alike[m.rules[0]] = append(w.alike[m.rules[0]], int32(i))
		}
	}
	if w.filter.queue != nil {
		for i := range w.maybe {
			w.first(b, &w.maybe[i], &b.hits[hits+i], w.pre[i*len(w.filter.blank):])
		}
	}
	for rule := range w.alike {
		for _, i := range w.alike[rule] {
			if !w.match(b, &w.maybe[i], &b.hits[hits+int(i)], w.pre[int(i)*len(w.filter.blank):]) {
				w.misled(w.maybe[i].rules)
			}
		}
		w.alike[rule] = w.alike[rule][:0]
	}
	w.maybe = w.maybe[:0]
}

// begins finds the text that the failregexes are tried on.
func (w *Worker) begins(b *Batch, m *maybe) bool {
	f := w.filter
	m.text = m.whole
	at := len(w.pre)
	w.pre = append(w.pre, f.blank...)
	if f.ignoresFirst() && w.ignored(b, m.whole) {
		return false
	}
	if f.prefregex == nil {
		return true
	}
	loc := w.search(b, f.prefregex, m.whole, w.loc)
	if loc == nil {
		return false
	}
	w.loc = loc
	copy(w.pre[at:], loc)
	m.text = f.prefregex.content(m.whole, loc)
	return true
}

// match finds the first failregex that matches, and what it and prefregex, which did at pre, capture.
func (w *Worker) match(b *Batch, m *maybe, h *hit, pre []int) bool {
	f := w.filter
	for _, i := range m.rules {
		r := f.failregex[i]
		loc := w.search(b, r, m.text, w.loc)
		if loc != nil {
			return w.found(b, m, h, int(i), pre, loc)
		}
	}
	return false
}

// first is match for all failregexes at once.
func (w *Worker) first(b *Batch, m *maybe, h *hit, pre []int) {
	if m.text == "" {
		return
	}
	rule, loc, ok := w.finder.First(m.text, w.loc)
	switch {
	case !ok:
		w.match(b, m, h, pre)
	case loc != nil:
		w.found(b, m, h, rule, pre, loc)
	}
}

// found makes a hit of what a failregex matched at loc, unless an ignoreregex takes it back.
func (w *Worker) found(b *Batch, m *maybe, h *hit, rule int, pre, loc []int) bool {
	f := w.filter
	w.loc = loc
	if len(f.ignore) > 0 && w.ignored(b, m.text) {
		return false
	}
	h.rule = rule + 1
	h.captures = b.occupy(f.captured(f.failregex[rule], b.free(len(f.slots.list)), m.whole, pre, m.text, loc))
	return true
}

// misled tells the scanner that these rules did not match, in case it named one without a look at the whole line.
func (w *Worker) misled(rules []int32) {
	switch {
	case w.scanner == nil:
	case !w.joined:
		w.scanner.Misled(0)
	case len(rules) == 1:
		w.scanner.Misled(rules[0])
	}
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
	if r.loss.aside() {
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
