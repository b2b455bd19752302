package ban

import (
	"errors"
	"io"
	"slices"
	"sync"

	"f2b/lib/event"
)

// The reader hands over at most handful events at once, and waits when backlog of them have not been taken.
const (
	handful = 512
	backlog = 8192
)

// item is one line of the input: an event, a line that is none, or one that passes through as it is.
type item struct {
	event *event.Event
	raw   []byte // of an event that is not for us
	err   error  // of a line that is no event
}

// intake reads events in the background. It hands over what it has whenever it is about to wait for more, so one event
// that comes alone is there at once and a burst arrives in bulk.
type intake struct {
	ready chan struct{} // holds a token when there is something to take

	events  *event.Reader
	batch   []item // read and not yet handed over; the reader's own
	mu      sync.Mutex
	taken   sync.Cond
	pending []item
	over    bool
	stopped bool
	err     error // what ended the input, if not its end
}

func newIntake(r io.Reader) *intake {
	in := &intake{ready: make(chan struct{}, 1)}
	in.taken.L = &in.mu
	in.events = event.NewReader(r, in.handOver)
	return in
}

// read reads to the end of the input.
func (in *intake) read() {
	for {
		e, raw, err := in.events.Next()
		if bad, ok := errors.AsType[*event.LineError](err); ok {
			in.batch = append(in.batch, item{err: bad})
		} else if err != nil {
			in.finish(err)
			return
		} else {
			in.batch = append(in.batch, in.newItem(e, raw))
		}
		if len(in.batch) >= handful && in.handOver() != nil {
			return
		}
	}
}

func (in *intake) newItem(e event.Event, raw []byte) item {
	if e.Type != event.Ban && e.Type != event.Unban {
		return item{event: &event.Event{Type: e.Type, Time: e.Time}, raw: slices.Clone(raw)}
	}
	if e.Key() == "" {
		return item{err: &event.LineError{Line: in.events.Line(), Err: errNobody}}
	}
	return item{event: &e}
}

// errNobody is what is wrong with a decision about nobody.
var errNobody = errors.New("neither ip nor id")

// errStopped ends the reading when nobody takes any more.
var errStopped = errors.New("stopped")

func (in *intake) handOver() error {
	if len(in.batch) == 0 {
		return nil
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	for len(in.pending) >= backlog && !in.stopped {
		in.taken.Wait()
	}
	if in.stopped {
		return errStopped
	}
	in.pending = append(in.pending, in.batch...)
	clear(in.batch)
	in.batch = in.batch[:0]
	in.signal()
	return nil
}

func (in *intake) finish(err error) {
	in.handOver()
	in.mu.Lock()
	defer in.mu.Unlock()
	in.over = true
	if err != io.EOF && err != errStopped {
		in.err = err
	}
	in.signal()
}

// take returns what has been read; over says that nothing will follow.
func (in *intake) take() (items []item, over bool, err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	items, in.pending = in.pending, nil
	in.taken.Signal()
	return items, in.over, in.err
}

// stop lets the reader go, once it comes back from the read that it may be waiting in.
func (in *intake) stop() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.stopped = true
	in.taken.Signal()
}

func (in *intake) signal() {
	select {
	case in.ready <- struct{}{}:
	default:
	}
}
