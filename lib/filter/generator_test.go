package filter

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"f2b/lib/logtime"
)

const (
	runsPerGroup = 4
	linesPerRun  = 50
)

// generator makes logs out of samples.
type generator struct {
	*rand.Rand
	zone *time.Location
}

// run begins a run of a filter with the options of a group of samples.
func (g *generator) run(name string, samples *group) *run {
	r := &run{Filter: name, Options: map[string]string{}, Ignoreregex: []string{}, Usedns: "raw",
		Journal: samples.options["logtype"] == "journal"}
	for k, v := range samples.options {
		if !strings.HasPrefix(k, "test.") {
			r.Options[k] = v
		}
	}
	return r
}

func (r *run) add(line string, now time.Time) {
	r.Lines = append(r.Lines, line)
	r.Now = append(r.Now, now.Unix())
}

// samples is the run over a sample log as it is.
func (g *generator) samples(name string, samples *group) *run {
	r := g.run(name, samples)
	now := time.Date(2005, 8, 14, 12, 0, 0, 0, g.zone)
	for _, s := range samples.samples {
		r.add(samples.options["test.prefix-line"]+s.line, now)
	}
	return r
}

// mutated is a run over lines picked from a sample log and changed. Most have the time of one of them, so that
// sessions hold together, and are read half a minute later.
func (g *generator) mutated(name string, samples *group) *run {
	r := g.run(name, samples)
	if g.IntN(2) == 0 {
		r.Usedns = "no"
	}
	if g.IntN(3) == 0 {
		r.Ignoreregex = append(r.Ignoreregex, g.pick(ignorePatterns))
	}
	if g.IntN(4) == 0 {
		r.Maxlines = 2 + g.IntN(3)
	}
	base := samples.samples[g.IntN(len(samples.samples))].line
	d := g.dater(r, base)
	for range linesPerRun {
		at := g.IntN(len(samples.samples))
		for n := 1 + g.IntN(3); n > 0 && at < len(samples.samples); n, at = n-1, at+1 { // neighbours belong together
			line := samples.samples[at].line
			if g.IntN(8) > 0 {
				line = d.redate(line)
			}
			r.add(g.mutate(samples.options["test.prefix-line"]+line, base), d.now)
		}
	}
	return r
}

// dater gives lines one date, half a minute before now.
type dater struct {
	dates *logtime.Detector
	text  string // of the date; empty: there is none
	now   time.Time
}

// dater takes the date of a line.
func (g *generator) dater(r *run, line string) *dater {
	d := &dater{now: time.Date(2005, 8, 14, 12, 0, 0, 0, g.zone)}
	f, err := r.load(g.zone, &d.now)
	if err != nil || f.Dates() == nil {
		return d // an error is told by whoever compares the run
	}
	d.dates = f.Dates()
	if m, found := f.Dates().Find(line, d.now); found && m.OK && m.Start < m.End {
		d.text, d.now = line[m.Start:m.End], m.Time.Add(30*time.Second)
	}
	return d
}

// redate puts the date in the place of the line's own.
func (d *dater) redate(line string) string {
	if d.text == "" {
		return line
	}
	if m, found := d.dates.Find(line, d.now); found {
		return line[:m.Start] + d.text + line[m.End:]
	}
	return line
}

var (
	ignorePatterns = []string{`root`, `<HOST>$`, `\.[13579]\b`, `^.*[Ii]nvalid`, `<F-USER>admin</F-USER>`}
	addressText    = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b`)
	numberText     = regexp.MustCompile(`\b\d{1,6}\b`)
	wordText       = regexp.MustCompile(`\pL+`)
	addresses      = []string{"192.0.2.1", "192.0.2.2", "198.51.100.77", "2001:db8::1", "2001:DB8:0:0::00ff", "::ffff:192.0.2.3",
		"[192.0.2.4]", "host.example.com", "999.1.1.1", "192.030.0.6", "192.0.2.0/24", "1.2.3", "::1", "192.0.2.5:22", "unknown"}
	words = []string{"root", "admin", "", "from 192.0.2.9", "user name", "été", "<x>", `"`, "a'b", "from", "ssh2", "[preauth]"}
	edges = []string{" ", "  ", "\t", "x", ":", "]", "\u00a0", "\u2028", "\x1b[1m", "\ufffd", "$", "'"}
)

func (g *generator) pick(from []string) string { return from[g.IntN(len(from))] }

// mutate changes a line in none to three places.
func (g *generator) mutate(line, other string) string {
	for n := g.IntN(4); n > 0; n-- {
		switch g.IntN(9) {
		case 0, 1:
			line = g.replaceOne(addressText, line, g.pick(addresses))
		case 2, 3:
			line = g.replaceOne(numberText, line, fmt.Sprint(g.IntN(4)))
		case 4:
			line = g.replaceOne(wordText, line, g.pick(words))
		case 5:
			line += g.pick(edges)
		case 6:
			at := g.boundary(line)
			line = line[:at] + g.pick(edges) + line[at:]
		case 7:
			from := g.boundary(line)
			line = line[:from] + line[from+g.boundary(line[from:]):]
		case 8:
			line = line[:g.boundary(line)] + other[g.boundary(other):]
		}
	}
	return line
}

// boundary is a place in a line that parts no character.
func (g *generator) boundary(line string) int {
	at := g.IntN(len(line) + 1)
	for at < len(line) && !utf8.RuneStart(line[at]) {
		at--
	}
	return at
}

// replaceOne replaces one of the places where a pattern matches.
func (g *generator) replaceOne(re *regexp.Regexp, line, with string) string {
	found := re.FindAllStringIndex(line, -1)
	if len(found) == 0 {
		return line
	}
	at := found[g.IntN(len(found))]
	return line[:at[0]] + with + line[at[1]:]
}
