package pyre

import (
	"sync"
	"sync/atomic"
	"time"
)

// A pattern that does not run in linear time, or is thousands of choices large, may be given up on Patience lines in PatienceSpan, each of
// which takes a tenth of a second or a little more (DefaultTimeout). Then it is set aside until that time is over, and misses, so that it holds
// up neither the stream nor the other patterns. For good it never is: whoever can write lines that it is given up on could blind it for
// everybody.
const (
	Patience     = 10
	PatienceSpan = time.Minute
)

// Loss is how often a pattern was given up. It is safe for concurrent use.
type Loss struct {
	ever  atomic.Bool // as good as never it is
	mu    sync.Mutex
	begun time.Time // of the span
	count int       // in it
}

// Aside tells whether the pattern is set aside.
func (l *Loss) Aside() bool {
	if !l.ever.Load() {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count >= Patience && time.Since(l.begun) < PatienceSpan
}

// Add notes that the pattern was given up, and tells whether it is set aside for that.
func (l *Loss) Add() (aside bool) {
	l.ever.Store(true)
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Since(l.begun) >= PatienceSpan {
		l.begun, l.count = time.Now(), 0
	}
	l.count++
	return l.count == Patience
}
