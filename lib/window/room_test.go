package window

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestTextsOfKeysAreBounded gives long ids, which nothing but their last byte tells apart.
func TestTextsOfKeysAreBounded(t *testing.T) {
	const n, length = 100, 60_000
	w := New(Options{Findtime: time.Hour, Maxretry: 2})
	w.maxBytes = 20 * length
	id := func(i int) Key { return Text(strings.Repeat("x", length) + string(rune('0'+i))) }
	for i := range n {
		if _, decided := w.Add(id(i), at(i), nil); decided {
			t.Fatalf("id %d is taken for another", i)
		}
		if w.total > w.maxBytes {
			t.Fatalf("%d bytes are kept", w.total)
		}
	}
	kept := w.Len()
	if kept < 18 || kept > 20 || w.Crowded() != int64(n-kept) {
		t.Errorf("%d are kept, %d forgotten", kept, w.Crowded())
	}
	for i := n - kept; i < n; i++ { // the newest are all there
		if _, decided := w.Add(id(i), at(n), nil); !decided {
			t.Errorf("id %d is forgotten", i)
		}
	}
	if w.total != 0 {
		t.Errorf("%d bytes are left", w.total)
	}
}

// TestFailuresAreBounded holds that failures without lines are in the bound, too.
func TestFailuresAreBounded(t *testing.T) {
	w := New(Options{Findtime: time.Hour, Maxretry: 1000})
	w.maxBytes = 1 << 20
	for i := range 500 {
		for range 900 {
			w.Add(Text(fmt.Sprint(i)), begin, nil)
		}
	}
	if n := len(w.failures.chunks) * chunkSize * failureSize; n > 2*w.maxBytes || w.Crowded() == 0 {
		t.Errorf("%d bytes of failures, %d keys forgotten", n, w.Crowded())
	}
}

// TestOneKeyMayBeMoreThanFits gives a single key more than the bound: it is counted all the same.
func TestOneKeyMayBeMoreThanFits(t *testing.T) {
	w := New(Options{Findtime: time.Hour, Maxretry: 3})
	w.maxBytes = 1000
	key := Text(strings.Repeat("x", 2000))
	for i := range 3 {
		if _, decided := w.Add(key, at(i), nil); decided != (i == 2) {
			t.Errorf("failure %d: decided %v", i, decided)
		}
	}
}

// TestTheFullestGivesWay floods one window of a room, and holds that one that holds little keeps it.
func TestTheFullestGivesWay(t *testing.T) {
	r := NewRoom()
	r.maxBytes = 100_000
	quiet, flooded := r.Window(Options{Findtime: time.Hour, Maxretry: 2}), r.Window(Options{Findtime: time.Hour, Maxretry: 2})
	quiet.Add(Text("bob"), begin, nil)
	for i := range 1000 {
		flooded.Add(Text(fmt.Sprintf("%1000d", i)), at(i), nil)
		// What comes late is in a window of its own, and bounded with the others.
		flooded.Add(Text(fmt.Sprintf("%1000d", i)), at(i-7200), nil)
		if r.total > r.maxBytes || r.total != quiet.bytes+flooded.bytes+flooded.past.bytes {
			t.Fatalf("%d bytes are kept", r.total)
		}
	}
	if flooded.Len() < 80 {
		t.Errorf("only %d keys are kept", flooded.Len())
	}
	if _, decided := quiet.Add(Text("bob"), at(1000), nil); !decided {
		t.Error("the quiet one lost its key")
	}
}

// TestClosedWindowsLeaveNothing opens and closes windows in one room, and holds that the room does not grow.
func TestClosedWindowsLeaveNothing(t *testing.T) {
	r := NewRoom()
	stays := r.Window(Options{Findtime: time.Hour, Maxretry: 2})
	stays.Add(Text("bob"), at(0), nil)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range 10_000 {
		w := r.Window(Options{Findtime: time.Hour, Maxretry: 3, Maxmatches: 3})
		for i := range 10 {
			w.Add(Text(fmt.Sprint("id ", i)), at(i), []byte("line"))
		}
		w.Add(Text("id 0"), at(-7200), []byte("late"))
		w.Close()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 || len(r.windows) != 1 {
		t.Errorf("%d bytes more, %d windows", grown, len(r.windows))
	}
	if _, decided := stays.Add(Text("bob"), at(1), nil); !decided || r.total != 0 {
		t.Errorf("decided: %v, %d bytes are left", decided, r.total)
	}
}

// TestOneKeyInEachWindow has every window hold a single key, the last one the longest.
func TestOneKeyInEachWindow(t *testing.T) {
	r := NewRoom()
	r.maxBytes = 10_000
	for i := range 50 {
		w := r.Window(Options{Findtime: time.Hour, Maxretry: 3})
		w.Add(Text(strings.Repeat("x", 1000+i)), at(i), nil)
		if r.total > r.maxBytes {
			t.Fatalf("%d bytes are kept in %d windows", r.total, i+1)
		}
	}
	if r.Crowded() < 40 {
		t.Errorf("only %d keys were forgotten", r.Crowded())
	}
}
