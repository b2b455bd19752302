package pyre

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestLoss sets a pattern aside, and takes it back when the span is over, again and again.
func TestLoss(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l Loss
		if l.Aside() {
			t.Error("set aside for nothing")
		}
		for span := range 3 {
			for n := 1; n <= Patience; n++ {
				if l.Aside() {
					t.Fatalf("span %d: set aside after %d", span, n-1)
				}
				if aside := l.Add(); aside != (n == Patience) {
					t.Errorf("span %d: giving up %d times sets it aside: %v", span, n, aside)
				}
			}
			if l.Add() {
				t.Errorf("span %d: said twice", span) // by another worker, which was at it
			}
			time.Sleep(PatienceSpan - 1)
			if !l.Aside() {
				t.Errorf("span %d: taken back too early", span)
			}
			time.Sleep(time.Nanosecond)
		}
		for range 3 * Patience { // now and then is no reason
			l.Add()
			time.Sleep(PatienceSpan / (Patience - 1))
			if l.Aside() {
				t.Fatal("set aside for what it is given up on now and then")
			}
		}
	})
}

// TestLossOfMany has many patterns given up on each line: together they are not waited for much longer than one.
func TestLossOfMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(PatienceSpan) // whatever was given up by other tests is over
		many := make([]Loss, 60)
		for span := range 3 {
			given := 0
			for range 1000 { // lines
				for i := range many {
					if !many[i].Aside() {
						many[i].Add()
						given++
						time.Sleep(DefaultTimeout)
					}
				}
			}
			if given != PatienceOfAll+len(many) {
				t.Errorf("span %d: given up %d times", span, given)
			}
			time.Sleep(PatienceSpan)
		}
		var seldom Loss // is not in the same boat
		if seldom.Add(); seldom.Aside() {
			t.Error("set aside with those that were long ago")
		}
	})
}
