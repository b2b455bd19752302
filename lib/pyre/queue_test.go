package pyre

import (
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// referring are patterns with references, whose matches a queue only guesses.
var referring = []string{`^(a|b+)c*\1`, `(\w)\w?\1`, `^(\S*)(.?)\1\2$`, `(a?b?)-\1`, `^(?:(a)|(b))+.*(?(1)\1|\2)c`}

// holdQueues holds queues of random patterns against the engines of these, one after the other, on random texts.
func holdQueues(t *testing.T, pairs int) {
	r := rand.New(rand.NewPCG(seed, 7))
	all, told, matched := 0, 0, 0
	for all < pairs && !t.Failed() {
		var patterns []*Regexp
		flags := []Flags{0, 0, 0, IgnoreCase, Dotall, ASCII}[r.IntN(6)]
		for range 1 + r.IntN(5) {
			anchor := []string{"^", "^", "^", ""}[r.IntN(4)]
			if p, ok := pairUp(anchor+literals[r.IntN(len(literals))]+"(?:"+(&grammar{r: r}).pattern(3)+")", flags); ok {
				patterns = append(patterns, p.Regexp)
			}
		}
		if r.IntN(3) == 0 {
			p := MustCompile(referring[r.IntN(len(referring))], flags)
			patterns = slices.Insert(patterns, r.IntN(len(patterns)+1), p)
		}
		q := NewQueue(patterns)
		if q == nil || len(patterns) == 0 {
			continue
		}
		f := NewFinder(patterns)
		f.Enqueue(q)
		for range 40 {
			text := literals[r.IntN(len(literals))] + randomText(r) + literals[r.IntN(len(literals))]
			number, loc, ok := f.First(text, nil)
			all++
			if !ok {
				continue
			}
			told++
			first, want := firstOf(patterns, text)
			if !slices.Equal(loc, want) || want != nil && number != first {
				t.Errorf("%q in %q: pattern %d at %v, by the engines %d at %v", patterns, text, number, loc, first, want)
			}
			if want != nil {
				matched++
			}
		}
	}
	if told < all/2 || matched < all/10 {
		t.Errorf("too few to tell anything: of %d texts it told of %d, and %d match", all, told, matched)
	}
	t.Logf("seed %d: %d texts, %d told, %d matched", seed, all, told, matched)
}

// firstOf searches a text for patterns one by one, and returns what the first that matches finds.
func firstOf(patterns []*Regexp, text string) (int, []int) {
	for i, re := range patterns {
		if loc, _ := re.FindSubmatchIndex(text, nil); loc != nil {
			return i, loc
		}
	}
	return 0, nil
}

func TestQueueFindsTheFirst(t *testing.T) { holdQueues(t, 60_000) }

func TestLongQueueFindsTheFirst(t *testing.T) {
	if os.Getenv("F2B_LONG") == "" {
		t.Skip("takes half a minute; set F2B_LONG=1")
	}
	holdQueues(t, 3_000_000)
}

// TestQueueTakesPatterns wants no queue of patterns that must backtrack.
func TestQueueTakesPatterns(t *testing.T) {
	for _, tc := range []struct {
		patterns []string
		takes    bool
	}{
		{nil, false},
		{[]string{`^a`, `^b$`}, true},
		{[]string{`^a`, `b$`}, true},
		{[]string{`^(\S*) \1`, `^b`}, true},
		{[]string{`(?:(a+)\1?)+$`, `^b`}, false},
	} {
		var res []*Regexp
		for _, p := range tc.patterns {
			res = append(res, MustCompile(p, 0))
		}
		if got := NewQueue(res) != nil; got != tc.takes {
			t.Errorf("%q: %v", tc.patterns, got)
		}
	}
}
