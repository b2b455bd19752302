package pyre

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
	if len(patterns) == 0 || len(patterns) > maxQueue {
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
