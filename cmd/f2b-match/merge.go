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
	events []event.Event // those beyond count are kept for the room in them
	order  []place
	count  int
}

// place is where an event belongs.
type place struct {
	line  int
	event int
}

// add keeps the event of a match.
func (m *merge) add(w *watch, b *source.Block, line int, found *filter.Match) {
	if m.count == len(m.events) {
		m.events = append(m.events, event.Event{})
	}
	e := &m.events[m.count]
	w.fill(e, b, line, found)
	e.Lines = slices.Clone(e.Lines) // the filter uses them again
	m.order = append(m.order, place{line, m.count})
	m.count++
}

// write writes what was added.
func (m *merge) write(out *event.Writer) error {
	slices.SortStableFunc(m.order, func(a, b place) int { return cmp.Compare(a.line, b.line) })
	for _, p := range m.order {
		if err := out.Write(&m.events[p.event]); err != nil {
			return err
		}
	}
	m.order, m.count = m.order[:0], 0
	return nil
}

// fill makes e the event of a match.
func (w *watch) fill(e *event.Event, b *source.Block, line int, found *filter.Match) {
	found.Fill(e)
	at := b.Place(line)
	e.Filter, e.Jail, e.File, e.Lineno = w.filter.Name, w.jail, at.File, at.No
}
