package pyre

import (
	"sync"
	"sync/atomic"
	"time"
)

// A pattern that does not run in linear time, or is thousands of choices large, may be given up on Patience lines in PatienceSpan, each of
// which takes a tenth of a second or a little more (DefaultTimeout). Then it is set aside until that time is over, and misses, so that it holds
// up neither the stream nor the other patterns. Where there are many such patterns, each that is given up once more after all of them were on
// PatienceOfAll lines is set aside at once. For good none ever is: whoever can write lines that it is given up on could blind it for everybody.
const (
	Patience      = 10
	PatienceOfAll = 30
	PatienceSpan  = time.Minute
)

// ofAll counts what all patterns of the process were given up on.
var ofAll counter

// counter counts within spans of time.
type counter struct {
	mu    sync.Mutex
	begun time.Time // of the span
	count int
}

// add counts one more, and returns how many there are in the span.
func (c *counter) add() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if age := time.Since(c.begun); age < 0 || age >= PatienceSpan {
		c.begun, c.count = time.Now(), 0
	}
	c.count++
	return c.count
}

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
	all := ofAll.add()
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Since(l.begun) >= PatienceSpan {
		l.begun, l.count = time.Now(), 0
	}
	if l.count >= Patience {
		return false // another goroutine was at it when it was set aside
	}
	if l.count++; all > PatienceOfAll {
		l.count = Patience
	}
	return l.count == Patience
}
