package filter

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"f2b/lib/logtime"
	"f2b/lib/pyre"
)

// Process tries one line. The result is valid until the next call.
func (f *Filter) Process(l Line) *Result {
	f.result = Result{Matches: f.result.Matches[:0], Ignored: f.result.Ignored[:0]}
	f.lines = f.lines[:0]
	if !f.stepwise() {
		f.together(l)
		return &f.result
	}
	if f.worker == nil {
		f.worker = f.NewWorker()
	}
	b := &f.single
	b.Lines, b.Times, b.File = append(b.Lines[:0], l.Text), b.Times[:0], l.File
	if !l.Time.IsZero() {
		b.Times = append(b.Times, l.Time)
	}
	f.Date(b)
	f.worker.Decide(b)
	f.result.Text, f.result.Dated = b.dates[0].rest(l.Text), b.dates[0].dated
	f.finish(b, nil)
	return &f.result
}

// dating is what is known of the time of a line, and which part of it is the date's and cut out.
type dating struct {
	when       time.Time
	start, end int
	dated      bool
	found      bool // a date, though perhaps one that there is not
}

// rest is the line without its date.
func (d *dating) rest(line string) string {
	if d.start == 0 {
		return line[d.end:]
	}
	return line[:d.start] + line[d.end:]
}

// turn goes on to the lines of a file: what was the last date in another one says nothing of them.
func (f *Filter) turn(file string) {
	if file == f.file {
		return
	}
	if f.lastDates == nil {
		f.lastDates = map[string]time.Time{}
	}
	f.lastDates[strings.Clone(f.file)] = f.lastDate
	f.file, f.lastDate = file, f.lastDates[file]
}

// date finds the time of a line. A line without a real date has the time of the last dated line, as a log is
// written in order; before any dated line it has the present time.
func (f *Filter) date(l Line, now time.Time) dating {
	if !l.Time.IsZero() {
		f.lastDate = l.Time
		return dating{when: l.Time, dated: true}
	}
	var d dating
	if f.dates != nil {
		var m logtime.Match
		if m, d.found = f.dates.Find(l.Text, now); d.found {
			if m.OK && m.End > m.Start {
				f.lastDate = m.Time
				return dating{m.Time, m.Start, m.End, true, true}
			}
			if f.lastDate.IsZero() {
				d.start, d.end = m.Start, m.End
			}
		}
	}
	d.when = f.lastDate
	if d.when.IsZero() {
		d.when = now
	}
	return d
}

// failure makes what was captured a failure.
func (f *Filter) failure(rule int, c captures, matched []bufferedLine, when time.Time) {
	m := Match{Rule: rule, Time: when}
	session := f.session(&c, matched, when)
	if session == nil {
		before := len(f.lines)
		f.lines = appendRaws(f.lines, matched)
		m.Lines = f.lines[before:]
	} else {
		c, m.Lines, m.Nofail = session.captures, session.matches, session.nofail
		if m.Nofail && !f.checkAll {
			return
		}
	}
	if len(m.Lines) > 0 {
		m.Line = m.Lines[len(m.Lines)-1]
	}
	who, known := f.identify(c)
	if !known {
		if session != nil {
			session.pending = true
		}
		m.Pending = true
		if !f.checkAll {
			return
		}
		who = []identity{{}}
	}
	m.slots, m.groups, m.captures = f.slots, f.groups(rule), c
	if f.checkAll && session != nil {
		m.captures = c.clone()
	}
	for _, id := range who {
		m.identity = id
		f.result.Matches = append(f.result.Matches, m)
	}
	if !f.result.Dated && len(who) > 0 && !m.Nofail {
		f.stats.Undated++
	}
}

// search runs one pattern. One that runs out of time is said, counted, and misses.
func (f *Filter) search(r *rule, text string) []int {
	loc, err := r.re.FindSubmatchIndex(text, r.loc[:0])
	if err != nil {
		f.gaveUp(r, err)
		return nil
	}
	if loc != nil {
		r.loc = loc
	}
	return loc
}

// gaveUp notes that a search was given up.
func (f *Filter) gaveUp(r *rule, err error) {
	f.stats.Timeouts++
	r.timeouts++
	if r.timeouts > 1 {
		return
	}
	why := err.Error()
	if errors.Is(err, pyre.ErrTimeout) {
		why = "took too long and was given up on a line; that line counts as missed"
	}
	f.warn(fmt.Errorf("pattern %s: %s", r.text, why))
}

// groups lists what a failregex and prefregex fill; it is worked out once.
func (f *Filter) groups(rule int) []int {
	r := f.failregex[rule-1]
	if r.groups == nil {
		r.groups = r.fills(f.prefregex)
	}
	return r.groups
}

func (f *Filter) warn(err error) {
	if f.report != nil {
		f.report(err)
	}
}
