package main

import (
	"cmp"
	"slices"

	"f2b/lib/event"
	"f2b/lib/filter"
	"f2b/lib/source"
)

// merge brings the events that several filters found in one block into the order of its lines; those of one line are
// in the order of the filters.
type merge struct {
	event event.Event
	text  []byte // the events as they are written
	order []place
}

// place is where an event belongs, and where in the text it stands.
type place struct{ line, start, end int }

// add keeps the event of a match.
func (m *merge) add(w *watch, b *source.Block, line int, found *filter.Match) {
	w.fill(&m.event, b, line, found)
	start := len(m.text)
	m.text = m.event.AppendFitting(m.text)
	m.order = append(m.order, place{line, start, len(m.text)})
}

// write writes what was added.
func (m *merge) write(out *event.Writer) error {
	slices.SortStableFunc(m.order, func(a, b place) int { return cmp.Compare(a.line, b.line) })
	for _, p := range m.order {
		if err := out.WriteRaw(m.text[p.start : p.end-1]); err != nil {
			return err
		}
	}
	m.order, m.text = m.order[:0], m.text[:0]
	return nil
}

// fill makes e the event of a match.
func (w *watch) fill(e *event.Event, b *source.Block, line int, found *filter.Match) {
	found.Fill(e)
	at := b.Place(line)
	e.Filter, e.Jail, e.File, e.Lineno = w.filter.Name, w.jail, at.File, at.No
}
