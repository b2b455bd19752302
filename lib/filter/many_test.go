package filter

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestManyPatterns holds the steps against trying every pattern on one line after the other where there are so many patterns, or so many that
// match anywhere, that they are not looked for all at once.
func TestManyPatterns(t *testing.T) {
	lines := sampleLines(t)
	now := time.Date(2005, 8, 14, 12, 0, 0, 0, time.UTC)
	var all, anywhere []string
	for _, name := range Names(nil) {
		f, err := Load(name, Options{Location: time.UTC})
		if err != nil {
			t.Fatal(err)
		}
		if f.prefregex == nil && f.stepwise() {
			all = append(all, f.Failregex()...)
		}
	}
	for _, pattern := range all {
		if p, ok := strings.CutPrefix(pattern, "^"); ok && len(anywhere) < 30 {
			anywhere = append(anywhere, p)
		}
	}
	if len(all) < 100 || len(anywhere) < 10 {
		t.Fatalf("%d patterns, %d of them anywhere", len(all), len(anywhere))
	}
	for _, patterns := range [][]string{all, anywhere, slices.Concat(anywhere, all)} {
		load := func() *Filter {
			f, err := Load("<HOST>", Options{Failregex: patterns, Location: time.UTC, Now: func() time.Time { return now }})
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
		g := load()
		got := inSteps(g, lines, 2, 100, false)
		if g.queue != nil {
			t.Errorf("%d patterns are looked for all at once", len(patterns))
		}
		if want := together(load(), lines); got != want {
			t.Errorf("%d patterns: %s", len(patterns), firstDifference(got, want))
		} else if n := strings.Count(want, "\n"); n < 50 {
			t.Errorf("%d patterns: only %d failures", len(patterns), n)
		}
	}
}
