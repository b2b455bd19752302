package window

import (
	"math"
	"time"
)

// moment is an instant, or a length of time. Nanoseconds alone would not reach beyond the years 1678 to 2262, and times
// that cannot be said must not be told as others.
type moment struct {
	seconds int64 // since 1970, rounded down
	nanos   int32 // less than a second, not negative
}

// endless is longer than any time between two moments.
var endless = moment{math.MaxInt64, 999_999_999}

// momentOf is the instant t.
func momentOf(t time.Time) moment { return moment{t.Unix(), int32(t.Nanosecond())} }

// length is the length d as a moment; one that is negative has no end.
func length(d time.Duration) moment {
	if d < 0 {
		return endless
	}
	return moment{int64(d / time.Second), int32(d % time.Second)}
}

// time is the instant in the given zone.
func (m moment) time(zone *time.Location) time.Time {
	return time.Unix(m.seconds, int64(m.nanos)).In(zone)
}

// more says whether m is later, or longer, than o.
func (m moment) more(o moment) bool {
	return m.seconds > o.seconds || m.seconds == o.seconds && m.nanos > o.nanos
}

// since is the time that has passed from o to m.
func (m moment) since(o moment) moment {
	d := moment{m.seconds - o.seconds, m.nanos - o.nanos}
	if d.nanos < 0 {
		d.seconds--
		d.nanos += 1_000_000_000
	}
	return d
}
