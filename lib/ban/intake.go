package ban

import (
	"errors"
	"io"
	"runtime"
	"sync"

	"f2b/lib/event"
)

// The reader hands over what it has when it is a handful of events, or so many bytes of them, and waits when a backlog of
// those has not been taken: all that waits is one batch, in which a decision takes over a kilobyte. The rooms of a few of them
// are kept, to be used again.
const (
	handful  = 512
	handSize = 64 << 10
	backlog  = 8
	spares   = 4
)

// item is one line of the input: a decision, an event that passes through as it is, or a line that is no event.
type item struct {
	view event.View
	raw  []byte // of an event that is not for us
	err  error  // of a line that is no event
}

// hand is what the reader hands over at once. The lines lie in its room; both are used again when all is answered.
type hand struct {
	items []item
	room  []byte
}

// newHand makes a hand whose room need not grow, but for long lines. What is not used of it costs nothing.
func newHand() *hand { return &hand{room: make([]byte, 0, handSize+8<<10)} }

// intake reads events in the background. It hands over what it has whenever it is about to wait for more, so one event
// that comes alone is there at once and a burst arrives in bulk.
type intake struct {
	ready chan struct{} // holds a token when there is something to take

	events  *event.Reader
	next    item  // the line at hand
	filling *hand // read and not yet handed over; the reader's own
	mu      sync.Mutex
	taken   sync.Cond
	pending []*hand
	spare   []*hand
	over    bool
	stopped bool
	err     error // what ended the input, if not its end
}

func newIntake(r io.Reader) *intake {
	in := &intake{ready: make(chan struct{}, 1), filling: newHand()}
	in.taken.L = &in.mu
	in.events = event.NewReader(r, in.handOver)
	return in
}

// read reads to the end of the input.
func (in *intake) read() {
	for {
		in.next.raw, in.next.err = nil, nil
		raw, err := in.events.See(&in.next.view) // which may hand over what there is
		if bad, ok := errors.AsType[*event.LineError](err); ok {
			in.next.err = bad
		} else if err != nil {
			in.finish(err)
			return
		} else {
			in.sort(&in.next, raw)
		}
		h := in.filling
		h.items = append(h.items, in.next)
		if (len(h.items) >= handful || len(h.room) >= handSize) && in.handOver() != nil {
			return
		}
	}
}

// sort finds out what an event is to us, and keeps its line.
func (in *intake) sort(it *item, raw []byte) {
	h := in.filling
	switch kind := it.view.Type(); {
	case kind != event.Ban && kind != event.Unban:
		start := len(h.room)
		h.room = append(append(h.room, raw...), '\n')
		it.raw = h.room[start:]
	case it.view.ID() == "" && !it.view.IP.IsValid():
		it.err = &event.LineError{Line: in.events.Line(), Err: errNobody}
	default:
		h.room = it.view.Keep(h.room)
	}
}

// errNobody is what is wrong with a decision about nobody.
var errNobody = errors.New("neither ip nor id")

// errStopped ends the reading when nobody takes any more.
var errStopped = errors.New("stopped")

// handOver lets others take what has been read, at once if they can: it is still near the processor.
func (in *intake) handOver() error {
	if len(in.filling.items) == 0 {
		return nil
	}
	defer runtime.Gosched()
	in.mu.Lock()
	defer in.mu.Unlock()
	for len(in.pending) >= backlog && !in.stopped {
		in.taken.Wait()
	}
	if in.stopped {
		return errStopped
	}
	in.pending = append(in.pending, in.filling)
	if n := len(in.spare); n > 0 {
		in.filling, in.spare = in.spare[n-1], in.spare[:n-1]
	} else {
		in.filling = newHand()
	}
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
func (in *intake) take() (hands []*hand, over bool, err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	hands, in.pending = in.pending, nil
	in.taken.Signal()
	return hands, in.over, in.err
}

// giveBack lets the reader use again what has been answered. A long line's room is not kept.
func (in *intake) giveBack(hands []*hand) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, h := range hands {
		if cap(h.room) <= 2*handSize && len(in.spare) < spares {
			clear(h.items)
			h.items, h.room = h.items[:0], h.room[:0]
			in.spare = append(in.spare, h)
		}
	}
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
