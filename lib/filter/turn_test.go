package filter

import (
	"testing"
	"time"
)

// TestDatesStayInTheirFile mixes lines of two logs, as following them does: a line without a date has the time of the one
// before it in its own log, whether lines are matched alone or together.
func TestDatesStayInTheirFile(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, maxlines := range []int{1, 2} {
		f, err := Load(`bad <HOST>$`, Options{Location: time.UTC, Maxlines: maxlines, Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range []struct{ file, text, want string }{
			{"a", "2026-03-01 10:00:00 bad 192.0.2.1", "10:00"},
			{"b", "bad 192.0.2.2", "12:00"},
			{"b", "2026-03-01 11:00:00 bad 192.0.2.3", "11:00"},
			{"a", "bad 192.0.2.4", "10:00"},
			{"b", "bad 192.0.2.5", "11:00"},
			{"", "bad 192.0.2.6", "12:00"},
		} {
			r := f.Process(Line{Text: line.text, File: line.file})
			if len(r.Matches) != 1 || r.Matches[0].Time.Format("15:04") != line.want {
				t.Errorf("maxlines %d, line %d: %+v, want the time %s", maxlines, i, r.Matches, line.want)
			}
		}
	}
}
