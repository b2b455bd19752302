package logtime

import (
	"strings"
	"testing"
	"time"
)

func location(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func detector(t testing.TB, loc *time.Location, patterns ...string) *Detector {
	t.Helper()
	d, err := New(Options{Patterns: patterns, Location: loc})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// cut is what a failregex sees of a line.
func cut(line string, m Match) string { return line[:m.Start] + line[m.End:] }

// Only group 1 of a date is cut out of the line, not the whole match.
func TestGroupOneIsCut(t *testing.T) {
	for _, test := range []struct{ pattern, line, left string }{
		{`^\[({DATE})\] `, "[2026-11-21 11:00:00] post 192.0.2.1", "[] post 192.0.2.1"},
		{`^\[{DATE}\] `, "[2026-11-21 11:00:00] post 192.0.2.1", " post 192.0.2.1"}, // stripped, so the space stays
		{`\[({DATE})\]`, "pre [2026-11-21 11:00:00] post", "pre [] post"},
		{`{DEFAULT}`, "pre [2026-11-21 11:00:00] post", "pre [] post"},
		{`^[^\[]*(\[{DATE}\s*\])`, "192.0.2.1 - [21/Nov/2026:11:00:00 +0000] x", "192.0.2.1 -  x"},
		{`(%Y-%m-%d) (%H:%M)`, "2026-11-21 11:00 x", " 11:00 x"},
		{`{^LN-BEG}`, "[2026-11-21 11:00:00] x", "[] x"},
		{`time={EPOCH};`, "time=1790000000; x", " x"},
		{`{NONE}`, "2026-11-21 11:00:00 x", "2026-11-21 11:00:00 x"},
		{`()%Y-%m-%d`, "2026-11-21 x", "2026-11-21 x"},
	} {
		m, found := detector(t, time.UTC, test.pattern).Find(test.line, noon)
		if !found || cut(test.line, m) != test.left {
			t.Errorf("%s on %q leaves %q (found %v), want %q", test.pattern, test.line, cut(test.line, m), found, test.left)
		}
	}
}

// A datepattern is stripped of white space at its ends.
func TestPatternIsStripped(t *testing.T) {
	d := detector(t, time.UTC, "  ^%Y-%m-%d %H:%M:%S \t", "", " ")
	if m, found := d.Find("2026-11-21 11:00:00x", noon); found {
		t.Errorf("found %v within a word", m)
	}
	if m, found := d.Find("2026-11-21 11:00:00", noon); !found || !m.OK {
		t.Errorf("found %v: %v", found, m)
	}
	if len(d.Hits()) != 1 {
		t.Errorf("formats: %v", d.Hits())
	}
}

func TestTimes(t *testing.T) {
	const layout = "2006-01-02T15:04:05.999999999Z07:00"
	for _, test := range []struct{ name, zone, now, line, want string }{
		{"year rule: last year", "UTC", "2026-01-01T00:10:00Z", "Dec 31 23:59:58 x", "2025-12-31T23:59:58Z"},
		{"year rule: a day ahead", "UTC", "2026-01-01T00:10:00Z", "Jan  2 00:05:00 x", "2026-01-02T00:05:00Z"},
		{"year rule: more than a day ahead", "UTC", "2026-01-01T00:10:00Z", "Jan  2 00:15:00 x", "2025-01-02T00:15:00Z"},
		{"no such day last year", "UTC", "2028-01-10T00:00:00Z", "Feb 29 10:00:00 x", ""},
		{"day first", "UTC", "2026-01-01T00:00:00Z", "01/02/2024 10:00:00 x", "2024-02-01T10:00:00Z"},
		{"month first", "UTC", "2026-01-01T00:00:00Z", "01-27-2012 16:22:44.252 x", "2012-01-27T16:22:44.252Z"},
		{"a name after a date is no zone", "UTC", "2026-01-01T00:00:00Z", "2024-03-01 10:00:00 EST x", "2024-03-01T10:00:00Z"},
		{"a name before a date is one", "UTC", "2026-01-01T00:00:00Z", "PDT Mar  1 10:00:00 x", "2025-03-01T17:00:00Z"},
		{"a name that is none", "UTC", "2026-01-01T00:00:00Z", "FOO Mar  1 10:00:00 x", ""},
		{"date-less: today", "UTC", "2026-11-21T12:00:00Z", "11:59:59 x", "2026-11-21T11:59:59Z"},
		{"date-less: yesterday", "UTC", "2026-11-21T12:00:00Z", "12:00:01 x", "2026-11-20T12:00:01Z"},
		{"date-less on New Year's Day", "UTC", "2026-01-01T00:10:00Z", "23:00:00 x", "2025-12-31T23:00:00Z"},
		{"months in any case", "UTC", "2026-11-21T12:00:00Z", "fEB  3 04:05:06 x", "2026-02-03T04:05:06Z"},
		{"not a day", "UTC", "2026-11-21T12:00:00Z", "2026-02-30 10:00:00 x", ""},
		{"not a second", "UTC", "2026-11-21T12:00:00Z", "2026-02-03 10:00:60 x", ""},
		{"fraction", "UTC", "2026-11-21T12:00:00Z", "2026-02-03T10:00:00.123456Z x", "2026-02-03T10:00:00.123456Z"},
		{"fraction after a comma", "UTC", "2026-11-21T12:00:00Z", "2026-02-03 10:00:00,5 x", "2026-02-03T10:00:00.5Z"},
		{"epoch", "UTC", "2026-11-21T12:00:00Z", "1270449000.125 x", "2010-04-05T06:30:00.125Z"},
		{"SELinux", "UTC", "2026-11-21T12:00:00Z", "type=X msg=audit(1270449000.125:9): x", "2010-04-05T06:30:00.125Z"},
		{"TAI64N", "UTC", "2026-11-21T12:00:00Z", "@4000000050000000075bcd15 x", "2012-07-13T11:01:20.123456789Z"},
		{"TAI64N beyond the calendar", "UTC", "2026-11-21T12:00:00Z", "@4fffffffffffffff00000000 x", ""},
		{"offset", "Europe/Zurich", "2026-11-21T12:00:00Z", "2026-11-21T10:00:00-0430 x", "2026-11-21T15:30:00+01:00"},
		{"summer", "Europe/Zurich", "2026-11-21T12:00:00Z", "2026-07-21 10:00:00 x", "2026-07-21T10:00:00+02:00"},
		{"skipped hour", "Europe/Zurich", "2026-11-21T12:00:00Z", "2024-03-31 02:30:00 x", "2024-03-31T03:30:00+02:00"},
		{"skipped hour", "America/New_York", "2026-11-21T12:00:00Z", "2024-03-10 02:30:00 x", "2024-03-10T03:30:00-04:00"},
		{"hour that comes twice, in winter", "Europe/Zurich", "2024-10-27T01:35:00Z", "Oct 27 02:30:00 x", "2024-10-27T02:30:00+01:00"},
		{"hour that comes twice, in summer", "Europe/Zurich", "2024-10-27T00:35:00Z", "Oct 27 02:30:00 x", "2024-10-27T02:30:00+02:00"},
	} {
		now, err := time.Parse(time.RFC3339, test.now)
		if err != nil {
			t.Fatal(err)
		}
		m, found := detector(t, location(t, test.zone)).Find(test.line, now)
		got := ""
		if m.OK {
			got = m.Time.Format(layout)
		}
		if !found || got != test.want {
			t.Errorf("%s: %q is %q (found %v), want %q", test.name, test.line, got, found, test.want)
		}
		if left := cut(test.line, m); strings.TrimLeft(left, "type=Xmsaudi( ") == test.line {
			t.Errorf("%s: nothing cut of %q", test.name, test.line)
		}
	}
}

// A log that runs through the hour that comes twice stays in order as far as one
// can tell: it is summer until it is winter.
func TestOrderInDoubleHour(t *testing.T) {
	d := detector(t, location(t, "Europe/Zurich"))
	var last time.Time
	for _, line := range []string{"2024-10-27 01:59:00 x", "2024-10-27 02:00:00 x", "2024-10-27 02:59:00 x", "2024-10-27 03:00:00 x", "2024-10-27 03:01:00 x"} {
		m, _ := d.Find(line, noon)
		if !m.OK || m.Time.Before(last) {
			t.Errorf("%q: %v after %v", line, m.Time, last)
		}
		last = m.Time
	}
	if m, _ := d.Find("2024-10-27 02:59:00 x", noon); m.Time.After(last) || last.Sub(m.Time) != 2*time.Minute {
		t.Errorf("after winter began: %v", m.Time)
	}
}

// A date in the message is not taken for the line's when the log has another
// format, and the format that won is the first to be tried.
func TestFormatIsLearned(t *testing.T) {
	d := detector(t, time.UTC)
	for _, test := range []struct{ line, date string }{
		{"Nov 21 11:00:00 host x: 2024-01-02 03:04:05", "Nov 21 11:00:00"},
		{"x [2024-01-02 03:04:05] y", "2024-01-02 03:04:05"},
		{"Nov 21 11:00:01 host x: [2024-01-02 03:04:05]", "Nov 21 11:00:01"},
	} {
		m, found := d.Find(test.line, noon)
		if got := test.line[m.Start:m.End]; !found || got != test.date {
			t.Errorf("%q: date %q, want %q", test.line, got, test.date)
		}
	}
	total := 0
	for _, hit := range d.Hits() {
		total += hit.Count
	}
	if total != 3 || d.Hits()[0].Count == 0 {
		t.Errorf("hits: %v", d.Hits())
	}
}

func TestBadPatterns(t *testing.T) {
	for _, test := range []struct{ pattern, want string }{
		{"%Y-%C", "unknown token %C"},
		{"%s", "unknown token %s"},
		{"100%", "unknown token %"},
		{"%Y-(%m", "datepattern"},
		{"%Y %Y", "datepattern"},
		{"[(]%Y", "no group 1"},
		{"(?P<x", "datepattern"},
	} {
		_, err := New(Options{Patterns: []string{test.pattern}})
		if test.pattern == "[(]%Y" && err == nil {
			continue // its group 1 is the year
		}
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want %q", test.pattern, err, test.want)
		}
	}
	if _, err := New(Options{Patterns: []string{"%Y", "%Y"}}); err == nil {
		t.Error("the same pattern twice is accepted")
	}
}

// A pattern that could take long is left to an engine that can't, with the same
// result.
func TestLongSearch(t *testing.T) {
	d := detector(t, time.UTC, `\s*\s*\s*(%H:%M)`)
	line := strings.Repeat(" ", 3000) + "x 11:00"
	var m machine
	m.look(line)
	d.order[0].ready()
	if _, _, gaveUp := m.find(d.order[0].prog, line, 0, nil); !gaveUp {
		t.Error("the search was not given up")
	}
	if match, found := d.Find(line, noon); !found || line[match.Start:match.End] != "11:00" {
		t.Errorf("found %v: %+v", found, match)
	}
}

func TestFindAllocatesNothing(t *testing.T) {
	for _, line := range []string{"Nov 21 11:00:00 host x", "2026-11-21T11:00:00.5+01:00 x", "no date here", "Feb 30 11:00:00 x"} {
		d := detector(t, location(t, "Europe/Zurich"))
		d.Find(line, noon)
		if n := testing.AllocsPerRun(100, func() { d.Find(line, noon) }); n > 0 {
			t.Errorf("%q: %v allocations", line, n)
		}
	}
}

// TestBuiltinFormats wants all built-in formats right, as they are compiled when they are needed.
func TestBuiltinFormats(t *testing.T) {
	all, err := builtin()
	if err != nil || len(all) < 20 {
		t.Fatalf("%d formats: %v", len(all), err)
	}
	for _, f := range all {
		if err := f.ready(); err != nil || f.prog == nil || f.read == nil {
			t.Errorf("%s: %v", f.pattern, err)
		}
	}
}
