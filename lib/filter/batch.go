package filter

import (
	"strings"
	"time"
	"unsafe"
)

// Batch is a run of lines on their way through a filter. The way has three steps:
//
//   - Filter.Date finds their times. The detector learns from line to line, so batches take this step in their order.
//   - Worker.Decide finds which pattern matches and what it captures. That depends on nothing but the line, so several
//     workers can do it at the same time for different batches. A Sieve may come before it, which tells the lines that
//     no pattern can match.
//   - Filter.Finish joins what was found with what earlier lines told, and hands out the failures: in order again.
//
// A batch can be used again when it is finished. Steps one and three may run at the same time, for different batches.
type Batch struct {
	Text  string     // of all lines; valid UTF-8. Nothing of it is kept when the batch is finished: it may then become another one
	Lines [][2]int32 // where each of them begins and ends
	File  string     // which log they stand in
	Now   time.Time  // what their dates are read against; zero: the present
	Parts []Part     // where they stand that are of several logs, in place of File and Now
	Dates *Dates     // their dates, which batches of filters that share them may share

	sifted bool    // only some lines are to be looked at:
	some   []int32 // these

	hits    []hit
	room    captures // of all hits
	cuts    []byte   // lines without their dates, which stood in their midst
	gaveUps []gaveUp
	skipped int // searches of rules that were set aside
}

// Part is a run of lines of one log within a batch.
type Part struct {
	Lines int // how many
	File  string
	Now   time.Time
}

// hit is a line that a failregex matches.
type hit struct {
	line, rule int // the failregex's number from 1
	date       *Dating
	captures   captures
}

// stepwise tells whether the filter takes the steps of a batch. One that matches lines together, or counts the hits of
// all patterns, works on a line after the other in the last step.
func (f *Filter) stepwise() bool { return f.Maxlines <= 1 && !f.checkAll && !f.plain }

// One makes b a batch of one line that has taken the first step.
func (b *Batch) One(line string, d *Dating) {
	if b.Dates == nil {
		b.Dates = &Dates{}
	}
	b.Text, b.Lines = line, append(b.Lines[:0], [2]int32{0, int32(len(line))})
	b.Dates.runs = append(b.Dates.runs[:0], datedRun{*d, 0})
}

// Date is the first step. Of filters that share their dates one does it for all.
func (f *Filter) Date(b *Batch) {
	if b.Dates == nil {
		b.Dates = &Dates{}
	}
	f.dates.block(b, b.Dates)
}

// line is the text of a line.
func (b *Batch) line(i int) string { return b.Text[b.Lines[i][0]:b.Lines[i][1]] }

// Empty tells whether a sieve has left nothing of the batch for the second step, which then need not be taken.
func (b *Batch) Empty() bool {
	if !b.sifted || len(b.some) > 0 {
		return false
	}
	b.sifted = false
	b.forget()
	return true
}

// forget drops what was found in earlier lines.
func (b *Batch) forget() {
	b.hits, b.gaveUps, b.room, b.cuts = b.hits[:0], b.gaveUps[:0], b.room[:0], b.cuts[:0]
	b.skipped = 0
}

// seen is the text of a line as the patterns see it: without its date and with a newline behind it. It is part of the batch's text where that
// has one there, as it has but where lines end otherwise.
func (b *Batch) seen(i int, d *Dating) string {
	from, to := int(b.Lines[i][0]), int(b.Lines[i][1])
	if d.start == 0 && to < len(b.Text) && b.Text[to] == '\n' {
		return b.Text[from+d.end : to+1]
	}
	if n := to - from + 1; cap(b.cuts)-len(b.cuts) < n {
		b.cuts = make([]byte, 0, max(2*cap(b.cuts), n, 4<<10)) // the lines so far keep the old one
	}
	at := len(b.cuts)
	b.cuts = append(append(append(b.cuts, b.Text[from:from+d.start]...), b.Text[from+d.end:to]...), '\n')
	return unsafe.String(&b.cuts[at], len(b.cuts)-at)
}

// Finish is the last step. It calls found for each failure, with the index of the line that completed it; the match
// is valid until found returns. An error of found ends it.
func (f *Filter) Finish(b *Batch, found func(line int, m *Match) error) error {
	if f.stepwise() {
		return f.finish(b, found)
	}
	run := 0
	for i := range b.Lines {
		f.begin()
		f.together(strings.Clone(b.line(i)), b.Dates.of(i, &run))
		if err := f.tell(&f.result, i, found); err != nil {
			return err
		}
	}
	return nil
}

// finish makes failures of the hits. Without found they are left in the result.
func (f *Filter) finish(b *Batch, found func(line int, m *Match) error) error {
	for _, g := range b.gaveUps {
		f.gaveUp(g)
	}
	f.stats.Skipped += b.skipped
	for i := range b.hits {
		h := &b.hits[i]
		f.result.Matches, f.result.Dated, f.lines = f.result.Matches[:0], h.date.dated, f.lines[:0]
		raw := b.line(h.line)
		f.matched[0] = bufferedLine{text: raw, raw: raw}
		f.failure(h.rule, h.captures, f.matched[:], h.date.when)
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
