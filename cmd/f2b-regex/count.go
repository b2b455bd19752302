package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"f2b/lib/filter"
	"f2b/lib/source"
)

// counts is what a run over a log found.
type counts struct {
	tested, matched, ignored, missed int
	prefixed                         int
	failregex, ignoreregex           []int
	hits                             [][]string // by failregex: whom and when, for -v
	prefixes                         []string   // what prefregex caught, for -v
	matchedLines                     []string
	ignoredLines                     []string
	missedLines                      []string
	firstMissed                      *filter.Line
	took                             time.Duration
}

// shownLines is how many lines of a kind are shown unless all are asked for.
const shownLines = 20

func (t *tool) shown() int {
	if t.Maxlines > 0 {
		return t.Maxlines
	}
	return shownLines
}

// count tries all lines.
func (t *tool) count(f *filter.Filter, in source.Source) (*counts, error) {
	c := &counts{
		failregex:   make([]int, len(f.Failregex())),
		ignoreregex: make([]int, len(f.Ignoreregex())),
		hits:        make([][]string, len(f.Failregex())),
	}
	start := time.Now()
	err := each(in, t.journal(), func(l filter.Line) error {
		if missed := t.try(c, f, l); missed && c.firstMissed == nil {
			c.firstMissed = &l
		}
		return nil
	})
	c.took = time.Since(start)
	return c, err
}

// each calls do for all lines; as fail2ban-regex, it passes over empty lines and comments of a file.
func each(in source.Source, journal bool, do func(filter.Line) error) error {
	for {
		l, err := in.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !journal && (l.Text == "" || l.Text[0] == '#') {
			continue
		}
		if err := do(filter.Line{Text: l.Text, Time: l.Time}); err != nil {
			return err
		}
	}
}

// try counts one line; it tells whether the line was missed.
func (t *tool) try(c *counts, f *filter.Filter, l filter.Line) bool {
	r := f.Process(l)
	t.found.Add(int64(len(r.Matches)))
	found, ignored := 0, len(r.Ignored) > 0
	for i := range r.Matches {
		m := &r.Matches[i]
		c.failregex[m.Rule-1]++
		if t.Verbose > 0 {
			c.hits[m.Rule-1] = append(c.hits[m.Rule-1], hitLine(m, found > 1))
		}
		if m.Nofail {
			ignored = true
		} else {
			found++
		}
	}
	for _, n := range r.Ignored {
		c.ignoreregex[n-1]++
	}
	if r.Prefixed {
		c.prefixed++
		if t.Verbose > 0 && len(c.prefixes) <= t.shown() {
			c.prefixes = append(c.prefixes, "    "+visible(r.Prefix))
		}
	}
	t.buffered(c, r.Consumed)
	c.tested++
	switch {
	case ignored:
		c.ignored++
		if !t.PrintNoIgnored && (t.PrintAllIgnored || c.ignored <= t.shown()+1) {
			c.ignoredLines = append(c.ignoredLines, l.Text)
		}
	case found > 0:
		c.matched++
		if t.PrintAllMatched {
			c.matchedLines = append(c.matchedLines, l.Text)
		}
	default:
		c.missed++
		if !t.PrintNoMissed && (t.PrintAllMissed || c.missed <= t.shown()+1) {
			c.missedLines = append(c.missedLines, l.Text)
		}
		return true
	}
	return false
}

// buffered counts earlier lines, so far missed, that a match of several lines used.
func (t *tool) buffered(c *counts, lines []string) {
	for _, line := range lines {
		if i := slices.Index(c.missedLines, line); i >= 0 {
			c.missedLines = slices.Delete(c.missedLines, i, i+1)
		}
		if t.PrintAllMatched {
			c.matchedLines = append(c.matchedLines, line)
		}
		c.matched++
		c.missed--
	}
}

func hitLine(m *filter.Match, several bool) string {
	who := visible(m.Who())
	if m.Pending {
		who = "None"
	}
	line := fmt.Sprintf("    %s  %s", who, m.Time.Local().Format("Mon Jan 02 15:04:05 2006"))
	if several {
		line += " (multiple regex matched)"
	}
	var caught []string
	for _, c := range m.Captures() {
		if c.Set {
			caught = append(caught, fmt.Sprintf("%s=%q", c.Name, c.Value))
		}
	}
	if len(caught) > 0 {
		line += "  " + strings.Join(caught, " ")
	}
	return line
}
