package pyre

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLiterals(t *testing.T) {
	for _, test := range []struct {
		pattern string
		want    []string
	}{
		{`^Failed \S+ for .* from (?P<ip>\S+)$`, []string{"failed "}},
		{`(?:a|bc)d+e`, []string{"d"}},
		{`(?:foo|bar)baz`, []string{"foobaz", "barbaz"}},
		{`(?:one .*|two \d+) (?:x)?long enough`, []string{" xlong enough", " long enough"}},
		{`[Ii]nvalid (?:user )?\d`, []string{"invalid user ", "invalid "}},
		{`(?i)Mask`, []string{"mas\u212a", "ma\u017fk", "ma\u017f\u212a", "mask"}},
		{`(?:quite long){2,}`, []string{"quite long"}},
		{`x*|abc`, nil},
		{`(?=lookahead)a`, []string{"a"}},
		{`(?P<q>"|')text(?P=q)`, []string{"\"text", "'text"}},
		{`a\nb`, []string{"a"}},
		{`\d+`, nil},
	} {
		got := Literals([]*Regexp{MustCompile(test.pattern, 0)})
		slices.Sort(got)
		slices.Sort(test.want)
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.pattern, got, test.want)
		}
	}
	if got := Literals([]*Regexp{MustCompile(`abc`, 0), MustCompile(`\d`, 0)}); got != nil {
		t.Errorf("of a pattern that needs none: %q", got)
	}
}

// TestLiteralsAreNeeded searches texts for random patterns: what matches holds a literal.
func TestLiteralsAreNeeded(t *testing.T) {
	r := rand.New(rand.NewPCG(seed, 5))
	known, matched := 0, 0
	for range 8_000 {
		flags := []Flags{0, 0, IgnoreCase, Multiline, Dotall, ASCII}[r.IntN(6)]
		re, err := Compile((&grammar{r: r}).pattern(3), flags)
		if err != nil {
			continue
		}
		literals := Literals([]*Regexp{re})
		if literals == nil {
			continue
		}
		known++
		for range 20 {
			text := randomText(r)
			if ok, err := re.MatchString(text + "\n"); !ok || err != nil {
				continue
			}
			matched++
			if !slices.ContainsFunc(literals, func(l string) bool { return strings.Contains(lowered(text), l) }) {
				t.Fatalf("%q matches %q, which holds none of %q", re, text, literals)
			}
		}
	}
	if known < 1000 || matched < 2000 {
		t.Errorf("%d patterns, %d matches: too few to tell anything", known, matched)
	}
	t.Logf("%d patterns, %d matches", known, matched)
}

// TestGuardsLetThrough searches random texts with and without the look at what they have to hold.
func TestGuardsLetThrough(t *testing.T) {
	r := rand.New(rand.NewPCG(seed, 6))
	guards, held, matched := 0, 0, 0
	for range 4000 {
		pattern := (&grammar{r: r}).pattern(3)
		tree, err := parse(pattern, []Flags{0, IgnoreCase, Multiline}[r.IntN(3)])
		if err != nil {
			continue
		}
		root := settle(simplify(tree.root), anything)
		b := newBacktracker(root, len(tree.names), time.Second)
		if _, err := b.ascii(); err != nil {
			continue
		}
		g := &guarded{b, needsOfAll(root)}
		if len(g.needs) == 0 {
			continue
		}
		guards++
		for range 5 {
			text := randomText(r) + "\n" + randomText(r) + "\n"
			want, err := b.find(text, nil)
			got, guardedErr := g.find(text, nil)
			if err == nil && (guardedErr != nil || !slices.Equal(got, want)) {
				t.Fatalf("%q in %q: %v, want %v", pattern, text, got, want)
			}
			if want != nil {
				matched++
			} else {
				held++
			}
		}
	}
	if guards < 500 || matched < 200 {
		t.Errorf("%d guards, %d matches: too few to tell anything", guards, matched)
	}
	t.Logf("%d guards, %d matches, %d misses", guards, matched, held)
}
