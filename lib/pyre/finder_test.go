package pyre

import (
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// pair is a pattern with what else runs it.
type paired struct {
	*Regexp
	root *node
	peer *regexp.Regexp // Go's, where that can
}

func pairUp(pattern string, flags Flags) (paired, bool) {
	re, err := Compile(pattern, flags)
	if err != nil || !re.Linear() {
		return paired{}, false
	}
	t, err := parse(pattern, flags)
	if err != nil {
		panic(err)
	}
	root := simplify(t.root)
	return paired{re, root, regexpFor(root)}, true
}

// tally counts pairs of a pattern and a text: all, those that match, those that Go's regexp could tell, those that took no engine.
type tally struct{ all, matched, peers, traced int }

// hold checks that a finder finds in a text what the engine of each of its patterns finds, and Go's regexp.
func (n *tally) hold(t *testing.T, f *Finder, patterns []paired, text string) {
	t.Helper()
	for i, re := range patterns {
		want, err := re.FindSubmatchIndex(text, nil)
		if err != nil {
			continue // it ran out of time
		}
		got, err := f.Find(i, text, nil)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q in %q: spans are %v (%v), by the engine %v", re, text, got, err, want)
		}
		n.all++
		if want != nil {
			n.matched++
		}
		if re.peer != nil && comparable(re.root, text) {
			n.peers++
			if want := re.peer.FindStringSubmatchIndex(text); !slices.Equal(got, want) {
				t.Errorf("%q in %q: spans are %v, by package regexp %v", re, text, got, want)
			}
		}
		if tr := f.tracers[i]; tr != nil {
			if _, _, ok := tr.find(text, nil); ok {
				n.traced++
			}
		}
	}
}

// literals are texts that patterns and texts share.
var literals = []string{"", "", "", "abcd", "abca", " from ", "abc\n", "aé abc"}

// withLiterals sets a pattern between texts, or something like that.
func withLiterals(r *rand.Rand, pattern string) string {
	before, after := literals[r.IntN(len(literals))], literals[r.IntN(len(literals))]
	switch r.IntN(4) {
	case 0:
		return pattern
	case 1:
		return "^" + before + "(?:" + pattern + ")" + after + "$"
	case 2:
		return "(?:" + before + "(" + pattern + "))+?" + after
	}
	return before + "(?:" + pattern + "|" + after + ")" + after
}

// holdRandom holds finders of random patterns against random texts, until there were so many pairs of them.
func holdRandom(t *testing.T, pairs int) {
	r := rand.New(rand.NewPCG(seed, 5))
	var n tally
	for n.all < pairs && !t.Failed() {
		var patterns []paired
		var res []*Regexp
		flags := []Flags{0, 0, 0, IgnoreCase, Multiline, Dotall, ASCII}[r.IntN(7)]
		for range 3 {
			if p, ok := pairUp(withLiterals(r, (&grammar{r: r}).pattern(3)), flags); ok {
				patterns, res = append(patterns, p), append(res, p.Regexp)
			}
		}
		f := NewFinder(res)
		for range 40 {
			n.hold(t, f, patterns, literals[r.IntN(len(literals))]+randomText(r)+literals[r.IntN(len(literals))])
		}
	}
	if n.traced < n.all/2 || n.matched < n.all/10 || n.peers < n.all/10 {
		t.Errorf("too few to tell anything: %+v", n)
	}
	t.Logf("seed %d: %+v", seed, n)
}

func TestFinderFindsWhatTheEnginesFind(t *testing.T) { holdRandom(t, 60_000) }

func TestLongFinderFindsWhatTheEnginesFind(t *testing.T) {
	if os.Getenv("F2B_LONG") == "" {
		t.Skip("takes half a minute; set F2B_LONG=1")
	}
	holdRandom(t, 3_000_000)
}

// TestFinderForgets sends texts that make new states without end.
func TestFinderForgets(t *testing.T) {
	p, _ := pairUp(`(a[ab]{14}|[ab]*?)c(.*)d$`, 0)
	f := NewFinder([]*Regexp{p.Regexp})
	r := rand.New(rand.NewPCG(seed, 6))
	rested := false
	var n tally
	for range 3000 {
		var b strings.Builder
		for range 200 {
			b.WriteByte("ab"[r.IntN(2)])
		}
		b.WriteString([]string{"", "c d", "c d\n"}[r.IntN(3)])
		n.hold(t, f, []paired{p}, b.String())
		rested = rested || f.resting > 0
		if f.held > 2*maxHeld {
			t.Fatalf("it holds %d bytes", f.held)
		}
	}
	if !rested || n.matched < 1000 {
		t.Errorf("it took a rest: %v; %+v", rested, n)
	}
}

// TestFinderOfWhatIsPending wants look-aheads that the end of the text decides to be told without the engine, and the others right.
func TestFinderOfWhatIsPending(t *testing.T) {
	var n tally
	texts := []string{"", "a", "ab", "abc\n", "a b c", "a from b\n", "aab from x", "a\n\n", "a fro", "a from"}
	for _, pattern := range []string{
		`^(?:(?! from ).)*?( from \S+)?$`, `^(a(?!b))+`, `(?=(?:a|b)*c)\w+`, `a(?=$)`, `(?:(?!b$).)+$`, `(?!a*b)(\w)`, `^((?:(?! from ).)*)$`, `(?=.*x)(?=.*a)(.)`,
	} {
		p, ok := pairUp(pattern, 0)
		if !ok {
			t.Fatalf("%s is not linear", pattern)
		}
		f := NewFinder([]*Regexp{p.Regexp})
		for _, text := range texts {
			n.hold(t, f, []paired{p}, text)
		}
	}
	if n.traced < n.all*2/3 {
		t.Errorf("%+v", n)
	}
}
