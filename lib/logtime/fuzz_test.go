package logtime

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"f2b/lib/bounds"
)

// checkMatch reports a match that no caller could use.
func checkMatch(t *testing.T, line string, m Match, found bool) {
	t.Helper()
	switch {
	case !found && m != (Match{}):
		t.Errorf("%q: not found, but %+v", line, m)
	case m.Start < 0 || m.Start > m.End || m.End > len(line):
		t.Errorf("%q: from %d to %d", line, m.Start, m.End)
	case m.OK && m.Start == m.End:
		t.Errorf("%q: a time read from no text", line)
	case m.OK && (m.Time.Year() < 1 || m.Time.Year() > 9999):
		t.Errorf("%q: %v", line, m.Time)
	}
}

// checkProgram compares a template's program with its regular expression on
// line[from:to].
func checkProgram(t *testing.T, tmpl *template, line string, from, to int) {
	t.Helper()
	if tmpl.ready() != nil || tmpl.prog == nil {
		return
	}
	var m machine
	m.look(line)
	fast, found, gaveUp := m.find(tmpl.prog, line[:to], from, nil)
	if gaveUp {
		return
	}
	slow := tmpl.search(line, from, to, nil)
	if !found {
		fast = nil
	}
	if !slices.Equal(fast, slow) {
		t.Errorf("%s\n%q from %d to %d:\nprogram %v\nregexp  %v", tmpl.regex, line, from, to, fast, slow)
	}
}

func TestProgramIsTheRegexp(t *testing.T) {
	g := &generator{rand.New(rand.NewPCG(3, 2026))}
	templates := allTemplates(t)
	samples := slices.Concat(sampleLines(t)...)
	for range 1500 {
		line := g.line()
		if g.IntN(3) == 0 {
			line = g.mutate(pick(g, samples), line)
		}
		for range 8 {
			tmpl := pick(g, templates)
			checkProgram(t, tmpl, line, 0, len(line))
			from := offset(line, g.IntN(len(line)+1))
			to := from + g.IntN(len(line)-from+1)
			for to < len(line) && !utf8.RuneStart(line[to]) {
				to++
			}
			if !tmpl.anchored() {
				checkProgram(t, tmpl, line, from, to)
			}
		}
	}
}

// allTemplates returns the built-in templates and those of the test's patterns.
func allTemplates(t *testing.T) (all []*template) {
	for _, p := range append([]string{"{DEFAULT}"}, patterns...) {
		var l list
		l.names = map[string]bool{}
		if err := l.add(p); err == nil { // patterns with several lines are none by themselves
			all = append(all, l.templates...)
		}
	}
	if len(all) < 100 {
		t.Fatalf("only %d templates", len(all))
	}
	return all
}

func FuzzFind(f *testing.F) {
	g := &generator{rand.New(rand.NewPCG(4, 2026))}
	for _, layout := range formats {
		f.Add(g.decorate(g.render(layout)), g.line(), int64(g.now()))
	}
	zurich, err := time.LoadLocation("Europe/Zurich")
	if err != nil {
		f.Fatal(err)
	}
	built, err := New(Options{}) // its regular expressions are compiled once
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, first, second string, now int64) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		if now < 0 || now > maxWall-400*daySeconds {
			return
		}
		d, err := New(Options{Location: zurich})
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{first, second, first} {
			m, found := d.Find(line, time.Unix(now, 0))
			checkMatch(t, line, m, found)
			if !utf8.ValidString(line) {
				continue
			}
			for _, tmpl := range built.order {
				checkProgram(t, tmpl, line, 0, len(line))
			}
		}
	})
}

func FuzzPattern(f *testing.F) {
	g := &generator{rand.New(rand.NewPCG(5, 2026))}
	for _, p := range patterns {
		f.Add(p, g.forPattern(p))
	}
	f.Fuzz(func(t *testing.T, pattern, line string) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		if !utf8.ValidString(pattern) || !utf8.ValidString(line) || len(pattern) > 200 || len(line) > 1000 {
			return
		}
		d, err := New(Options{Patterns: []string{pattern}, Location: time.UTC})
		if err != nil {
			return
		}
		m, found := d.Find(line, time.Unix(1.79e9, 0))
		checkMatch(t, line, m, found)
		for _, tmpl := range d.order {
			checkProgram(t, tmpl, line, 0, len(line))
			if tmpl.ready() == nil && tmpl.prog != nil && len(tmpl.prog.names) != len(tmpl.names) {
				t.Errorf("%s: groups %q and %q", tmpl.regex, tmpl.prog.names, tmpl.names)
			}
		}
	})
}
