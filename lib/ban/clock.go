package ban

import "time"

// Clock says what time it is for bans.
type Clock interface {
	// See tells the clock the time of an event that has just come, and returns what it shows then.
	See(at time.Time) time.Time
	// Now is the time by which bans end.
	Now() time.Time
	// Start is when a ban begins that was decided at the time at.
	Start(at time.Time) time.Time
}

// Wall is the machine's clock: bans begin when they are enforced.
type Wall struct{}

func (w Wall) See(time.Time) time.Time { return w.Now() }

// Now has no monotonic part: a ban goes on while the machine sleeps.
func (Wall) Now() time.Time { return time.Now().Round(0).Truncate(time.Millisecond) }

func (w Wall) Start(time.Time) time.Time { return w.Now() }

// EventTime is the time of the events: it stands at the latest that was seen and runs on from there, so that a log of
// last year plays as it did then, and a live one ends its bans in time.
type EventTime struct {
	still  bool      // it does not run on: what comes next says how late it is
	latest time.Time // of any event
	since  time.Time // when it was seen, by the machine's clock
}

// See moves the clock on, never back. A time of more than a day ahead is no time of a log.
func (c *EventTime) See(at time.Time) time.Time {
	now := time.Now()
	if c.latest.IsZero() || at.After(c.at(now)) && at.Before(now.Add(24*time.Hour)) {
		c.latest, c.since = at, now
	}
	return c.at(now)
}

// Now is the machine's time as long as no event has come.
func (c *EventTime) Now() time.Time {
	if c.latest.IsZero() {
		return Wall{}.Now()
	}
	return c.at(time.Now())
}

// at is what the clock shows when the machine's shows now.
func (c *EventTime) at(now time.Time) time.Time {
	if c.still {
		return c.latest
	}
	return c.latest.Add(now.Sub(c.since).Truncate(time.Millisecond))
}

func (c *EventTime) Start(at time.Time) time.Time { return at }
