// Package logtime finds the time in a log line and reads it.
//
// It follows fail2ban's date detector: the same built-in formats in the same
// order, the same datepattern language, the same guesses about a missing year,
// date or zone, and the same choice among several date-like texts in a line.
// A Detector therefore learns: the format that fitted the last line, at the
// place where it stood, is tried first on the next one. Use one Detector for
// one log.
//
// In two things it does better. Fractions of a second are kept. And of the dates
// in a line that built-in formats find, the one farthest left is the line's,
// whatever was learned: fail2ban takes a later one if it is in the last format of
// all, or stands where, or before where, the date of an earlier line stood, and
// so lets those who choose the text of a line choose its time. A line without a
// date of its own, or with text of theirs before it, still does.
package logtime

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// Options say what a Detector looks for.
type Options struct {
	// Patterns are the lines of a datepattern: strptime-like tokens within a
	// Python regular expression, or one of the words EPOCH, LEPOCH, TAI64N,
	// {DEFAULT}, {^LN-BEG} and {NONE}. White space around a line is dropped
	// and so are empty lines. With none left the built-in formats are used.
	Patterns []string

	// Location is the zone of times that name none, and the zone in which
	// "today" and "this year" are meant. Nil is time.Local.
	Location *time.Location

	// Formats, if set, is what several Detectors have in common.
	Formats *Formats

	// GaveUp, if set, is told of each search for a pattern that was given up
	// because it took too long, and whether the pattern is set aside for that
	// (pyre.Loss). The line has no such date then.
	GaveUp func(pattern string, aside bool)
}

// A Match is a date found in a line.
//
// The caller cuts line[Start:End] out before it matches a failregex. What the
// line's time is, is said by OK:
//
//   - found and OK: Time is the line's time.
//   - found, not OK, Start < End: the text looks like a date but is none
//     (30 February, a 61st second, an unknown zone name). It is cut and the
//     line counts as undated.
//   - found, not OK, Start == End: the pattern matched no text, as {NONE} always
//     does. Nothing is cut and the line counts as undated.
//   - not found: nothing is cut and the line counts as undated.
//
// An undated line takes the time of the last dated one if that is less than a
// minute old, else the present; this is the caller's to do.
type Match struct {
	Time       time.Time // in Options.Location; the zero time unless OK
	Start, End int       // bytes of the pattern's group 1
	Template   int       // which format it was: Hit.Template
	OK         bool
}

// A Hit tells how often a format gave the date of a line.
type Hit struct {
	Template int    // the number of the format, as in Match
	Name     string // the pattern in words: "Year-Month-Day 24hour:Minute"
	Pattern  string // the pattern as it was written
	Count    int
}

// A Detector finds dates in the lines of one log. It is not safe for concurrent
// use.
type Detector struct {
	order []*template // in the order in which they are tried
	clock clock

	last     int  // index in order of the format that won last; -1: none yet
	lastEdge edge // where it stood
	unused   int  // index in order up to which all formats have won before

	least    int // how long a line is that has a date, at least; 0: not known yet, or it may be empty
	machine  machine
	plain    bool        // all formats are built-in ones
	stock    []*template // the built-in ones, in the order of their definition; nil: not needed yet
	memo     memo        // of the last line with a date
	none     memo        // of the last line without one, where that was sure from how it began
	undated  bool        // the last line had none
	measured bool

	start, end int    // of the last date
	values     values // and what it says
	valid      bool   // if it says anything
	loc, spare []int  // groups of the match at hand, and of the best candidate
}

// New returns a Detector for the given patterns. The error names the pattern
// that is wrong and says why.
func New(o Options) (*Detector, error) {
	l := list{names: map[string]bool{}, formats: o.Formats}
	for _, p := range o.Patterns {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		if err := l.add(p); err != nil {
			return nil, fmt.Errorf("datepattern %q: %w", p, err)
		}
	}
	if len(l.templates) == 0 {
		if err := l.addDefaults(nil); err != nil {
			return nil, err
		}
	}
	if len(l.templates) == 0 {
		return nil, errors.New("datepattern: no format left")
	}
	d := &Detector{order: l.templates, last: -1, clock: clock{loc: o.Location}}
	if d.clock.loc == nil {
		d.clock.loc = time.Local
	}
	d.plain = true
	for i, t := range l.templates {
		t.number, t.gaveUp = i, o.GaveUp
		d.plain = d.plain && t.builtin
	}
	d.loc, d.spare = make([]int, 0, roomyGroups), make([]int, 0, roomyGroups)
	return d, nil
}

// roomyGroups is room for the places of the groups of all formats but extraordinary ones.
const roomyGroups = 2 * 32

// Find looks for a date in line. The guesses about a missing year or date are
// made against now.
func (d *Detector) Find(line string, now time.Time) (m Match, found bool) {
	if d.memo.holds(line) {
		d.wonAgain(now, 1)
	} else if len(line) < d.least || d.none.holds(line) {
		d.undated = true
		return Match{}, false
	} else if minute, second, ns, ok := d.memo.alike(line); ok {
		d.wonAgain(now, 1)
		d.values.minute, d.values.second = minute, second
		if d.memo.digits > 0 {
			d.values.ns = ns
		}
		copy(d.memo.begin, line)
	} else {
		h, again, ok := d.search(line)
		if !ok {
			d.measure()
			d.none.set(line, true, d.machine.most)
			d.undated = true
			return Match{}, false
		}
		d.won(line, h, now)
		d.read(line, h)
		d.memo.set(line, again, d.machine.seen)
		d.memo.loosen(line, d.order[d.last], h.loc)
	}
	d.undated = false
	m = Match{Template: d.order[d.last].number, Start: d.start, End: d.end}
	if d.valid {
		m.Time, m.OK = d.clock.resolve(d.values, now)
	}
	return m, true
}

// measure finds out how long a date is at least, once all formats had to be compiled anyway.
func (d *Detector) measure() {
	if d.measured {
		return
	}
	d.measured, d.least = true, math.MaxInt
	for _, t := range d.order {
		if t.ready() != nil || t.prog == nil {
			d.least = 0
			return
		}
		d.least = min(d.least, t.prog.least)
	}
}

// AgainIn tells of how many lines in a row Find would find the same as it did for the last line: the same date, at the same place, or none;
// now must be the same too. It learns from these lines what Find would. The lines are parts of text, each from where it begins to where it
// ends.
func (d *Detector) AgainIn(text string, lines [][2]int32, now time.Time) int {
	if d.undated {
		return d.none.again(text, lines)
	}
	n := d.memo.again(text, lines)
	if n > 0 {
		d.wonAgain(now, n)
	}
	return n
}

// read reads the date that was found. One that matched no text is none.
func (d *Detector) read(line string, h find) {
	d.start, d.end, d.valid = h.loc[2], h.loc[3], false
	if d.start < 0 || d.start == d.end {
		d.start, d.end = 0, 0
		return
	}
	d.values, d.valid = d.order[d.last].read(line, h.loc)
}

// Hits returns every format with the number of lines whose date it gave, in the
// order in which the formats are tried at present.
func (d *Detector) Hits() []Hit {
	hits := make([]Hit, len(d.order))
	for i, t := range d.order {
		hits[i] = Hit{Template: t.number, Name: t.name, Pattern: t.pattern, Count: t.hits}
	}
	return hits
}
