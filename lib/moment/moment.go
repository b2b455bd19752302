// Package moment reads a time as people type it, or copy it out of a log.
package moment

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"f2b/lib/config"
	"f2b/lib/logtime"
)

// layouts are the dates and times of day that are typed, a "T" between them being a space. Go reads a fraction wherever
// there are seconds.
var layouts = []string{
	"2006-01-02", "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01", timeOfDay, timeOfDay + ":05",
}

const timeOfDay = "15:04"

// Parse reads a time. It may be
//
//   - a date, to which a time of day may be added, and a zone: 2026-11-01, 2026-11-01 10:00, 2026-11-01 10:00 UTC
//   - RFC 3339: 2026-11-01T10:00:00+01:00
//   - a month, which means its beginning: 2026-11
//   - a time of today: 10:00
//   - today, yesterday or tomorrow, which mean midnight, or now
//   - so long ago: 2h, -2h, 2h ago, 1d12h; or ahead: +2h
//   - seconds since 1970: @1793523600
//   - or what a log has: 01/Nov/2026:10:00:00 +0100, Nov  1 10:00:00
//
// What the text does not say follows from now and loc.
func Parse(s string, now time.Time, loc *time.Location) (time.Time, error) {
	text, now := strings.Join(strings.Fields(s), " "), now.In(loc)
	if text == "" {
		return time.Time{}, bad(s)
	}
	for _, read := range []func(string, time.Time) (time.Time, bool){epoch, word, date, zoned, distance, logged} {
		if t, ok := read(text, now); ok {
			return t, nil
		}
	}
	return time.Time{}, bad(s)
}

func bad(s string) error {
	return fmt.Errorf("%q is no time: write 2026-11-01, 2026-11-01 10:00, yesterday, 2h ago, @1793523600, or as in RFC 3339", s)
}

// epoch reads seconds since 1970.
func epoch(s string, now time.Time) (time.Time, bool) {
	digits, ok := strings.CutPrefix(s, "@")
	whole, fraction, _ := strings.Cut(digits, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if !ok || err != nil || n < -1<<36 || n > 1<<37 { // the years -208 to 6325
		return time.Time{}, false
	}
	ns, err := strconv.ParseUint((fraction + "000000000")[:9], 10, 32)
	return time.Unix(n, int64(ns)).In(now.Location()), err == nil
}

// word reads what has a name.
func word(s string, now time.Time) (time.Time, bool) {
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch strings.ToLower(s) {
	case "now":
		return now, true
	case "today":
		return midnight, true
	case "yesterday":
		return midnight.AddDate(0, 0, -1), true
	case "tomorrow":
		return midnight.AddDate(0, 0, 1), true
	}
	return time.Time{}, false
}

// date reads a date, a time of day, or both.
func date(s string, now time.Time) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, true
	}
	if len(s) > 10 && s[10] == 'T' {
		s = s[:10] + " " + s[11:]
	}
	for _, layout := range layouts {
		t, err := time.ParseInLocation(layout, s, now.Location())
		if err != nil {
			continue
		}
		if strings.HasPrefix(layout, timeOfDay) {
			t = time.Date(now.Year(), now.Month(), now.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), now.Location())
		}
		return t, true
	}
	return time.Time{}, false
}

// zoned reads a date with a zone behind it.
func zoned(s string, now time.Time) (time.Time, bool) {
	i := strings.LastIndexByte(s, ' ')
	if i < 0 {
		return time.Time{}, false
	}
	loc, err := logtime.ParseZone(s[i+1:])
	if err != nil {
		return time.Time{}, false
	}
	return date(s[:i], now.In(loc))
}

// distance reads how long ago it is, or how far ahead.
func distance(s string, now time.Time) (time.Time, bool) {
	text, ago := strings.CutSuffix(strings.ToLower(s), " ago")
	ahead := !ago && strings.HasPrefix(text, "+")
	if !ago {
		text = strings.TrimLeft(text[:1], "+-") + text[1:]
	}
	d, err := config.ParseDuration(text)
	if err != nil || strings.ContainsAny(text, "+-*/") || d < 0 || d > math.MaxInt64/config.Duration(time.Second) {
		return time.Time{}, false
	}
	if !ahead {
		d = -d
	}
	return now.Add(time.Duration(d) * time.Second), true
}

// logged reads what the date of a log line may look like.
func logged(s string, now time.Time) (time.Time, bool) {
	d, err := logtime.New(logtime.Options{Location: now.Location()})
	if err != nil {
		return time.Time{}, false
	}
	m, found := d.Find(s, now)
	return m.Time, found && m.OK && m.Start == 0 && m.End == len(s)
}
