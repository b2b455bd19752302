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
