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
	filter  filter.Batch
	decided chan struct{}
	err     error // what ended the reading, in place of lines
}

// pipeline passes all lines through a filter in batches: one goroutine reads them and finds their dates, others decide
// which patterns match, and the caller's writes the events, in the order of the lines. A batch is what was at hand when
// it was read, so that a line that comes alone waits for no other.
type pipeline struct {
	filter *filter.Filter
	jail   string // that the filter is of; empty: none
	in     source.Blocker
	out    *event.Writer
	event  event.Event

	free, todo, order chan *batch
	quit              chan struct{}   // closed when nobody takes batches any more
	stop              <-chan struct{} // closed when reading is to end
}

// newPipeline makes a pipeline with so many workers, as many as there are processors if 0. There are two batches more
// than workers: one is read, one is written. Nothing more is read once ctx is done.
func newPipeline(ctx context.Context, f *filter.Filter, in source.Blocker, out *event.Writer, workers int) *pipeline {
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	n := workers + 2
	p := &pipeline{filter: f, in: in, out: out, free: make(chan *batch, n), todo: make(chan *batch, n),
		order: make(chan *batch, n), quit: make(chan struct{}), stop: ctx.Done()}
	for range n {
		p.free <- &batch{decided: make(chan struct{}, 1)}
	}
	for range workers {
		go p.decide(f.NewWorker())
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
		<-b.decided
		if b.err != nil {
			if errors.Is(b.err, io.EOF) {
				return p.out.Flush()
			}
			return errors.Join(p.out.Flush(), b.err)
		}
		err = p.filter.Finish(&b.filter, func(line int, m *filter.Match) error { return p.write(&b.block, line, m) })
		if err != nil {
			return err
		}
		p.free <- b
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

func (p *pipeline) write(b *source.Block, line int, m *filter.Match) error {
	e := &p.event
	m.Fill(e)
	e.Filter, e.Jail, e.File, e.Lineno = p.filter.Name, p.jail, b.File, b.No+int64(line)
	return p.out.Write(e)
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
			b.decided <- struct{}{}
			p.order <- b
			return
		}
		b.filter.Lines = b.block.Lines
		p.filter.Date(&b.filter)
		p.todo <- b
		p.order <- b
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

// decide works on batches as they come.
func (p *pipeline) decide(w *filter.Worker) {
	for b := range p.todo {
		w.Decide(&b.filter)
		b.decided <- struct{}{}
	}
}
