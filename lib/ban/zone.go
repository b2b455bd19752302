package ban

import "time"

const (
	zoneMost  = 14 * time.Hour   // no zone is farther from another that is used in one place
	zoneEarly = 5 * time.Second  // a clock may be ahead
	zoneLate  = 60 * time.Second // a line may be late
	zoneInRow = 3                // so many events have to agree, unless it is the first
)

// zoneHint notices when the events' times are off the clock by whole hours: the log says no zone, and it was read as
// another than it was written in.
type zoneHint struct {
	seen  int
	hours time.Duration
	inRow int
	said  bool
}

// see looks at one event's time. An old log has all sorts of distances to now, a wrong zone always the same.
func (z *zoneHint) see(v Voice, at time.Time) {
	if z.said {
		return
	}
	z.seen++
	off := time.Since(at)
	hours := (off + zoneLate/2).Round(time.Hour)
	if rest := off - hours; hours == 0 || hours.Abs() > zoneMost || rest < -zoneEarly || rest > zoneLate {
		z.hours, z.inRow = 0, 0
		return
	}
	if z.inRow++; hours != z.hours {
		z.hours, z.inRow = hours, 1
	}
	if z.inRow >= zoneInRow || z.seen == 1 {
		z.said = true
		v.Warnf("event times are %+dh off the clock: time zone? try f2b-match -tz", -int(hours/time.Hour))
	}
}
