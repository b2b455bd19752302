package filter

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// A pattern that does not run in linear time, or is thousands of choices large, may be given up on so many lines in so long a time, each of
// which takes a tenth of a second or a little more (pyre.DefaultTimeout). Then it is set aside until that time is over, and misses, so that it holds up neither the stream
// nor the other patterns. For good it never is: whoever can write lines that it is given up on could blind it for everybody.
const (
	patience     = 10
	patienceSpan = time.Minute
)

// loss is how often a rule was given up. Several goroutines use it.
type loss struct {
	ever  atomic.Bool // as good as never it is
	mu    sync.Mutex
	begun time.Time // of the span
	count int       // in it
}

// aside tells whether the rule is set aside.
func (l *loss) aside() bool {
	if !l.ever.Load() {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count >= patience && time.Since(l.begun) < patienceSpan
}

// add notes that the rule was given up, and tells whether it is set aside for that.
func (l *loss) add() (aside bool) {
	l.ever.Store(true)
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Since(l.begun) >= patienceSpan {
		l.begun, l.count = time.Now(), 0
	}
	l.count++
	return l.count == patience
}

// gaveUp is a search that was given up.
type gaveUp struct {
	rule  *rule
	aside bool // and the rule was set aside for it
}

// giveUp notes that a search was given up.
func (r *rule) giveUp() gaveUp { return gaveUp{r, r.loss.add()} }

// gaveUp tells of a search that was given up: of the first of a pattern, and of each for which it is set aside.
func (f *Filter) gaveUp(g gaveUp) {
	f.stats.Timeouts++
	g.rule.timeouts++
	if g.rule.timeouts == 1 {
		f.warn(fmt.Errorf("%s took too long and was given up on a line, which counts as missed: %s", f.called(g.rule), g.rule.text))
	}
	if g.aside {
		f.warn(fmt.Errorf("%s was given up on %d lines within %v: it is SET ASIDE until that time is over, and what it alone would find is missed; "+
			"try to write it without a reference to what can be any text, and without large repeats", f.called(g.rule), patience, patienceSpan))
	}
}

// called is how people know a rule: by filter, file, option and number.
func (f *Filter) called(r *rule) string {
	name := r.option
	if r.index > 0 {
		name = fmt.Sprintf("%s %d", r.option, r.index)
	}
	if f.Name != "" {
		name = fmt.Sprintf("filter %s: %s", f.Name, name)
	}
	if r.pos.File != "" {
		name = fmt.Sprintf("%s:%d: %s", r.pos.File, r.pos.Line, name)
	}
	return name
}
