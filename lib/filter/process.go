package filter

import (
	"slices"
	"time"
)

// Process tries one line. The result is valid until the next call.
func (f *Filter) Process(l Line) *Result {
	d := f.DateOf(l)
	return f.ProcessDated(l.Text, &d)
}

// DateOf finds the time of a line, which ProcessDated needs. Of filters that share their dates one does it for all.
func (f *Filter) DateOf(l Line) Dating {
	f.dates.turn(l.File)
	return f.dates.date(l, f.dates.present(l.Now))
}

// ProcessDated is Process for a line whose time is known.
func (f *Filter) ProcessDated(line string, d *Dating) *Result {
	f.begin()
	if !f.stepwise() {
		before := f.waiting()
		f.together(line, d)
		if f.Maxlines > 1 {
			f.result.Consumed = f.consumed(before)
		}
		return &f.result
	}
	if f.worker == nil {
		f.worker = f.NewWorker()
	}
	b := &f.single
	b.One(line, d)
	f.worker.Decide(b)
	f.result.Text, f.result.Dated = d.rest(line), d.dated
	f.finish(b, nil)
	return &f.result
}

// begin makes room for the result of a line.
func (f *Filter) begin() {
	f.result = Result{Matches: f.result.Matches[:0], Ignored: f.result.Ignored[:0]}
	f.lines = f.lines[:0]
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
	if f.checkAll && session != nil { // the next pattern may change it
		m.captures, m.Lines = c.clone(), slices.Clone(m.Lines)
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
	if r.loss.Aside() {
		f.stats.Skipped++
		return nil
	}
	loc, err := f.run(r, text)
	if err != nil {
		f.gaveUp(r.giveUp())
		return nil
	}
	if loc != nil {
		r.loc = loc
	}
	return loc
}

// run searches a text for a pattern, with automata where they were made.
func (f *Filter) run(r *rule, text string) ([]int, error) {
	if f.finder != nil {
		return f.finder.Find(r.number, text, r.loc)
	}
	return r.re.FindSubmatchIndex(text, r.loc)
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
