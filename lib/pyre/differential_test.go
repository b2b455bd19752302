package pyre

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

// seed makes the mutations and the random patterns; change it to search elsewhere.
const seed = 20240229

// comparison runs questions past Python and pyre and reports where they part.
type comparison struct {
	t       *testing.T
	python  *oracle
	jobs    chan func()
	done    sync.WaitGroup
	pairs   atomic.Int64
	matches atomic.Int64
	known   atomic.Int64
	linear  atomic.Int64
	reports atomic.Int64
}

func newComparison(t *testing.T) *comparison {
	c := &comparison{t: t, python: newOracle(t), jobs: make(chan func(), 8)}
	for range runtime.GOMAXPROCS(0) {
		c.done.Go(func() {
			for job := range c.jobs {
				job()
			}
		})
	}
	return c
}

// wait ends the comparison and says what was compared.
func (c *comparison) wait() {
	close(c.jobs)
	c.done.Wait()
	c.t.Logf("seed %d: %d pairs of pattern and text (%d matches, %d on linear patterns, %d known differences)",
		seed, c.pairs.Load(), c.matches.Load(), c.linear.Load(), c.known.Load())
}

// compare asks Python now and leaves the rest to the workers.
func (c *comparison) compare(pattern string, flags Flags, texts []string) {
	a := c.python.ask(c.t, question{Op: "search", Pattern: pattern, Flags: toPython(flags), Texts: texts})
	c.jobs <- func() { c.check(pattern, flags, texts, a) }
}

func (c *comparison) check(pattern string, flags Flags, texts []string, a answer) {
	re, err := CompileTimeout(pattern, flags, patient)
	if (err != nil) != (a.Error != "") {
		c.report(pattern, flags, "", fmt.Sprintf("pyre says %v, Python %q", err, a.Error))
		return
	}
	if err != nil {
		c.pairs.Add(1)
		return
	}
	if !slices.Equal(re.Names(), a.Names) {
		c.report(pattern, flags, "", fmt.Sprintf("names are %q, in Python %q", re.Names(), a.Names))
	}
	var loc []int
	for i, text := range texts {
		c.pairs.Add(1)
		if re.Linear() {
			c.linear.Add(1)
		}
		want := spansInBytes(text, a.Spans[i])
		if want != nil {
			c.matches.Add(1)
		}
		got, err := re.FindSubmatchIndex(text, loc)
		if err != nil || !slices.Equal(got, want) {
			c.report(pattern, flags, text, fmt.Sprintf("spans are %v (%v), in Python %v", got, err, want))
		}
		loc = got
	}
}

// report tells of a difference that is not known.
func (c *comparison) report(pattern string, flags Flags, text, what string) {
	if isKnown(pattern, flags) {
		c.known.Add(1)
		return
	}
	if c.reports.Add(1) < 20 {
		c.t.Errorf("%q in %q: %s", pattern, text, what)
	}
}

// textsFor makes n texts for the patterns of a filter: its own sample lines, mutations of them, and some of other filters'.
func textsFor(r *rand.Rand, own, all []string, n int) []string {
	if len(own) == 0 {
		own = all
	}
	texts := make([]string, 0, n)
	for range n {
		text := own[r.IntN(len(own))]
		switch r.IntN(10) {
		case 0:
			text = all[r.IntN(len(all))]
		case 1, 2:
		default:
			text = mutate(r, text, own)
		}
		texts = append(texts, text)
	}
	return texts
}

func TestFiltersMatchAsInPython(t *testing.T) {
	c := newComparison(t)
	defer c.wait()
	filters := c.python.ask(t, question{Op: "filters"}).Filters
	dates := c.python.ask(t, question{Op: "dates"}).Dates
	if len(filters) < 50 || len(dates) < 10 {
		t.Fatalf("the installed fail2ban has %d filters and %d date templates: is it whole?", len(filters), len(dates))
	}
	var all []string
	for _, f := range filters {
		all = append(all, f.Texts...)
	}
	r := rand.New(rand.NewPCG(seed, 1))
	slow := map[string]bool{}
	for _, f := range filters {
		for _, p := range f.Patterns {
			c.compare(p.Pattern, fromPython(p.Flags), textsFor(r, f.Texts, all, 450))
			if re, err := Compile(p.Pattern, fromPython(p.Flags)); err == nil && !re.Linear() {
				slow[f.Name] = true
			}
		}
	}
	for _, p := range dates {
		c.compare(p.Pattern, fromPython(p.Flags), textsFor(r, dateTexts, all, 450))
	}
	if got := slices.Sorted(maps.Keys(slow)); !slices.Equal(got, slowFilters) {
		t.Errorf("filters with patterns that are not linear: %q, want %q", got, slowFilters)
	}
}

// slowFilters refer to a group that can match any number of texts.
var slowFilters = []string{"mongodb-auth", "openwebmail", "roundcube-auth", "sendmail-reject", "slapd", "stunnel"}

// dateTexts are lines with dates of every kind.
var dateTexts = []string{
	"2024-02-29 13:14:15 sshd: x\n", "2024-02-29T13:14:15.123456+02:00 x\n", "Feb 29 13:14:15 host x\n", "Thu Feb 29 13:14:15 2024 x\n",
	"[29/Feb/2024:13:14:15 +0100] x\n", "29/02/24 13:14:15 x\n", "02/29/2024:13:14:15 x\n", "1709212455.123 x\n", "[1709212455] x\n",
	"13:14:15 x\n", "<02/29/24@13:14:15> x\n", "240229 13:14:15 x\n", "Feb 29, 2024 1:14:15 PM x\n", "Feb-29-24 13:14:15 x\n",
	"20240229T131415 x\n", "CET Feb 29 13:14:15 x\n", "+01:00 Feb 29 13:14:15 x\n", "@4000000065e07bf1075bcd15 x\n", "audit(1709212455.123:7) x\n",
}
