package window

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"f2b/lib/bounds"
)

var begin = time.Date(2024, 3, 1, 10, 0, 0, 0, time.UTC)

func at(seconds int) time.Time { return begin.Add(time.Duration(seconds) * time.Second) }

// TestWindow gives failures of one key, and says after which of them, counted from 1, a decision is due.
func TestWindow(t *testing.T) {
	tests := []struct {
		name               string
		findtime, maxretry int
		seconds            []int
		want               []int
	}{
		{"the third of three", 10, 3, []int{0, 1, 2}, []int{3}},
		{"the first", 10, 1, []int{0, 0, 99}, []int{1, 2, 3}},
		{"no maxretry is one", 10, 0, []int{0}, []int{1}},
		{"it starts again", 10, 3, []int{0, 1, 2, 3, 4, 5, 6}, []int{3, 6}},
		{"the ends belong to it", 10, 3, []int{0, 5, 10}, []int{3}},
		{"a second too far", 10, 3, []int{0, 5, 11}, nil},
		{"it slides", 10, 3, []int{0, 5, 11, 15}, []int{4}},
		{"slow failures never", 10, 2, []int{0, 11, 22, 33}, nil},
		{"a rate estimate would ban here", 600, 4, []int{0, 0, 300, 800, 850}, nil},
		{"all at once", 10, 4, []int{7, 7, 7, 7}, []int{4}},
		{"out of order", 10, 3, []int{9, 0, 5}, []int{3}},
		{"out of order, the first is too old for it", 10, 3, []int{0, 12, 6}, nil},
		{"late ones drop out as they would have", 10, 3, []int{10, 1, 12, 13}, []int{4}},
		{"too late is counted apart", 10, 3, []int{100, 50, 51, 101, 52, 102}, []int{5, 6}},
		{"newest first, file by file", 10, 3, []int{100, 101, 50, 51, 20, 21, 22}, []int{7}},
		{"a time from a broken clock", 10, 3, []int{1 << 30, 0, 1, 2}, []int{4}},
		{"without end", -1, 3, []int{0, 1 << 20, 1 << 30}, []int{3}},
	}
	for _, test := range tests {
		w := New(Options{Findtime: time.Duration(test.findtime) * time.Second, Maxretry: test.maxretry})
		var got []int
		for i, s := range test.seconds {
			if d, decided := w.Add(Text("k"), at(s), nil); decided {
				got = append(got, i+1)
				if d.Failures != max(test.maxretry, 1) {
					t.Errorf("%s: decided after %d failures", test.name, d.Failures)
				}
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: decided after %v, want %v", test.name, got, test.want)
		}
	}
}

func TestDecision(t *testing.T) {
	tests := []struct {
		name       string
		maxmatches int
		seconds    []int
		first      int
		matches    string
	}{
		{"in order", 3, []int{1, 2, 3}, 1, "1 2 3"},
		{"out of order", 3, []int{3, 1, 2}, 1, "1 2 3"},
		{"the last two", 2, []int{1, 2, 3}, 1, "2 3"},
		{"the last two, out of order", 2, []int{3, 1, 2}, 1, "2 3"},
		{"the last one", 1, []int{2, 3, 1}, 1, "3"},
		{"none", 0, []int{1, 2, 3}, 1, ""},
		{"what slid out is not shown", 3, []int{1, 12, 13, 14}, 12, "12 13 14"},
		{"more room than lines", 9, []int{2, 2, 2}, 2, "2 2 2"},
	}
	zone := time.FixedZone("", 3600)
	for _, test := range tests {
		w := New(Options{Findtime: 10 * time.Second, Maxretry: 3, Maxmatches: test.maxmatches})
		var d Decision
		for _, s := range test.seconds {
			d, _ = w.Add(Text("k"), at(s).In(zone), fmt.Append(nil, s))
		}
		if got := strings.Join(d.Matches, " "); got != test.matches || !d.First.Equal(at(test.first)) || d.First.Location() != zone {
			t.Errorf("%s: %q, first %v", test.name, got, d.First)
		}
		if w.Len() != 0 || w.bytes != 0 {
			t.Errorf("%s: %d keys and %d bytes are left", test.name, w.Len(), w.bytes)
		}
	}
}

func TestKeysAreCountedApart(t *testing.T) {
	w := New(Options{Findtime: 10 * time.Second, Maxretry: 2})
	for i, key := range []string{"a", "b", "c"} {
		if _, decided := w.Add(Text(key), at(i), nil); decided {
			t.Errorf("%s is decided on", key)
		}
	}
	if _, decided := w.Add(Text("b"), at(3), nil); !decided || w.Len() != 2 {
		t.Errorf("decided: %v, %d keys", decided, w.Len())
	}
}

func TestFractionsCount(t *testing.T) {
	w := New(Options{Findtime: time.Second, Maxretry: 2})
	w.Add(Text("k"), begin, nil)
	if _, decided := w.Add(Text("k"), begin.Add(time.Second+1), nil); decided {
		t.Error("a nanosecond too far is counted")
	}
	if d, decided := w.Add(Text("k"), begin.Add(time.Second+2), nil); !decided || d.First.Nanosecond() != 1 {
		t.Errorf("first: %v", d.First)
	}
}

func TestTimesFarAway(t *testing.T) {
	w := New(Options{Findtime: time.Second, Maxretry: 2})
	for _, year := range []int{-5000, 1, 1969, 2262, 9999, 250000} {
		w.Add(Text("k"), time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC), nil)
	}
	w.Add(Text("other"), begin, nil)
	if _, decided := w.Add(Text("other"), begin, nil); !decided {
		t.Error("not decided")
	}
}

// TestWindowInAnyYear counts within an hour, and without end, where nanoseconds since 1970 cannot say when.
func TestWindowInAnyYear(t *testing.T) {
	for _, year := range []int{0, 1600, 1677, 1969, 1970, 2262, 2263, 9999} {
		w := New(Options{Findtime: time.Hour, Maxretry: 2})
		first := time.Date(year, 4, 11, 23, 47, 16, 999_999_999, time.UTC)
		w.Add(Text("k"), first.Add(-time.Hour-1), nil)
		if _, decided := w.Add(Text("k"), first, nil); decided {
			t.Errorf("%d: a nanosecond too far is counted", year)
		}
		if d, decided := w.Add(Text("k"), first.Add(time.Hour), nil); !decided || !d.First.Equal(first) {
			t.Errorf("%d: decided %v, first %v", year, decided, d.First)
		}
		w = New(Options{Findtime: -1, Maxretry: 2})
		w.Add(Text("k"), begin, nil)
		if _, decided := w.Add(Text("k"), first, nil); !decided {
			t.Errorf("%d is too far for a window without end", year)
		}
	}
}

func TestOldestGoFirst(t *testing.T) {
	w := New(Options{Findtime: time.Hour, Maxretry: 2, MaxTracked: 3})
	for i, key := range []string{"a", "b", "c"} {
		w.Add(Text(key), at(i), nil)
	}
	w.Add(Text("d"), at(3), nil) // a goes
	if w.Len() != 3 || w.Evicted() != 1 {
		t.Errorf("%d keys, %d evicted", w.Len(), w.Evicted())
	}
	if _, decided := w.Add(Text("b"), at(4), nil); !decided {
		t.Error("b was forgotten")
	}
	if _, decided := w.Add(Text("a"), at(5), nil); decided {
		t.Error("a was not forgotten")
	}
	if w.Evicted() != 1 {
		t.Errorf("%d evicted", w.Evicted())
	}
}

func TestPassedKeysAreForgotten(t *testing.T) {
	w := New(Options{Findtime: 10 * time.Second, Maxretry: 2})
	for i := range 100_000 {
		w.Add(Text(fmt.Sprint(i)), at(i), nil)
	}
	if w.Len() > fewKeys || w.Evicted() > 0 {
		t.Errorf("%d keys, %d evicted", w.Len(), w.Evicted())
	}
	if n := len(w.failures.chunks) * chunkSize; n > 2*fewKeys {
		t.Errorf("room for %d failures", n)
	}
}

func TestBytesOfLinesAreBounded(t *testing.T) {
	w := New(Options{Findtime: time.Hour, Maxretry: 100, Maxmatches: 100})
	line := bytes.Repeat([]byte("x"), 64<<10)
	for i := range 99 {
		w.Add(Text("k"), at(i), line)
	}
	if n := w.keys.at(w.recent.first).bytes; n > maxKeyBytes || w.bytes > maxKeyBytes+maxKeyBytes/8 {
		t.Errorf("%d bytes of lines for one key, %d in all", n, w.bytes)
	}
	if d, decided := w.Add(Text("k"), at(99), line); !decided || len(d.Matches) != 4 || d.Failures != 100 {
		t.Errorf("%d lines of %d failures", len(d.Matches), d.Failures)
	}
	w.Add(Text("huge"), at(100), bytes.Repeat([]byte("x"), maxKeyBytes+1))
	w.Add(Text("huge"), at(101), []byte("small"))
	w.Add(Text("huge"), at(99), []byte("early"))
	if n := w.keys.at(w.recent.first).bytes; int(n) != len("small") {
		t.Errorf("%d bytes are kept", n)
	}
	w.maxBytes = 10 * maxKeyBytes
	for i := range 20 {
		for range 4 {
			w.Add(Text(fmt.Sprint(i)), at(102), line)
		}
	}
	if w.bytes > w.maxBytes || w.Crowded() == 0 || w.Evicted() > 0 {
		t.Errorf("%d bytes for all keys, %d and %d forgotten", w.bytes, w.Crowded(), w.Evicted())
	}
}

// naive is the window's rule for one key, said without any thrift.
type naive struct {
	findtime, maxretry int
	times              []int
	past               *naive
}

func (n *naive) add(s int) (first int, decided bool) {
	if len(n.times) > 0 && slices.Max(n.times)-s > n.findtime {
		if n.past != nil {
			return n.past.add(s)
		}
		n.times = nil
	}
	n.times = append(n.times, s)
	newest := slices.Max(n.times)
	n.times = slices.DeleteFunc(n.times, func(old int) bool { return newest-old > n.findtime })
	if len(n.times) < n.maxretry {
		return 0, false
	}
	first = slices.Min(n.times)
	n.times = nil
	return first, true
}

// TestAgainstTheNaiveRule adds failures at random, out of order by less and by more than the window.
func TestAgainstTheNaiveRule(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		findtime, maxretry, jitter := 1+r.IntN(30), 1+r.IntN(6), r.IntN(60)
		w := New(Options{Findtime: time.Duration(findtime) * time.Second, Maxretry: maxretry, Maxmatches: r.IntN(4)})
		keys := map[string]*naive{}
		for i := range 500 {
			key := fmt.Sprint(r.IntN(3))
			if keys[key] == nil {
				keys[key] = &naive{findtime: findtime, maxretry: maxretry, past: &naive{findtime: findtime, maxretry: maxretry}}
			}
			s := 1000 + i - r.IntN(jitter+1)
			first, want := keys[key].add(s)
			d, got := w.Add(Text(key), at(s), fmt.Appendf(nil, "%04d", s))
			if got != want || got && !d.First.Equal(at(first)) || !slices.IsSorted(d.Matches) {
				t.Fatalf("seed %d, failure %d: decided %v, want %v (%+v)", seed, i, got, want, d)
			}
		}
	}
}

// FuzzWindow holds that no order of times breaks the window, and that its books are right when all is over.
func FuzzWindow(f *testing.F) {
	f.Add([]byte("\x00\x05\x0a\x01\xff\x02"), 10, 3, 2)
	f.Fuzz(func(t *testing.T, input []byte, findtime, maxretry, maxmatches int) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		w := New(Options{Findtime: time.Duration(findtime), Maxretry: maxretry % 9, Maxmatches: maxmatches % 9, MaxTracked: 5})
		for i, b := range input {
			d, decided := w.Add(Text(string(b&7+'a')), time.Unix(int64(b>>3), 0), input[:i])
			if decided && (d.Failures != max(maxretry%9, 1) || len(d.Matches) > max(maxmatches%9, 0)) {
				t.Errorf("%+v", d)
			}
		}
		if w.Len() > 10 || w.total > len(input)*(len(input)+128) {
			t.Errorf("%d keys, %d bytes", w.Len(), w.total)
		}
		w.Close()
		if w.total != 0 || w.bytes != 0 || len(w.windows) != 0 || w.index.n != 0 || len(w.failures.free) != int(w.failures.used) {
			t.Errorf("left over: %d bytes, %d keys", w.total, w.index.n)
		}
	})
}

// addresses are n keys as an attack gives them.
func addresses(n int) []Key {
	keys := make([]Key, n)
	for i := range keys {
		addr := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		keys[i] = Address(netip.PrefixFrom(addr, 32))
	}
	return keys
}

// TestMemory holds the price of a key when no lines are kept.
func TestMemory(t *testing.T) {
	const n = 1_000_000
	keys := addresses(n)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	w := New(Options{Findtime: time.Hour, Maxretry: 5})
	for _, key := range keys {
		w.Add(key, begin, []byte("a line that is not kept"))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if each := (after.HeapAlloc - before.HeapAlloc) / n; each > 200 || w.Len() != n {
		t.Errorf("%d bytes for each of %d keys", each, w.Len())
	} else {
		t.Logf("%d bytes for each of %d keys", each, w.Len())
	}
	runtime.KeepAlive(keys)
}

func BenchmarkAdd(b *testing.B) {
	for _, n := range []int{1000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			keys := addresses(n)
			line := []byte("Failed password for root from 192.0.2.1 port 38926 ssh2")
			w := New(Options{Findtime: 10 * time.Minute, Maxretry: 5, Maxmatches: 5})
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				w.Add(keys[i%n], begin.Add(time.Duration(i)*time.Microsecond), line)
				i++
			}
		})
	}
}
