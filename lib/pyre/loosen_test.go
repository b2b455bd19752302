package pyre

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// asked notes how often an engine was asked.
type asked struct {
	engine
	times int
}

func (a *asked) find(s string, dst []int) ([]int, error) {
	a.times++
	return a.engine.find(s, dst)
}

// withReference sets references to groups into a random pattern.
func withReference(r *rand.Rand) string {
	g := &grammar{r: r}
	pattern := "(" + g.pattern(2) + ")"
	g.groups++
	g.closed = []int{g.groups}
	for range 1 + r.IntN(2) {
		pattern += g.pattern(1) + fmt.Sprintf([]string{`\%d`, `(?:\%d)?`, `(?:x|\%d)`, `(?: \%d| )+`}[r.IntN(4)], g.closed[r.IntN(len(g.closed))]) + g.pattern(1)
	}
	return strings.ReplaceAll(pattern, "(?:)", "")
}

// TestLooseFindsWhatTheExactEngineFinds holds what finds candidates first, with and without automata, against the engine that backtracks.
func TestLooseFindsWhatTheExactEngineFinds(t *testing.T) {
	r := rand.New(rand.NewPCG(seed, 9))
	patterns, matched, all, doubtful := 0, 0, 0, 0
	for range 6000 {
		pattern, flags := withReference(r), []Flags{0, 0, IgnoreCase, Multiline}[r.IntN(4)]
		re, err := CompileTimeout(pattern, flags, patient)
		if err != nil {
			continue
		}
		l, ok := re.engine.(*loose)
		if !ok || isKnown(pattern, flags) {
			continue
		}
		patterns++
		exact := &asked{engine: l.exact.(*guarded).engine}
		l.exact = exact
		f := NewFinder([]*Regexp{re})
		for range 20 {
			text := randomText(r) + randomText(r)
			want, err := exact.engine.find(text, nil)
			if err != nil {
				t.Fatalf("%q in %q: %v", re, text, err)
			}
			got, err := re.FindSubmatchIndex(text, nil)
			again, errAgain := f.Find(0, text, []int{7})
			if err != nil || errAgain != nil || !slices.Equal(got, want) || !slices.Equal(again, want) {
				t.Fatalf("%q in %q: spans are %v and %v, by the exact engine %v", re, text, got, again, want)
			}
			if all++; want != nil {
				matched++
			}
		}
		doubtful += exact.times
	}
	if patterns < 1000 || matched < all/20 || doubtful > all {
		t.Errorf("%d patterns, %d texts, %d matches, %d in doubt", patterns, all, matched, doubtful)
	}
	t.Logf("seed %d: %d patterns, %d texts, %d matches, %d in doubt", seed, patterns, all, matched, doubtful)
}
