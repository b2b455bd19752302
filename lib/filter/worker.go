package filter

import "f2b/lib/pyre"

// Worker decides about lines for one goroutine. It remembers nothing of them.
type Worker struct {
	filter *Filter
	finder *pyre.Finder
	trials []trial // lines of the batch at hand
	pre    []int   // what prefregex matched of all of them, one after the other

	loc, ignore []int // what a failregex, an ignoreregex matched last
}

// Prepare does what the first worker would have to do first. Whoever has something else to do meanwhile calls it in another goroutine.
func (f *Filter) Prepare() { f.united.Do(f.unite) }

// NewWorker returns a worker of f.
func (f *Filter) NewWorker() *Worker {
	f.Prepare()
	w := &Worker{filter: f, finder: pyre.NewFinder(f.patterns)}
	w.finder.Enqueue(f.queue)
	return w
}

// unite makes ready what the workers share: above all the failregexes to be looked for all at once, if they can.
func (f *Filter) unite() {
	if !f.stepwise() {
		return
	}
	f.number()
	share(len(f.patterns), func(i int) { f.patterns[i].Prepare() })
	for _, r := range f.failregex {
		r.both = f.joins(r)
	}
	f.queue = pyre.NewQueue(f.patterns[:len(f.failregex)]) // they are the first of the rules
}

// number numbers all rules.
func (f *Filter) number() {
	f.patterns = nil
	for _, r := range f.rules() {
		r.number = len(f.patterns)
		f.patterns = append(f.patterns, r.re)
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
			w.add(b, int(i), b.Dates.of(int(i), &run))
		}
	} else {
		for i := range b.Lines {
			w.add(b, i, b.Dates.of(i, &run))
		}
	}
	w.try(b)
}
