package main

import "f2b/lib/filter"

// decider finds what matches in batches, for one goroutine.
type decider struct {
	watches []*watch
	workers []*filter.Worker // of the watches, made when they are needed first
	sieves  map[*audience]*filter.Sieve
	batches []*filter.Batch
}

func newDecider(watches []*watch) *decider {
	return &decider{watches: watches, workers: make([]*filter.Worker, len(watches)), sieves: map[*audience]*filter.Sieve{}}
}

// decide finds what matches in a batch.
func (d *decider) decide(b *batch) {
	d.batches = d.batches[:0]
	for _, n := range b.chosen.numbers {
		d.batches = append(d.batches, &b.filters[n])
	}
	if len(d.batches) > 0 {
		d.sieve(b.chosen).Sift(d.batches)
	}
	for i, n := range b.chosen.numbers {
		if d.batches[i].Empty() {
			continue
		}
		if d.workers[n] == nil {
			d.workers[n] = d.watches[n].filter.NewWorker()
		}
		d.workers[n].Decide(d.batches[i])
	}
}

// sieve is this goroutine's own one for an audience; nil if it has none.
func (d *decider) sieve(a *audience) *filter.Sieve {
	s, ok := d.sieves[a]
	if !ok {
		s = a.sieve.Copy()
		d.sieves[a] = s
	}
	return s
}
