package logtime

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// forged are dates that somebody may write into what he chooses, none of them of the day of the lines below.
var forged = []string{
	"@400000007fffffff00000000", "@4000000000000000ffffffff", "2029-01-19T03:14:07Z", "2029-01-19 03:14:07", "2029/01/19 03:14:07,123", "2029.01.19 03:14:07",
	"[19/Jan/2029:03:14:07 +0000]", "19/Jan/2029:03:14:07", "Jan 19 03:14:07", "Mon Jan 19 03:14:07 2029", "Jan 19 2029 03:14:07", "PDT Jan 19 03:14:07",
	"+07:00 Jan 19 03:14:07 2029", "19/01/2029 03:14:07", "19-01-29 03:14:07", "01/19/2029:03:14:07", "01-19-2029 03:14:07.252", "290119 03:14:07",
	"Jan 19, 2029 03:14:07 AM", "20290119T031407Z", "20290119 031407", "audit(1863486847.123:45)", "[1863486847]", "1863486847", "<01/19/29@03:14:07>", "Jan-19-29 03:14:07", "03:14:07",
}

// hostile are lines as several logs have them: what stands before the date, which is of a length that others choose, the
// date, and what somebody chooses.
var hostile = []hostileLine{
	{"apache access", "%s - - [", "01/Mar/2026:10:01:%02d +0000", `] "GET /login?u=%s HTTP/1.1" 401 5`},
	{"apache access, user agent", "%s - - [", "01/Mar/2026:10:01:%02d +0000", `] "GET / HTTP/1.1" 401 5 "-" "%s"`},
	{"apache virtual host", "www.example.com:443 %s - - [", "01/Mar/2026:10:01:%02d +0000", `] "GET /%s HTTP/1.1" 401 5`},
	{"apache error", "[", "Sun Mar 01 10:01:%02d.123456 2026", "] [auth_basic:error] [pid 1] [client 192.0.2.66:1] user %s not found"},
	{"nginx error", "", "2026/03/01 10:01:%02d", ` [error] 1#1: *2 user "%s": password mismatch, client: 192.0.2.66`},
	{"nginx, ISO dates", "%s [", "2026-03-01T10:01:%02d+00:00", `] "GET /%s HTTP/1.1" 401`},
	{"syslog", "", "Mar  1 10:01:%02d", " mx sshd[1]: Invalid user %s from 192.0.2.66 port 22"},
	{"syslog, ISO dates", "", "2026-03-01T10:01:%02d.123456+00:00", " mx sshd[1]: Invalid user %s from 192.0.2.66 port 22"},
	{"syslog after a priority", "<38>", "Mar  1 10:01:%02d", " mx sshd[1]: Invalid user %s from 192.0.2.66 port 22"},
	{"an application", "%s, ", "2026-03-01 10:01:%02d,123", ": login of %s failed"},
	{"an application without colons", "%s, ", "20260301T1001%02dZ", ": login of %s failed"},
	{"MySQL", "%s, ", "260301 10:01:%02d", " [Warning] Access denied for user '%s'"},
	{"SELinux", "type=USER_%s msg=audit(", "17723592%02d.512", ":45): user pid=1 acct=%s"},
	{"multilog behind a name", "%s: ", "@4000000069a40f%02d00000000", " login of %s failed"},
}

type hostileLine struct{ name, before, date, after string }

// render makes the line of a second.
func (h hostileLine) render(before string, second int, after string) (line, date string) {
	fill := func(text, with string) string { return strings.Replace(text, "%s", with, 1) }
	date = fmt.Sprintf(h.date, second)
	return fill(h.before, before) + date + fill(h.after, after), date
}

// Text that stands after the date of a line is not taken for it, whatever was learned from lines before.
func TestDateIsNotForged(t *testing.T) {
	addresses := []string{"192.0.2.66", "192.0.2.6", "2001:db8:1:2:3:4:5:66", "2001:db8::6", strings.Repeat("x", 40), strings.Repeat("ü", 31)}
	r := rand.New(rand.NewPCG(7, 2026))
	for _, h := range hostile {
		for _, text := range forged {
			for _, warm := range []int{0, 1, 50} {
				d := detector(t, time.UTC)
				for i := range warm {
					line, _ := h.render(addresses[r.IntN(len(addresses))], i, "bob")
					d.Find(line, noon)
				}
				for i := range 12 {
					notForged(t, d, h, addresses[r.IntN(len(addresses))], i, text)
				}
			}
			notForgedInPlace(t, h, text)
		}
	}
}

// notForged wants the date of a line to be its own.
func notForged(t *testing.T, d *Detector, h hostileLine, before string, second int, text string) {
	t.Helper()
	line, date := h.render(before, second, text)
	if m, found := d.Find(line, noon); !found || !m.OK || line[m.Start:m.End] != date {
		t.Errorf("%s: %q: date %q (found %v, real %v), want %q", h.name, line, line[m.Start:m.End], found, m.OK, date)
	}
}

// notForgedInPlace has the line's own date, and one that nothing stands before, where the text is in the next line.
func notForgedInPlace(t *testing.T, h hostileLine, text string) {
	t.Helper()
	if !strings.Contains(h.before, "%s") {
		return
	}
	line, _ := h.render("a", 1, text)
	place, own := strings.Index(line, text), len(h.before)-len("%s")
	for shift := range 2 { // a bracket is no part of a date
		for _, undated := range []bool{false, true} {
			d := detector(t, time.UTC)
			for i := range 5 {
				line, _ := h.render(strings.Repeat("b", place-own+shift), i, "bob")
				d.Find(line, noon)
				if undated {
					d.Find(strings.Repeat("-", place)+text+" x", noon)
				}
			}
			for i := range 3 {
				notForged(t, d, h, "a", i, text)
			}
		}
	}
}

// A line without a date of its own has the one that anybody put into it, as with fail2ban, and so has one in which it
// stands before the line's own.
func TestWhatMayBeForged(t *testing.T) {
	for _, test := range []struct{ line, date string }{
		{`192.0.2.66 - - "GET /?@400000007fffffff00000000 HTTP/1.1" 401 5`, "@400000007fffffff00000000"},
		{`192.0.2.66 - - [01/Mar/2026:10:0 "GET /?2029-01-19T03:14:07Z HTTP/1.1" 401 5`, "2029-01-19T03:14:07Z"},
		{`192.0.2.66 - 20290119T031407 [01/Mar/2026:10:01:01 +0000] "GET / HTTP/1.1" 401 5`, "20290119T031407"},
	} {
		m, found := detector(t, time.UTC).Find(test.line, noon)
		if !found || test.line[m.Start:m.End] != test.date {
			t.Errorf("%q: date %q (found %v), want %q", test.line, test.line[m.Start:m.End], found, test.date)
		}
	}
}

// TestNothingFartherLeft looks for dates before the ones that were found by each format's regular expression.
func TestNothingFartherLeft(t *testing.T) {
	g := &generator{rand.New(rand.NewPCG(9, 2026))}
	samples := slices.Concat(sampleLines(t)...)
	later := 0
	for range 60 {
		d := detector(t, time.UTC)
		for range 40 {
			line := strings.Repeat(pick(g, []string{"a", "é ", "1 ", "- ", "ab:1 "}), g.IntN(9)) + g.line() + pick(g, []string{"", " ", "] "}) + g.line()
			if g.IntN(3) == 0 {
				line = g.mutate(pick(g, samples), line)
			}
			m, found := d.Find(line, noon)
			if !found || m.Start == m.End {
				continue
			}
			later++
			for _, f := range d.order {
				loc := f.search(line, 0, len(line), nil)
				if loc != nil && loc[2] < m.Start && loc[1] < m.End {
					t.Errorf("%q: date %q, though %q stands before it", line, line[m.Start:m.End], line[loc[2]:loc[3]])
				}
			}
		}
	}
	if later < 1500 {
		t.Errorf("only %d lines have dates", later)
	}
}
