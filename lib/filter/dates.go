package filter

import (
	"slices"
	"strings"
	"time"

	"f2b/lib/logtime"
)

// dateFinder finds the times of a log's lines, one after the other: it learns from each. Filters that read dates alike, of the same lines,
// can share one.
type dateFinder struct {
	detector  *logtime.Detector // nil: lines are not searched for dates
	options   logtime.Options   // what it was made with
	now       func() time.Time
	file      string // of the line before
	lastDate  time.Time
	lastDates map[string]time.Time // of the other files
}

// ShareDates lets f find dates together with another filter, if both read them alike. They must have the same clock, and from now on be
// given the same lines in the same order. What each line's date is then need be found for one of them only.
func (f *Filter) ShareDates(with *Filter) bool {
	a, b := f.dates, with.dates
	if (a.detector == nil) != (b.detector == nil) || a.options.Location != b.options.Location ||
		!slices.Equal(a.options.Patterns, b.options.Patterns) {
		return false
	}
	f.dates = b
	return true
}

// Dating is what is known of the time of a line, and which part of it is the date's and cut out.
type Dating struct {
	when       time.Time
	start, end int
	dated      bool
	found      bool // a date, though perhaps one that there is not
}

// rest is the line without its date.
func (d *Dating) rest(line string) string {
	if d.start == 0 {
		return line[d.end:]
	}
	return line[:d.start] + line[d.end:]
}

// Dates are those of a batch's lines: many in a row have the same.
type Dates struct {
	runs []datedRun
}

// datedRun begins at a line; it ends where the next one begins.
type datedRun struct {
	Dating
	from int32
}

// add notes what is known of a line.
func (ds *Dates) add(line int, d Dating) {
	if n := len(ds.runs); n == 0 || ds.runs[n-1].Dating != d {
		ds.runs = append(ds.runs, datedRun{d, int32(line)})
	}
}

// of is what is known of a line; run is where it is, or one before it.
func (ds *Dates) of(line int, run *int) *Dating {
	for *run+1 < len(ds.runs) && int(ds.runs[*run+1].from) <= line {
		*run++
	}
	return &ds.runs[*run].Dating
}

// block finds the times of the lines of a batch.
func (df *dateFinder) block(b *Batch, ds *Dates) {
	ds.runs = ds.runs[:0]
	if len(b.Parts) == 0 {
		df.part(b, ds, 0, Part{len(b.Lines), b.File, b.Now})
	}
	first := 0
	for _, p := range b.Parts {
		df.part(b, ds, first, p)
		first += p.Lines
	}
}

// part finds the times of the lines of one log, from the first one on. They came together, so what dates are read against is the same
// for all.
func (df *dateFinder) part(b *Batch, ds *Dates, first int, p Part) {
	df.turn(p.File)
	now := df.present(p.Now)
	for i, end := first, first+p.Lines; i < end; {
		if i > first && df.detector != nil {
			n := df.detector.AgainIn(b.Text, b.Lines[i:end], now)
			if i += n; n > 0 {
				continue
			}
		}
		ds.add(i, df.date(Line{Text: b.line(i)}, now))
		i++
	}
}

// present is what dates are read against.
func (df *dateFinder) present(now time.Time) time.Time {
	if now.IsZero() {
		return df.now()
	}
	return now
}

// turn goes on to the lines of a file: what was the last date in another one says nothing of them.
func (df *dateFinder) turn(file string) {
	if file == df.file {
		return
	}
	if df.lastDates == nil {
		df.lastDates = map[string]time.Time{}
	}
	df.lastDates[strings.Clone(df.file)] = df.lastDate
	df.file, df.lastDate = file, df.lastDates[file]
}

// date finds the time of a line. A line without a real date has the time of the last dated line, as a log is
// written in order; before any dated line it has the present time.
func (df *dateFinder) date(l Line, now time.Time) Dating {
	if !l.Time.IsZero() {
		df.lastDate = l.Time
		return Dating{when: l.Time, dated: true}
	}
	var d Dating
	if df.detector != nil {
		var m logtime.Match
		if m, d.found = df.detector.Find(l.Text, now); d.found {
			if m.OK && m.End > m.Start {
				df.lastDate = m.Time
				return Dating{m.Time, m.Start, m.End, true, true}
			}
			if df.lastDate.IsZero() {
				d.start, d.end = m.Start, m.End
			}
		}
	}
	d.when = df.lastDate
	if d.when.IsZero() {
		d.when = now
	}
	return d
}
