package main

import (
	"context"
	"errors"
	"io"
	"runtime"

	"f2b/lib/event"
	"f2b/lib/filter"
	"f2b/lib/source"
)

// batch is a run of lines on its way through the pipeline.
type batch struct {
	block   source.Block
	filters []filter.Batch // one for each watch
	dates   []filter.Dates // as each watch finds them
	chosen  *audience      // whom the block is for
	turn    chan struct{}  // told when the batches before it are written
	written chan error     // told when it is written itself
	err     error          // what ended the reading, in place of lines
}

// pipeline passes all lines through filters in batches: one goroutine reads them and finds their dates; others decide
// which patterns match and, when the caller's lets them, one after the other in the order of the lines, write the events:
// whoever decided has the lines in its processor's caches. A batch is what was at hand when it was read, so that a line
// that comes alone waits for no other.
type pipeline struct {
	watches []*watch
	router  *router
	in      source.Blocker
	out     *event.Writer
	event   event.Event
	merge   merge
	cut     overlong

	free, todo, order chan *batch
	quit              chan struct{}   // closed when nobody takes batches any more
	stop              <-chan struct{} // closed when reading is to end
}

// newPipeline makes a pipeline with so many workers, as many as there are processors if 0. There are two batches more
// than workers: one is read, one is written. Nothing more is read once ctx is done.
func newPipeline(ctx context.Context, watches []*watch, in source.Blocker, out *event.Writer, workers int) *pipeline {
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	n := workers + 2
	p := &pipeline{watches: watches, router: newRouter(watches), in: in, out: out, free: make(chan *batch, n), todo: make(chan *batch, n),
		order: make(chan *batch, n), quit: make(chan struct{}), stop: ctx.Done()}
	for range n {
		p.free <- &batch{filters: make([]filter.Batch, len(watches)), dates: make([]filter.Dates, len(watches)),
			turn: make(chan struct{}, 1), written: make(chan error, 1)}
	}
	for range workers {
		go p.work(newDecider(watches))
	}
	go p.read()
	return p
}

// run writes what the workers find until the input ends. It flushes whenever there is nothing more to write.
func (p *pipeline) run() error {
	defer close(p.quit)
	for {
		b, err := p.next()
		if b == nil || err != nil {
			return err
		}
		if b.err != nil {
			if errors.Is(b.err, io.EOF) {
				return p.out.Flush()
			}
			return errors.Join(p.out.Flush(), b.err)
		}
		p.cut.add(b.block.Cut, b.block.Dropped)
		b.turn <- struct{}{}
		if err := <-b.written; err != nil {
			return err
		}
		p.free <- b
	}
}

// work decides on batches as they come, and writes what it finds.
func (p *pipeline) work(d *decider) {
	for b := range p.todo {
		d.decide(b)
		select {
		case <-b.turn:
			b.written <- p.finish(b)
		case <-p.quit:
			return
		}
	}
}

// next returns the next batch in order, nil when there is none any more. What has been read before the stop is still
// given; a read that waits, as on a named pipe, is not waited for.
func (p *pipeline) next() (*batch, error) {
	select {
	case b := <-p.order:
		return b, nil
	default:
	}
	if err := p.out.Flush(); err != nil {
		return nil, err
	}
	select {
	case b := <-p.order:
		return b, nil
	case <-p.stop:
		return nil, nil
	}
}

// finish writes what was found in a batch.
func (p *pipeline) finish(b *batch) error {
	for i, n := range b.chosen.numbers {
		w := b.chosen.watches[i]
		err := w.filter.Finish(&b.filters[n], func(line int, m *filter.Match) error {
			switch {
			case !w.wants(m.Time):
				return nil
			case len(b.chosen.numbers) > 1:
				p.merge.add(w, &b.block, line, m)
				return nil
			}
			w.fill(&p.event, &b.block, line, m)
			return p.out.Write(&p.event)
		})
		if err != nil {
			return err
		}
	}
	return p.merge.write(p.out)
}

// read fills batches until the input ends.
func (p *pipeline) read() {
	defer close(p.todo)
	for {
		var b *batch
		select {
		case b = <-p.free:
		case <-p.quit:
			return
		}
		if b.err = p.block(b); b.err != nil {
			p.order <- b
			return
		}
		p.date(b)
		p.todo <- b
		p.order <- b
	}
}

// date chooses the watches that a block is for and finds the times of its lines, as each of them reads dates.
func (p *pipeline) date(b *batch) {
	b.chosen = p.router.audience(b.block.File)
	b.chosen.sift()
	for i, n := range b.chosen.numbers {
		w, f := b.chosen.watches[i], &b.filters[n]
		fillBatch(f, &b.block)
		f.Dates = &b.dates[w.dates.number]
		if w.dates == w {
			w.filter.Date(f)
		}
	}
}

// fillBatch gives a filter the lines of a block.
func fillBatch(f *filter.Batch, b *source.Block) {
	f.Text, f.Lines, f.File, f.Now, f.Parts = b.Text, b.Lines, b.File, b.Written, f.Parts[:0]
	for _, p := range b.Parts {
		f.Parts = append(f.Parts, filter.Part{Lines: p.Lines, File: p.File, Now: p.Written})
	}
}

// block reads the lines of a batch.
func (p *pipeline) block(b *batch) error {
	select {
	case <-p.stop:
		return io.EOF
	default:
		return p.in.Block(&b.block)
	}
}
