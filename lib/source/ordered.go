package source

import (
	"container/heap"
	"io"
	"slices"
	"strings"
	"time"
)

// orderedMost is how many lines of several logs are given out at once at most.
const orderedMost = 512

// Log is one of the logs that Ordered reads.
type Log struct {
	Path     string
	Encoding string // as in Options
	// TimeOf reads the time in a line; now is what a date without a year is read against, zero the present. Nil: the lines
	// bear no times that could be read.
	TimeOf func(line string, now time.Time) (t time.Time, ok bool)
}

// OrderedOptions are those of Ordered.
type OrderedOptions struct {
	Options
	Since, Until time.Time // only this time is wanted, see Ordered; zero: from the first line, to the last
	Apart        bool      // no block has lines of several logs
}

// Ordered gives the lines of several logs, named in whatever order, in the order of their times: those of a rotated log
// from the oldest file to the newest, those of logs that were written at the same time between each other. The lines of
// one log keep their order: one without a time, or older than the one before it, stays behind that. Lines of the same
// time come in the order in which their logs begin. So what is given does not depend on the order of logs.
//
// Of the lines before Since and after Until some are given, those that may say what others mean: whoever wants none of
// them looks at the times. What lies farther off is not read, as far as that is possible.
//
// A log is opened when its first line is due, so that few are open at once, however many there are; where too many
// overlap, crowd.go has what is done about it.
func Ordered(logs []Log, o OrderedOptions) Source {
	s := &ordered{o: o, from: earliest, till: latest, crowd: crowd{spool: o.Spool}}
	if !o.Since.IsZero() {
		s.from = key(o.Since.Add(-around))
	}
	if !o.Until.IsZero() {
		s.till = key(o.Until.Add(around))
	}
	for i := range logs {
		dec, err := newDecoder(logs[i].Encoding)
		if err != nil {
			return failed{err}
		}
		s.all = append(s.all, &stream{all: s, log: logs[i], dec: dec, last: earliest})
	}
	return s
}

// around is how far beyond the time wanted lines are given: lines are remembered for later ones for half of that.
const around = 10 * time.Minute

// The keys of lines are microseconds since 1970.
const (
	earliest int64 = -1 << 63
	latest   int64 = 1<<63 - 1
)

func key(t time.Time) int64 { return t.UnixMicro() }

// ordered merges logs.
type ordered struct {
	o          OrderedOptions
	from, till int64 // the keys of lines that are given
	all        []*stream
	heap       streams // those that have not ended
	crowd      crowd
	begun      bool
	err        error // to be returned next

	block Block // for Next
	given int   // of its lines
}

// streams is a heap of logs: the one whose line comes next is the first.
type streams []*stream

func (h streams) Len() int           { return len(h) }
func (h streams) Less(i, j int) bool { return h[i].before(h[j]) }
func (h streams) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push and Pop are for package heap alone.
func (h *streams) Push(x any) { *h = append(*h, x.(*stream)) }
func (h *streams) Pop() any {
	last := len(*h) - 1
	s := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return s
}

// rival is the log whose line comes next after those of the first; nil if there is no other.
func (h streams) rival() *stream {
	switch {
	case len(h) < 2:
		return nil
	case len(h) == 2 || h[1].before(h[2]):
		return h[1]
	}
	return h[2]
}

// begin finds out in which order the logs begin.
func (o *ordered) begin() {
	o.begun = true
	for _, s := range o.all {
		s.look(len(o.all) > 1)
	}
	slices.SortStableFunc(o.all, (*stream).compare)
	for i, s := range o.all {
		s.rank = i
	}
	o.heap, o.all = o.all, nil // sorted, so it is a heap
}

// Block gives the lines that come next.
func (o *ordered) Block(b *Block) error {
	b.clear()
	if err := o.err; err != nil {
		o.err = nil
		return err
	}
	for len(b.Lines) < orderedMost {
		s, err := o.due(len(b.Lines) > 0)
		if err != nil && len(b.Lines) == 0 {
			return err
		}
		if o.err = err; s == nil || o.o.Apart && len(b.Parts) > 0 && b.Parts[0].File != s.block.File {
			break
		}
		n := s.run(o.heap.rival())
		if len(b.Lines) == 0 && n == len(s.block.Lines) {
			s.swap(b)
			heap.Fix(&o.heap, 0)
			return nil
		}
		s.give(b, min(n, orderedMost-len(b.Lines)))
		heap.Fix(&o.heap, 0)
	}
	b.finish()
	return nil
}

// due returns the log whose line comes next, that line being at hand. With some, there are lines to be given out already,
// and nil is returned rather than that anybody waits. At the end of all logs the error is io.EOF.
func (o *ordered) due(some bool) (*stream, error) {
	if !o.begun {
		o.begin()
	}
	for len(o.heap) > 0 {
		s := o.heap[0]
		switch {
		case s.key() >= o.till || o.crowd.isClosed():
			s.close()
			heap.Pop(&o.heap)
		case s.at < len(s.block.Lines):
			return s, nil
		case some && !s.regular:
			return nil, nil
		default:
			if err := s.load(); err == io.EOF {
				s.close()
				heap.Pop(&o.heap)
			} else if err != nil {
				return nil, err
			} else {
				heap.Fix(&o.heap, 0)
			}
		}
	}
	return nil, io.EOF
}

// Next gives the line that comes next.
func (o *ordered) Next() (Line, error) {
	if o.given == len(o.block.Lines) {
		if err := o.Block(&o.block); err != nil {
			o.block.Lines, o.given = o.block.Lines[:0], 0
			return Line{}, err
		}
		o.given = 0
	}
	p := o.block.Place(o.given)
	l := Line{Text: strings.Clone(o.block.Line(o.given)), File: p.File, No: p.No, Written: p.Written, Dropped: o.block.Dropped}
	o.block.Dropped = 0 // of which line it is makes no difference
	o.given++
	return l, nil
}

// Close closes what is open, which ends a read that waits. The rest is up to the next call of Next or Block, for one may
// be under way.
func (o *ordered) Close() error { return o.crowd.close() }
