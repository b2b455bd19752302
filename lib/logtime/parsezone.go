package logtime

import (
	"fmt"
	"time"
)

// ParseZone reads the name of a zone: a fixed one as fail2ban's logtimezone takes
// it (UTC+0200, +02:00, -07, CET, CET+0100), else a name of the IANA database
// (Europe/Zurich). A bare abbreviation never has summer time: CET is one hour
// ahead of Greenwich all year.
func ParseZone(s string) (*time.Location, error) {
	if s == "" {
		return nil, fmt.Errorf("zone is empty: give a name like Europe/Zurich or an offset like UTC+0200")
	}
	if seconds, ok := parseOffset(s); ok {
		if seconds == 0 {
			return time.UTC, nil
		}
		return time.FixedZone(s, seconds), nil
	}
	loc, err := time.LoadLocation(s)
	if err != nil {
		return nil, fmt.Errorf("unknown zone %q: give a name like Europe/Zurich or an offset like UTC+0200", s)
	}
	return loc, nil
}
