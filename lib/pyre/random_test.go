package pyre

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// grammar writes random patterns, small enough to meet themselves in random texts.
type grammar struct {
	r      *rand.Rand
	groups int // opened so far
	closed []int
	behind bool
}

var atoms = []string{
	"a", "b", "A", "1", " ", "_", "é", ".", `\w`, `\W`, `\d`, `\D`, `\s`, `\S`, "[ab]", "[^a]", "[a-c1]", `[^\s]`, `[\w ]`, `[^\W\d]`, "-", `\n`, "i", "k", "ſ",
}

var positions = []string{"^", "$", `\b`, `\B`, `\A`, `\Z`}

var quantifiers = []string{"*", "+", "?", "{2}", "{,2}", "{1,}", "{1,3}", "{0,1}"}

func (g *grammar) pattern(depth int) string {
	branches := 1
	if g.r.IntN(3) == 0 {
		branches = 2
	}
	var out []string
	for range branches {
		var b strings.Builder
		for range g.r.IntN(4) {
			b.WriteString(g.item(depth))
		}
		out = append(out, b.String())
	}
	return strings.Join(out, "|")
}

func (g *grammar) item(depth int) string {
	switch n := g.r.IntN(20); {
	case n < 2:
		return positions[g.r.IntN(len(positions))]
	case n == 2 && len(g.closed) > 0 && !g.behind:
		return fmt.Sprintf(`(?:\%d)`, g.closed[g.r.IntN(len(g.closed))])
	case n == 3 && len(g.closed) > 0 && !g.behind && depth > 0:
		return fmt.Sprintf("(?(%d)%s|%s)", g.closed[g.r.IntN(len(g.closed))], g.sequence(depth-1), g.sequence(depth-1))
	case n == 4 && depth > 0:
		return "(?" + []string{"=", "!"}[g.r.IntN(2)] + g.pattern(depth-1) + ")"
	case n == 5:
		return "(?<" + []string{"=", "!"}[g.r.IntN(2)] + atoms[g.r.IntN(len(atoms))] + ")"
	case n < 11 && depth > 0:
		return g.group(depth) + g.quantifier()
	}
	return atoms[g.r.IntN(len(atoms))] + g.quantifier()
}

func (g *grammar) sequence(depth int) string {
	return g.item(depth) + g.item(depth)
}

func (g *grammar) group(depth int) string {
	switch g.r.IntN(6) {
	case 0:
		return "(?>" + g.pattern(depth-1) + ")"
	case 1:
		return "(?i:" + g.pattern(depth-1) + ")"
	case 2, 3:
		return "(?:" + g.pattern(depth-1) + ")"
	}
	g.groups++
	mine := g.groups
	s := "(" + g.pattern(depth-1) + ")"
	g.closed = append(g.closed, mine)
	return s
}

func (g *grammar) quantifier() string {
	if g.r.IntN(2) == 0 {
		return ""
	}
	return quantifiers[g.r.IntN(len(quantifiers))] + []string{"", "", "", "?", "+"}[g.r.IntN(5)]
}

var letters = []rune("aabbAB1_  éi\u0130k\u212aſ\u0663-\n²\u00a0c")

func randomText(r *rand.Rand) string {
	var b strings.Builder
	ascii := r.IntN(2) == 0
	for range r.IntN(12) {
		c := letters[r.IntN(len(letters))]
		if ascii && c >= firstHigh {
			c = 'a'
		}
		b.WriteRune(c)
	}
	return b.String()
}

func TestRandomPatternsMatchAsInPython(t *testing.T) {
	c := newComparison(t)
	defer c.wait()
	r := rand.New(rand.NewPCG(seed, 2))
	for range 4000 {
		g := &grammar{r: r}
		pattern := g.pattern(3)
		texts := []string{"", "\n"}
		for range 18 {
			texts = append(texts, randomText(r))
		}
		flags := []Flags{0, 0, 0, IgnoreCase, Multiline, Dotall, ASCII}[r.IntN(7)]
		c.compare(pattern, flags, texts)
	}
}
