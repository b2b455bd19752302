package main

import (
	"testing"
	"time"
)

// TestTheClockIsSetBack follows a log that was opened while the clock was a day ahead.
//
// Fault: clock: it is a day ahead when f2b-match is started, and set right then. Outcome: failures from then on are found, and those
// of before the last findtime are passed over as ever.
func TestTheClockIsSetBack(t *testing.T) {
	follow := func(since, now string, ago time.Duration) bool {
		tool := &tool{Follow: true, Since: since, Now: now, now: time.Now().Add(24 * time.Hour)}
		if since != "" {
			tool.since = tool.now
		}
		w := &watch{}
		tool.setPeriod(w, defaultSince)
		return w.wants(time.Now().Add(-ago))
	}
	for name, c := range map[string]struct{ got, want bool }{
		"a failure of now":                    {follow("", "", 0), true},
		"one of before findtime":              {follow("", "", time.Hour), false},
		"one of now, before a -since as said": {follow("tomorrow", "", 0), false},
		"one of now, before a -now as said":   {follow("", "tomorrow", 0), false},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v", name, c.got)
		}
	}
}
