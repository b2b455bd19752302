package logtime

import "time"

const daySeconds = 24 * 60 * 60

// A clock turns what a line says into an instant. Dates without a zone are
// "wall" seconds: those since 1970 if the wall clock were Greenwich's.
type clock struct {
	loc *time.Location

	// The zone's offset that was used last and the instants for which it holds:
	// most lines fall there, and it decides what an hour that comes twice means.
	offset     int64
	from, till int64
	known      bool
}

// resolve makes the guesses for what the line does not say.
//
//   - Without a year it is this one; if that were more than a day ahead, last year.
//   - Without month and day it is today; if that were ahead, yesterday.
//   - Without a zone it is the clock's.
//
// "Ahead" compares the line's wall time with the present one's. If the line
// names a zone its time in Greenwich is compared with the local one, as fail2ban
// does. It is false if there is no such date.
func (c *clock) resolve(v values, now time.Time) (time.Time, bool) {
	if v.instant {
		return c.at(v.seconds, v.ns)
	}
	present := c.wall(now)
	noYear, noDate := v.year == none, false
	if noYear {
		v.year, _, _ = civil(present)
	}
	if v.month == none || v.day == none {
		if !v.fromYearDay() {
			return time.Time{}, false
		}
	}
	if v.month == none && v.day == none {
		_, v.month, v.day = civil(present)
		noDate = true
	}
	if !v.valid() {
		return time.Time{}, false
	}
	wall := v.wall()
	if v.offset != none {
		wall -= int64(v.offset)
	}
	if noDate && wall > present {
		wall -= daySeconds
	}
	if noYear && wall > present+daySeconds {
		// Last year on the day the line says, even if its zone moved the date.
		if v.year--; !v.valid() {
			return time.Time{}, false
		}
		within := mod(wall, daySeconds)
		wall = days(v.year, v.month, v.day)*daySeconds + within
	}
	if wall < minWall || wall > maxWall {
		return time.Time{}, false
	}
	if v.offset == none {
		wall -= c.offsetAtWall(wall, now)
	}
	return c.at(wall, v.ns)
}

// The wall time of the years 1 to 9999, which are those a date may have.
const (
	minWall = -62135596800
	maxWall = 253402300799
)

// at returns an instant in the clock's zone. It is false outside these years,
// which no date can be written with.
func (c *clock) at(seconds, ns int64) (time.Time, bool) {
	t := time.Unix(seconds, ns).In(c.loc)
	if seconds >= minWall+daySeconds && seconds <= maxWall-daySeconds {
		return t, true
	}
	if seconds < minWall-daySeconds || seconds > maxWall+daySeconds || t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}, false
	}
	return t, true
}

func (c *clock) wall(t time.Time) int64 {
	s := t.Unix()
	return s + c.offsetAt(s)
}

// offsetAt returns the zone's offset at an instant, in seconds.
func (c *clock) offsetAt(instant int64) int64 {
	if c.known && c.from <= instant && instant < c.till {
		return c.offset
	}
	_, offset := time.Unix(instant, 0).In(c.loc).Zone()
	return int64(offset)
}

// offsetAtWall returns the zone's offset at a wall time and remembers it. Of an
// hour that comes twice it is the one with the offset used last (at first: now's),
// so that a log that runs through it stays in order. A time that is skipped
// counts with the offset before the gap.
func (c *clock) offsetAtWall(wall int64, now time.Time) int64 {
	if !c.known {
		c.remember(now.Unix())
	}
	if instant := wall - c.offset; c.from <= instant && instant < c.till {
		return c.offset
	}
	offset := c.offsetAt(wall - c.offset)
	again := c.offsetAt(wall - offset)
	if offset == c.offset || again == offset {
		c.remember(wall - offset)
		return offset
	}
	c.remember(wall - max(offset, again)) // an instant before the gap
	return min(offset, again)
}

// remember makes the offset at an instant the last used one.
func (c *clock) remember(instant int64) {
	t := time.Unix(instant, 0).In(c.loc)
	_, offset := t.Zone()
	start, end := t.ZoneBounds()
	c.known, c.offset = true, int64(offset)
	c.from, c.till = minWall-2*daySeconds, maxWall+2*daySeconds
	if !start.IsZero() {
		c.from = start.Unix()
	}
	if !end.IsZero() {
		c.till = end.Unix()
	}
}
