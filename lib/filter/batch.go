package filter

import "time"

// Batch is a run of lines on their way through a filter. The way has three steps:
//
//   - Filter.Date finds their times. The detector learns from line to line, so batches take this step in their order.
//   - Worker.Decide finds which pattern matches and what it captures. That depends on nothing but the line, so several
//     workers can do it at the same time for different batches.
//   - Filter.Finish joins what was found with what earlier lines told, and hands out the failures: in order again.
//
// A batch can be used again when it is finished. Steps one and three may run at the same time, for different batches.
type Batch struct {
	Lines []string    // without their ends; valid UTF-8
	Times []time.Time // of the lines, where the source knows them; else empty
	File  string      // which log they stand in

	dates   []dating
	of      []int32 // which of the dates is a line's: many in a row have the same
	maybe   []maybe
	hits    []hit
	room    captures // of all hits
	gaveUps []gaveUp
}

// maybe is a line that some patterns may match.
type maybe struct {
	line  int
	rules []int32
}

// hit is a line that a failregex matches.
type hit struct {
	line, rule int // the failregex's number from 1
	captures   captures
}

// gaveUp is a search that was given up.
type gaveUp struct {
	rule *rule
	err  error
}

// stepwise tells whether the filter takes the steps of a batch. One that matches lines together, or counts the hits of
// all patterns, works on a line after the other in the last step.
func (f *Filter) stepwise() bool { return f.Maxlines <= 1 && !f.checkAll && !f.plain }

// Date is the first step. The lines of a batch came together, so what dates are read against is the same for all.
func (f *Filter) Date(b *Batch) {
	b.dates, b.of, b.hits, b.gaveUps, b.room = b.dates[:0], b.of[:0], b.hits[:0], b.gaveUps[:0], b.room[:0]
	if !f.stepwise() {
		return
	}
	f.turn(b.File)
	now := f.now()
	last := int32(-1) // the date that was found last
	for i, line := range b.Lines {
		if last >= 0 && f.dates.Again(line, now) {
			b.of = append(b.of, last)
			continue
		}
		n := int32(len(b.dates))
		b.dates = append(b.dates, f.date(b.line(i), now))
		b.of = append(b.of, n)
		if b.dates[n].found {
			last = n
		}
	}
}

func (b *Batch) line(i int) Line {
	if len(b.Times) == 0 {
		return Line{Text: b.Lines[i], File: b.File}
	}
	return Line{b.Lines[i], b.Times[i], b.File}
}

// date is what is known of the time of a line.
func (b *Batch) date(line int) *dating { return &b.dates[b.of[line]] }

// Finish is the last step. It calls found for each failure, with the index of the line that completed it; the match
// is valid until found returns. An error of found ends it.
func (f *Filter) Finish(b *Batch, found func(line int, m *Match) error) error {
	if f.stepwise() {
		return f.finish(b, found)
	}
	for i := range b.Lines {
		if err := f.tell(f.Process(b.line(i)), i, found); err != nil {
			return err
		}
	}
	return nil
}

// finish makes failures of the hits. Without found they are left in the result.
func (f *Filter) finish(b *Batch, found func(line int, m *Match) error) error {
	for _, g := range b.gaveUps {
		f.gaveUp(g.rule, g.err)
	}
	for i := range b.hits {
		h := &b.hits[i]
		d := b.date(h.line)
		f.result.Matches, f.result.Dated, f.lines = f.result.Matches[:0], d.dated, f.lines[:0]
		raw := b.Lines[h.line]
		f.matched[0] = bufferedLine{text: raw, raw: raw}
		f.failure(h.rule, h.captures, f.matched[:], d.when)
		if found == nil {
			continue
		}
		if err := f.tell(&f.result, h.line, found); err != nil {
			return err
		}
	}
	return nil
}

func (f *Filter) tell(r *Result, line int, found func(line int, m *Match) error) error {
	for i := range r.Matches {
		if err := found(line, &r.Matches[i]); err != nil {
			return err
		}
	}
	return nil
}

// free is room for the captures of one more hit, n at most.
func (b *Batch) free(n int) captures {
	if cap(b.room)-len(b.room) < n {
		b.room = make(captures, 0, max(2*cap(b.room), 64*n)) // the hits so far keep the old one
	}
	return b.room[len(b.room):]
}

// occupy keeps the captures that were put there.
func (b *Batch) occupy(c captures) captures {
	b.room = b.room[:len(b.room)+len(c)]
	return c[:len(c):len(c)]
}
