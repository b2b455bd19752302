package logtime

import (
	"testing"
	"time"
)

func TestParseZone(t *testing.T) {
	winter := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	summer := time.Date(2026, 7, 15, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		in             string
		winter, summer int // minutes east of Greenwich
	}{
		{"UTC", 0, 0}, {"GMT", 0, 0}, {"Z", 0, 0}, {"UTC+0200", 120, 120}, {"UTC+02:00", 120, 120}, {"UTC-07", -420, -420},
		{"+0200", 120, 120}, {"-03:30", -210, -210}, {"+05", 300, 300}, {"+1545", 945, 945},
		{"CET", 60, 60}, {"CEST", 120, 120}, {"CET+0100", 120, 120}, {"PDT", -420, -420}, {"A", 60, 60}, {"NPT", 345, 345}, {"HLV", -270, -270},
		{"Europe/Zurich", 60, 120}, {"America/New_York", -300, -240}, {"Asia/Kolkata", 330, 330}, {"PST8PDT", -480, -420},
	} {
		loc, err := ParseZone(test.in)
		if err != nil {
			t.Errorf("%s: %v", test.in, err)
			continue
		}
		_, w := winter.In(loc).Zone()
		_, s := summer.In(loc).Zone()
		if w != 60*test.winter || s != 60*test.summer {
			t.Errorf("%s: %d and %d minutes, want %d and %d", test.in, w/60, s/60, test.winter, test.summer)
		}
	}
	for _, in := range []string{"", "XYZ", "Europe/Atlantis", "+2500", "UTC+", "UTC 0200", "utc+1:00", "+02:0", "../zoneinfo", "ÀBC"} {
		if loc, err := ParseZone(in); err == nil {
			t.Errorf("%q is taken for %v", in, loc)
		}
	}
}
