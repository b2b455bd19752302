package source

import (
	"io"
	"sync"
)

// mergeMost is how many lines of one source are handed on together at most.
const mergeMost = 256

// Merge gives the lines of several sources as they come. Each is made by a function that is given what the source has to call as its
// Options.BeforeRead; before is called when all of them wait. A single source is returned as it is.
func Merge(before func() error, makers ...func(before func() error) Source) Source {
	if len(makers) == 1 {
		return makers[0](before)
	}
	m := &merged{before: before, batches: make(chan handful), stop: make(chan struct{})}
	for _, make := range makers {
		in := &input{m: m}
		in.source = make(in.handOver)
		m.inputs = append(m.inputs, in)
	}
	return m
}

// merged is several sources, each read by a goroutine of its own.
type merged struct {
	before  func() error
	inputs  []*input
	batches chan handful
	stop    chan struct{} // closed by Close
	once    sync.Once

	begun bool
	left  int    // sources that have not ended
	ready []Line // to be given out
}

// handful is lines of one source; at its end its error, io.EOF too.
type handful struct {
	lines []Line
	err   error
}

// input is one of the sources.
type input struct {
	m      *merged
	source Source
	lines  []Line // read and not yet handed on
}

// handOver hands on what has been read, for the source is about to wait.
func (in *input) handOver() error { return in.send(nil) }

func (in *input) send(err error) error {
	if len(in.lines) == 0 && err == nil {
		return nil
	}
	select {
	case in.m.batches <- handful{in.lines, err}:
		in.lines = nil
		return nil
	case <-in.m.stop:
		return io.EOF
	}
}

// run reads the source to its end.
func (in *input) run() {
	for {
		l, err := in.source.Next()
		if err != nil {
			in.send(err)
			return
		}
		if in.lines = append(in.lines, l); len(in.lines) >= mergeMost && in.handOver() != nil {
			return
		}
	}
}

func (m *merged) Next() (Line, error) {
	if !m.begun {
		m.begun, m.left = true, len(m.inputs)
		for _, in := range m.inputs {
			go in.run()
		}
	}
	for len(m.ready) == 0 {
		if m.left == 0 {
			return Line{}, io.EOF
		}
		b, err := m.take()
		if err != nil {
			return Line{}, err
		}
		m.ready = b.lines
		if b.err != nil {
			m.left--
		}
		if b.err != nil && b.err != io.EOF {
			return Line{}, b.err
		}
	}
	l := m.ready[0]
	m.ready = m.ready[1:]
	return l, nil
}

// take gets the next batch, and says so before it has to wait for it.
func (m *merged) take() (handful, error) {
	select {
	case b := <-m.batches:
		return b, nil
	default:
	}
	if m.before != nil {
		if err := m.before(); err != nil {
			return handful{}, err
		}
	}
	select {
	case b := <-m.batches:
		return b, nil
	case <-m.stop:
		return handful{}, io.EOF
	}
}

// Close closes all sources.
func (m *merged) Close() error {
	m.once.Do(func() { close(m.stop) })
	var first error
	for _, in := range m.inputs {
		if err := in.source.Close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}
