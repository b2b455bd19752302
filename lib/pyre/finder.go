package pyre

// Finder searches texts for some patterns as Regexp.FindSubmatchIndex does, with the same outcome, several times faster. It is for one
// goroutine: it makes automata as texts come, and keeps them.
type Finder struct {
	patterns []*Regexp
	tracers  []*tracer // of each pattern once it was searched for
	none     []bool    // the patterns that have no tracer
	queue    *Queue
	joint    *tracer // of the queue
	held     int     // what the tracers hold, in bytes
	work     int     // instructions followed to make them, since all was forgotten last
	searched int     // bytes of text, since all was forgotten last
	resting  int     // how many searches more are made without
}

// Queue is some patterns, in the order in which they count, that can be searched for together. It is safe for concurrent use.
type Queue struct {
	plan     *plan
	patterns []*Regexp
}

// A queue of more patterns, or of more that may match anywhere, would have more states than a finder holds.
const (
	maxQueue    = 40
	maxAnywhere = 8
)

// NewQueue makes a queue of patterns, if all of them can be searched for so and are not too many; else it returns nil.
func NewQueue(patterns []*Regexp) *Queue {
	if len(patterns) > maxQueue {
		return nil
	}
	p := newPlan(patterns...)
	if p == nil || p.anywhere() > maxAnywhere {
		return nil
	}
	return &Queue{p, patterns}
}

// Enqueue says what First searches for.
func (f *Finder) Enqueue(q *Queue) { f.queue = q }

// First searches s for the patterns of the queue, all in one pass, and returns what Find does of the first that matches, and its number in the
// queue. It is not ok where that cannot be told so: then they have to be searched for one by one.
func (f *Finder) First(s string, dst []int) (first int, loc []int, ok bool) {
	if f.resting > 0 {
		f.resting--
		return 0, nil, false
	}
	if f.joint == nil {
		f.joint = newTracer(f.queue.plan)
		f.held += f.joint.held
	}
	loc, first, ok = f.trace(f.joint, s, dst)
	if l, loose := f.queue.patterns[first].ready().(*loose); loose && ok && loc != nil {
		return first, loc[:2*l.groups], l.holds(s, loc)
	}
	return first, loc, ok
}

// A finder holds no more than maxHeld bytes: it forgets all when there are more. If it does so before it was of use for usefulFor bytes of
// text, or if it followed many instructions for each byte, the making of automata costs more than they save, and is let be for some searches.
const (
	maxHeld      = 1 << 20
	usefulFor    = maxHeld / 16
	restingFinds = 1000
	freeWork     = 1 << 23 // less than half a second
	workPerByte  = 16
)

// NewFinder returns a finder of patterns.
func NewFinder(patterns []*Regexp) *Finder {
	return &Finder{patterns: patterns, tracers: make([]*tracer, len(patterns)), none: make([]bool, len(patterns))}
}

// Find searches s for a pattern, given by its number, as FindSubmatchIndex does.
func (f *Finder) Find(pattern int, s string, dst []int) (loc []int, err error) {
	if t := f.tracer(pattern); t != nil {
		if loc, _, ok := f.trace(t, s, dst); ok {
			return f.patterns[pattern].settle(s, loc, dst[:0])
		}
	}
	return f.patterns[pattern].ready().find(s, dst[:0])
}

// trace has a tracer search s, and minds what it holds then.
func (f *Finder) trace(t *tracer, s string, dst []int) (loc []int, part int, ok bool) {
	held, work := t.held, t.work
	loc, part, ok = t.find(s, dst[:0])
	f.searched += len(s)
	f.held += t.held - held
	f.work += t.work - work
	if f.held > maxHeld || f.work > freeWork+workPerByte*f.searched {
		f.forget()
	}
	return loc, part, ok
}

// tracer returns the tracer of a pattern, nil where there is none to use.
func (f *Finder) tracer(pattern int) *tracer {
	switch t := f.tracers[pattern]; {
	case f.resting > 0:
		f.resting--
		return nil
	case t != nil || f.none[pattern]:
		return t
	}
	p := f.patterns[pattern].plan()
	if f.none[pattern] = p == nil; p == nil {
		return nil
	}
	t := newTracer(p)
	f.tracers[pattern] = t
	f.held += t.held
	return t
}

// forget begins anew.
func (f *Finder) forget() {
	if f.searched < usefulFor || f.work > freeWork+workPerByte*f.searched {
		f.resting = restingFinds
	}
	f.held, f.work, f.searched, f.joint = 0, 0, 0, nil
	clear(f.tracers)
}
