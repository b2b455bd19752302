package logtime

import "slices"

// leftmost returns the date that begins farthest left in the line, given one of a
// built-in format; moved tells that it is another one. Of several that begin at
// the same place the first format in the order has it. One that h is a part of,
// with a zone or a day before it, is the same date.
//
// It has the last word on what was learned from other lines: who chooses a text
// within the line, as that of a URL, could else have it taken for the date,
// though the line's own stands before it. It would do to put it where the date
// of the line before stood, or farther left, or to take the last format of all.
//
// h has been kept.
func (d *Detector) leftmost(line string, h find) (best find, moved bool) {
	if h.start == 0 || !d.order[h.at].builtin {
		return h, false
	}
	begin, end := h.loc[2], h.loc[1]
	best = h
	d.eachBefore(line, begin, func(t *template, at int) (more bool) {
		if moved && at > best.loc[0] {
			return false
		}
		if d.loc[2] >= begin || d.loc[1] >= end {
			return true
		}
		if i := slices.Index(d.order, t); !moved || i < best.at {
			t.matched++
			best, moved = d.keep(find{at: i, start: column(line, at), end: column(line, d.loc[1]), loc: d.loc}), true
		}
		return true
	})
	return best, moved
}

// alone tells whether no built-in format but that of h matches where h begins, or
// before.
func (d *Detector) alone(line string, h find) bool {
	others := false
	d.eachBefore(line, h.loc[0]+1, func(t *template, _ int) (more bool) {
		others = t != d.order[h.at]
		return !others
	})
	return !others
}

// eachBefore goes from left to right through the matches of built-in formats that
// begin before a place, until see wants no more. d.loc has their groups. It notes
// in machine.seen how far it had to look.
func (d *Detector) eachBefore(line string, before int, see func(t *template, at int) (more bool)) {
	if d.stock == nil {
		d.stock = builtinAmong(d.order)
	}
	m, starts := &d.machine, builtinStarts()
	seen, clock, more := m.seen, m.clock, true
	for at := 0; at < before && more; at++ {
		set := starts.at(line, at)
		if set == 0 {
			continue
		}
		if clock >= 0 && clock < at {
			clock = nextClock(line, at)
		}
		if m.ascii {
			set = starts.reach(set, clock-at)
		}
		for ; set != 0 && more; set &= set - 1 {
			if t := d.stock[set.first()]; t != nil && d.runAt(t, line, at) {
				more = see(t, at)
			}
		}
	}
	if m.looked(before+starts.most, clock); seen < 0 {
		m.seen = -1 // as it was not known before
	}
}

// runAt tells whether a format matches at one place; d.loc has the groups then.
func (d *Detector) runAt(t *template, line string, at int) bool {
	d.loc = append(d.loc[:0], t.prog.blank...)
	d.machine.left = budget * (len(line) - at + 20)
	end := d.machine.run(t.prog, line, at, d.loc)
	d.loc[0], d.loc[1] = at, end
	return end >= 0
}

// builtinAmong returns the templates of the built-in formats, in their order; nil
// in the place of those that the Detector has not.
func builtinAmong(order []*template) []*template {
	all, _ := builtin()
	stock := make([]*template, len(all))
	for _, t := range order {
		if i := slices.Index(all, t.format); i >= 0 && t.ready() == nil && t.prog != nil {
			stock[i] = t
		}
	}
	return stock
}
