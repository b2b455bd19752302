package filter

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestLoss sets a rule aside, and takes it back when the span is over, again and again.
func TestLoss(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l loss
		if l.aside() {
			t.Error("set aside for nothing")
		}
		for span := range 3 {
			for n := 1; n <= patience; n++ {
				if l.aside() {
					t.Fatalf("span %d: set aside after %d", span, n-1)
				}
				if aside := l.add(); aside != (n == patience) {
					t.Errorf("span %d: giving up %d times sets it aside: %v", span, n, aside)
				}
			}
			if l.add() {
				t.Errorf("span %d: said twice", span) // by another worker, which was at it
			}
			time.Sleep(patienceSpan - 1)
			if !l.aside() {
				t.Errorf("span %d: taken back too early", span)
			}
			time.Sleep(time.Nanosecond)
		}
		for range 3 * patience { // now and then is no reason
			l.add()
			time.Sleep(patienceSpan / (patience - 1))
			if l.aside() {
				t.Fatal("set aside for what it is given up on now and then")
			}
		}
	})
}
