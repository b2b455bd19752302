package moment

import (
	"strings"
	"testing"
	"time"

	"f2b/lib/bounds"
)

var zurich = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Zurich")
	if err != nil {
		panic(err)
	}
	return loc
}()

// now is a Saturday evening.
var now = time.Date(2026, 11, 21, 22, 30, 15, 0, zurich)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-01":                    "2026-11-01T00:00:00+01:00",
		"2026-07-01":                    "2026-07-01T00:00:00+02:00",
		"2026-11-01 10:00":              "2026-11-01T10:00:00+01:00",
		"2026-11-01   10:00:30.25":      "2026-11-01T10:00:30.25+01:00",
		"2026-11-01T10:00":              "2026-11-01T10:00:00+01:00",
		"2026-11-01T10:00:00Z":          "2026-11-01T10:00:00Z",
		"2026-11-01T10:00:00.5-05:00":   "2026-11-01T10:00:00.5-05:00",
		"2026-11-01 10:00 UTC":          "2026-11-01T10:00:00Z",
		"2026-11-01 10:00 +0300":        "2026-11-01T10:00:00+03:00",
		"2026-11-01 Asia/Tokyo":         "2026-11-01T00:00:00+09:00",
		"2026-11":                       "2026-11-01T00:00:00+01:00",
		"10:00":                         "2026-11-21T10:00:00+01:00",
		"23:00:01":                      "2026-11-21T23:00:01+01:00",
		"23:00 UTC":                     "2026-11-21T23:00:00Z",
		"now":                           "2026-11-21T22:30:15+01:00",
		"today":                         "2026-11-21T00:00:00+01:00",
		"Yesterday":                     "2026-11-20T00:00:00+01:00",
		"tomorrow":                      "2026-11-22T00:00:00+01:00",
		"2h":                            "2026-11-21T20:30:15+01:00",
		"-2h":                           "2026-11-21T20:30:15+01:00",
		"2h ago":                        "2026-11-21T20:30:15+01:00",
		"1d 12h ago":                    "2026-11-20T10:30:15+01:00",
		"2 hours ago":                   "2026-11-21T20:30:15+01:00",
		"+90m":                          "2026-11-22T00:00:15+01:00",
		"600":                           "2026-11-21T22:20:15+01:00",
		"0":                             "2026-11-21T22:30:15+01:00",
		"@1793523600":                   "2026-11-01T10:00:00+01:00",
		"@1793523600.75":                "2026-11-01T10:00:00.75+01:00",
		"@-1":                           "1970-01-01T00:59:59+01:00",
		"01/Nov/2026:10:00:00 +0000":    "2026-11-01T11:00:00+01:00",
		"Nov  1 10:00:00":               "2026-11-01T10:00:00+01:00",
		"Dec 24 10:00:00":               "2025-12-24T10:00:00+01:00", // it would be ahead
		"Sun Nov 01 10:00:00 2026":      "2026-11-01T10:00:00+01:00",
		"2026-11-01 10:00:00,123":       "2026-11-01T10:00:00.123+01:00",
		" 2026-11-01\t10:00 ":           "2026-11-01T10:00:00+01:00",
		"2026-03-29 02:30":              "2026-03-29T03:30:00+02:00", // an hour that was skipped
		"2026-11-01 10:00 Europe/Paris": "2026-11-01T10:00:00+01:00",
	} {
		got, err := Parse(text, now, zurich)
		if err != nil || got.Format(time.RFC3339Nano) != want {
			t.Errorf("%q: %s, %v; want %s", text, got.Format(time.RFC3339Nano), err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{"", " ", "@", "@x", "@1.x", "@99999999999999", "soon", "ago", "2026-13-01", "2026-11-31", "2026-11-01 25:00",
		"10:00 ago", "2x ago", "-", "+", "--2h", "2h ago ago", "2026-11-01 10:00 Nowhere", "Nov 31 10:00:00", "x Nov  1 10:00:00", "9e99y"} {
		if got, err := Parse(text, now, zurich); err == nil {
			t.Errorf("%q: %s", text, got)
		} else if !strings.Contains(err.Error(), "is no time: write ") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"2026-11-01 10:00", "@1793523600.5", "2h ago", "yesterday", "01/Nov/2026:10:00:00 +0100", "+1d12h", "2026-11-01 UTC"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		at, err := Parse(s, now, time.UTC)
		if err == nil && (at.Year() < -300 || at.Year() > 1e9) {
			t.Errorf("%q: %s", s, at)
		}
	})
}
