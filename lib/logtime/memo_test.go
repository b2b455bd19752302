package logtime

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// TestMemoChangesNothing holds a detector against one that forgets how the last line began, over lines that differ in
// few characters from one to the next.
func TestMemoChangesNothing(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	r := rand.New(rand.NewPCG(20240229, 8))
	alike := 0
	for _, date := range []string{
		"2026-02-28T11:59:58.123+01:00", "2026-02-28T11:59:58.123456+01:00", "2026-02-28 11:59:58.1234567", "2026-02-28T11:59:58.12", "2026-02-28 11:59:58", "2026/02/28 11:59:58,123", "Feb 28 11:59:58", "Sat Feb 28 11:59:58.123 2026",
		"Sat Feb 28 2026 11:59:58", "28/02/2026 11:59:58", "28/Feb/2026:11:59:58 +0100", "02/28/2026:11:59:58", "02-28-2026 11:59:58.1", "11:59:58",
		"<02/28/26@11:59:58>", "260228 11:59:58", "Feb 28, 2026 11:59:58 AM", "Feb-28-26 11:59:58", "20260228T115958", "CET Feb 28 11:59:58", "1772276398.12",
		"[Sat Feb 28 11:59:58 2026]", "(Feb 28 11:59:58)",
		"192.0.2.66 - - [28/Feb/2026:11:59:58 +0100]", "2001:db8::66 - - [28/Feb/2026:11:59:58 +0100]", "a1: 20260228T115958Z", "a1 msg=audit(1772276398.123:4)",
		"x 02/27/2026:1:59:58 [28/Feb/2026:11:59:58 +0100]", "x 260227 x 11:59:58 20260228 115958", "<38>Feb 28 11:59:58", "at 1 Feb 28 11:59:58",
	} {
		with, err := New(Options{Location: time.UTC})
		if err != nil {
			t.Fatal(err)
		}
		without, _ := New(Options{Location: time.UTC})
		line := []byte(date + " host sshd[1234]: Failed password for root from 192.0.2.1 port 22 ssh2")
		original := string(line)
		for range 3000 {
			if r.IntN(10) == 0 {
				line = []byte(original)
			}
			for range r.IntN(3) {
				at := r.IntN(len(date) + 4)
				if c := line[at]; c >= '0' && c <= '9' {
					line[at] = '0' + byte(r.IntN(10))
				} else if r.IntN(20) == 0 {
					line[at] = " :-/x0"[r.IntN(6)]
				}
			}
			if _, _, _, ok := with.memo.alike(string(line)); ok && !with.memo.holds(original) {
				alike++
			}
			without.memo = memo{}
			got, found := with.Find(string(line), now)
			want, wanted := without.Find(string(line), now)
			if found != wanted || got != want {
				t.Fatalf("%q: %+v %v, want %+v %v", line, got, found, want, wanted)
			}
		}
	}
	if alike < 1000 {
		t.Errorf("only %d lines differed in nothing but minute and second", alike)
	}
}

// TestNoDateAgain holds detectors that remember how lines without a date began against ones that don't, over lines with and without dates
// that differ in few characters.
func TestNoDateAgain(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	r := rand.New(rand.NewPCG(20240229, 10))
	remembered, undated, dated := 0, 0, 0
	for _, patterns := range [][]string{{"{^LN-BEG}"}, {"{^LN-BEG}TAI64N", "{^LN-BEG}"}, {"^%Y-%m-%d %H:%M:%S"}, {`^\s*EPOCH`}, nil,
		{"{^LN-BEG}%d/%b/%Y %H:%M", "^%H:%M$"}, {`^(?:x+y)*%H:%M:%S`}} {
		o := Options{Patterns: patterns, Location: time.UTC}
		with, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		without, _ := New(o)
		starts := []string{"Feb 28 11:59:58 host", "2026-02-28 11:59:58 host", "11:59", "  1772276398 x", "28/Feb/2026 11:59 z", "x xy 11:59:58 -", "no date at all, or",
			"xyxxy11:59:58", "é Feb 28 11:59:58 ", "@400000004ba75a170b1d3ab4 x", "<02/28/26@11:59:58>", "a"}
		original := []byte(starts[0] + " and the rest of it")
		line := original
		for range 4000 {
			if r.IntN(10) == 0 {
				original = []byte(starts[r.IntN(len(starts))] + " and the rest of it")
				line = original
			}
			if r.IntN(3) == 0 {
				line = append([]byte(nil), original...)
				line[r.IntN(min(30, len(line)))] = "0159 :-/x\n"[r.IntN(10)]
			}
			text := strings.ToValidUTF8(string(line), "?")
			without.memo, without.none = memo{}, memo{}
			if with.none.holds(text) {
				remembered++
			}
			got, found := with.Find(text, now)
			want, wanted := without.Find(text, now)
			if found != wanted || got != want {
				t.Fatalf("%q: %q: %+v %v, want %+v %v", patterns, text, got, found, want, wanted)
			}
			if found {
				dated++
			} else {
				undated++
			}
		}
	}
	if remembered < 3000 || dated < 3000 {
		t.Errorf("%d lines remembered of %d without a date, %d with one: too few to tell anything", remembered, undated, dated)
	}
	t.Logf("%d lines remembered of %d without a date, %d with one", remembered, undated, dated)
}
