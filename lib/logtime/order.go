package logtime

import "time"

// A format that was not used for this long gives its place to one that is.
const longUnused = 5 * time.Minute

// won books a match: it becomes the last one, and its format moves towards the
// front of the order.
func (d *Detector) won(line string, h find, now time.Time) {
	t := d.order[h.at]
	t.hits++
	t.used = now
	t.distance = h.start
	if d.unused == h.at {
		d.unused++
	}
	d.lastEdge = edge{
		start: h.start, end: h.end,
		before: runeBefore(line, h.start), first: runeAt(line, h.start),
		last: runeBefore(line, h.end), after: runeAt(line, h.end),
	}
	if h.at == 0 || h.at == d.last {
		d.last = h.at
		return
	}
	d.last = d.bubble(h.at)
}

// wonAgain books n matches like the last one.
func (d *Detector) wonAgain(now time.Time, n int) {
	t := d.order[d.last]
	t.matched += n
	t.hits += n
	t.used = now
}

// bubble moves the format at i forward if it deserves it, and returns its place:
// quickly (to the first place that never won, or half the way), else by one.
func (d *Detector) bubble(i int) int {
	to := i / 2
	if d.unused < i {
		to = d.unused
	}
	if !d.outranks(i, to) {
		if to == i-1 {
			return i
		}
		if to = i - 1; !d.outranks(i, to) {
			return i
		}
	}
	t := d.order[i]
	copy(d.order[to+1:i+1], d.order[to:i])
	d.order[to] = t
	for d.unused < len(d.order) && d.order[d.unused].hits > 0 {
		d.unused++
	}
	return to
}

// outranks tells whether the format at i may take the place of the one at j.
func (d *Detector) outranks(i, j int) bool {
	t, other := d.order[i], d.order[j]
	return t.rank() > other.rank() || other.used.Before(t.used.Add(-longUnused))
}

// rank prefers what is found often, near the begin of the line, and by a format
// that is bound to the begin of the line.
func (t *template) rank() float64 {
	return float64(t.hits) * t.weight / float64(max(1, t.distance))
}
