package filter

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"f2b/lib/pyre"
)

// Process tries one line. The result is valid until the next call.
func (f *Filter) Process(l Line) *Result {
	f.result = Result{Matches: f.result.Matches[:0], Ignored: f.result.Ignored[:0]}
	text, when, dated := f.date(l)
	f.result.Text, f.result.Dated = text, dated
	before := f.waiting()
	f.push(bufferedLine{text: text, raw: l.Text})
	f.find(when)
	if f.Maxlines > 1 {
		f.result.Consumed = f.consumed(before)
	}
	return &f.result
}

// date finds the time of a line and cuts its text out. A line without a real date has the time of the last
// dated line, as a log is written in order; before any dated line it has the present time.
func (f *Filter) date(l Line) (text string, when time.Time, dated bool) {
	if !l.Time.IsZero() {
		f.lastDate = l.Time
		return l.Text, l.Time, true
	}
	text = l.Text
	if f.dates != nil {
		if m, found := f.dates.Find(l.Text, f.now()); found {
			if m.OK && m.End > m.Start {
				f.lastDate = m.Time
				return cut(l.Text, m.Start, m.End), m.Time, true
			}
			if f.lastDate.IsZero() {
				text = cut(l.Text, m.Start, m.End)
			}
		}
	}
	if f.lastDate.IsZero() {
		return text, f.now(), false
	}
	return text, f.lastDate, false
}

func cut(s string, start, end int) string {
	if start == 0 {
		return s[end:]
	}
	return s[:start] + s[end:]
}

// find looks for failures in the buffer, whose last line has the time when.
func (f *Filter) find(when time.Time) {
	orig := f.buffer
	text := join(orig)
	if n := len(f.ignore); n > 0 && n < len(f.failregex)-2 && f.ignored(text, nil) {
		return
	}
	var pre captures
	if f.prefregex != nil {
		loc := f.search(f.prefregex, text)
		if loc == nil {
			return
		}
		f.result.Prefixed = true
		pre = f.prefregex.take(f.slots, text, loc)
		if content := pre.text[slotContent]; content != "" {
			f.buffer = []bufferedLine{{text: content, raw: content}}
			text = join(f.buffer)
		}
		if f.checkAll {
			f.result.Prefix = pre.String(f.slots)
		}
		pre.drop(slotContent)
	}
	for i, r := range f.failregex {
		if !f.tryRule(i, r, &text, orig, pre, when) {
			return
		}
	}
}

// tryRule tries one failregex; it tells whether the next one should be tried too.
func (f *Filter) tryRule(i int, r *rule, text *string, orig []bufferedLine, pre captures, when time.Time) bool {
	loc := f.search(r, *text)
	if loc == nil {
		return true
	}
	found := r.take(f.slots, *text, loc)
	lines := r.lines(*text, loc, orig)
	if len(f.ignore) > 0 && f.ignored(*text, lines.matched) {
		if !f.checkAll || f.Maxlines > 1 {
			f.buffer = lines.unmatched
		}
		*text = join(f.buffer)
		return f.checkAll
	}
	if !f.checkAll || f.Maxlines > 1 {
		f.buffer = lines.unmatched
		*text = join(f.buffer)
	}
	if pre.set != nil {
		all := pre.clone()
		all.overlay(found)
		found = all
	}
	done := f.failure(i+1, found, lines.matched, when)
	return f.checkAll || !done
}

// failure makes what was captured a failure. It tells whether the line is dealt with.
func (f *Filter) failure(rule int, c captures, matched []bufferedLine, when time.Time) bool {
	m := Match{Rule: rule, Time: when}
	session := f.session(&c, matched, when)
	if session == nil {
		m.Lines = raws(matched)
	} else {
		c, m.Lines, m.Nofail = session.captures, session.matches, session.nofail
		if m.Nofail && !f.checkAll {
			return true
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
			return true
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
	return true
}

// ignored tries the ignoreregexes: on the whole text, or when lines are matched together on those that
// matched. All are tried when all are asked for (to count them), else the first that matches ends it.
func (f *Filter) ignored(text string, matched []bufferedLine) bool {
	if matched != nil && f.Maxlines > 1 {
		text = join(matched)
	}
	any := false
	for i, r := range f.ignore {
		if f.search(r, text) == nil {
			continue
		}
		any = true
		f.result.Ignored = append(f.result.Ignored, i+1)
		if !f.checkAll {
			break
		}
	}
	return any
}

// search runs one pattern. One that runs out of time is said, counted, and misses.
func (f *Filter) search(r *rule, text string) []int {
	loc, err := r.re.FindSubmatchIndex(text, r.loc[:0])
	if err == nil {
		if loc != nil {
			r.loc = loc
		}
		return loc
	}
	f.stats.Timeouts++
	r.timeouts++
	if r.timeouts == 1 {
		why := err.Error()
		if errors.Is(err, pyre.ErrTimeout) {
			why = "took too long and was given up on a line; that line counts as missed"
		}
		f.warn(fmt.Errorf("pattern %s: %s", r.text, why))
	}
	return nil
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

// join puts lines together as the patterns see them: each with a newline behind it.
func join(lines []bufferedLine) string {
	if len(lines) == 1 {
		return lines[0].text + "\n"
	}
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(l.text)
		b.WriteByte('\n')
	}
	if len(lines) == 0 {
		return "\n"
	}
	return b.String()
}
