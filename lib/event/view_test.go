package event

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"f2b/lib/bounds"
)

// changed are the members that the tests replace, as f2b-count does.
var changed = MembersOf("type", "ip", "jail", "lines", "failures", "first", "findtime", "maxretry", "matches", "bantime", "error")

// ban is what they are replaced with.
var ban = Event{
	Type: Ban, Failures: 3, First: time.Date(2024, 3, 1, 9, 59, 0, 0, time.UTC), Findtime: -1, Maxretry: 3,
	Matches: []string{"\"a\"\x00", ""}, Jail: "é",
}

// checkView holds a view against the event that Parse makes of the line, if it makes one.
func checkView(t *testing.T, line []byte) (seen bool) {
	var v View
	seen = v.See(line)
	e, err := Parse(line)
	if canonical := err == nil && string(e.AppendJSON(nil)) == string(line)+"\n"; seen != canonical {
		t.Fatalf("%q: seen is %v, want %v", line, seen, canonical)
	}
	if !seen {
		return false
	}
	if v.Type() != e.Type || v.IP != e.IP || !v.Time.Equal(e.Time) || v.ID() != e.ID || v.Filter() != e.Filter || v.Jail() != e.Jail ||
		v.Restored() != e.Restored {
		t.Errorf("%q is seen as %+v", line, v)
	}
	if got, want := ban.First.In(v.Zone()), ban.First.In(e.Time.Location()); !e.Time.IsZero() && got.Format(time.RFC3339) != want.Format(time.RFC3339) {
		t.Errorf("%q: a time in its zone is %v, want %v", line, got, want)
	}
	lines := e.Lines
	if len(lines) == 0 {
		lines = []string{e.Line}
	}
	if got := string(v.AppendLines([]byte("x"))); got != "x"+strings.Join(lines, "\n") {
		t.Errorf("%q: lines are %q", line, got)
	}
	e.Type, e.IP, e.Jail, e.Lines, e.Failures, e.First, e.Findtime = ban.Type, ban.IP, ban.Jail, ban.Lines, ban.Failures, ban.First, ban.Findtime
	e.Maxretry, e.Matches, e.Bantime, e.Error = ban.Maxretry, ban.Matches, ban.Bantime, ban.Error
	if got, want := v.AppendWith([]byte("x"), &ban, changed), e.AppendJSON([]byte("x")); !bytes.Equal(got, want) {
		t.Errorf("%q with others is\n%swant\n%s", line, got, want)
	}
	return true
}

func TestView(t *testing.T) {
	tests := map[string]bool{
		strings.TrimSpace(full):   true,
		strings.TrimSpace(sample): true,
		`{"v":1,"type":"x"}`:      true,
		`{"v":1,"type":"match","time":"1970-01-01T00:00:00.000000001-23:59"}`:                            true,
		`{"v":1,"type":"\u0000\u007f\u009b","time":"0000-01-01T00:00:00Z","lineno":9223372036854775807}`: true,
		`{"v":1,"type":"x","lineno":9223372036854775808}`:                                                false,
		`{"v":1,"type":"x","line":"\u009B"}`:                                                             false,
		`{"v":1,"type":"x","line":"\u2028\u202e"}`:                                                       true,
		`{"v":1,"type":"x","line":"\u202E"}`:                                                             false,
		`{"v":1,"type":"x","line":"` + "\u2028" + `"}`:                                                   false,
		`{"v":1,"type":"x","line":"\u000a"}`:                                                             false,
		`{"v":1,"type":"x","time":"0001-01-01T01:00:00+01:00"}`:                                          false,
		`{"v":1,"type":"match","time":"9999-12-31T23:59:59+14:00"}`:                                      true,
		`{"v":1,"type":"match","time":"2000-02-29T23:59:59.12Z","ip":"2001:db8::/32","id":"é\\\"\n"}`:    true,
		`{"v":1,"type":"match","ip":"203.0.113.0/24","line":"日本語","lines":["","\t"]}`:                    true,
		`{"v":1,"type":"match","findtime":-1,"bantime":-1,"restored":true,"x":[1, {"type":2}],"y":1}`:    true,

		`{}`:                                                       false,
		`{"v":1}`:                                                  false,
		`{"type":"x"}`:                                             false,
		`{"v":1,"type":"x"} `:                                      false,
		`{"v":1,"type":"x"}}`:                                      false,
		`{"v":1,"type":"x"`:                                        false,
		`{"v":1,"type":"x",}`:                                      false,
		`{"v":1, "type":"x"}`:                                      false,
		`{"v":10,"type":"x"}`:                                      false,
		`{"v":1,"type":""}`:                                        false,
		`{"v":1,"type":"x","type":"x"}`:                            false,
		`{"type":"x","v":1}`:                                       false,
		`{"v":1,"type":"x","a":1,"a":2}`:                           false,
		`{"v":1,"type":"x","a":1,"ip":2}`:                          false,
		`{"v":1,"type":"x","a": 1}`:                                false,
		`{"v":1,"type":"x","a":nul}`:                               false,
		"{\"v\":1,\"type\":\"x\",\"a\":[1,\r2]}":                   false,
		"{\"v\":1,\"type\":\"x\",\"a\":\"\xff\"}":                  false,
		"{\"v\":1,\"type\":\"x\",\"line\":\"\xff\"}":               false,
		"{\"v\":1,\"type\":\"x\",\"line\":\"\u009b\"}":             false,
		"{\"v\":1,\"type\":\"x\",\"line\":\"\x7f\"}":               false,
		"{\"v\":1,\"type\":\"x\",\"line\":\"a\tb\"}":               false,
		`{"v":1,"type":"x","line":"\/"}`:                           false,
		`{"v":1,"type":"x","line":"\u0041"}`:                       false,
		`{"v":1,"type":"x","line":""}`:                             false,
		`{"v":1,"type":"x","line":null}`:                           false,
		`{"v":1,"type":"x","lines":[]}`:                            false,
		`{"v":1,"type":"x","lines":["a" ]}`:                        false,
		`{"v":1,"type":"x","fields":{}}`:                           false,
		`{"v":1,"type":"x","fields":{"a":"b","a":"b"}}`:            false,
		`{"v":1,"type":"x","fields":{"a":1}}`:                      false,
		`{"v":1,"type":"x","rule":0}`:                              false,
		`{"v":1,"type":"x","rule":01}`:                             false,
		`{"v":1,"type":"x","rule":-1}`:                             false,
		`{"v":1,"type":"x","rule":1.0}`:                            false,
		`{"v":1,"type":"x","rule":1e1}`:                            false,
		`{"v":1,"type":"x","findtime":-12}`:                        false,
		`{"v":1,"type":"x","restored":false}`:                      false,
		`{"v":1,"type":"x","ip":"192.0.2.01"}`:                     false,
		`{"v":1,"type":"x","ip":"192.0.2.256"}`:                    false,
		`{"v":1,"type":"x","ip":"192.0.2"}`:                        false,
		`{"v":1,"type":"x","ip":"192.0.2.1/32"}`:                   false,
		`{"v":1,"type":"x","ip":"192.0.2.1/24"}`:                   false,
		`{"v":1,"type":"x","ip":"::ffff:192.0.2.1"}`:               false,
		`{"v":1,"type":"x","ip":"2001:DB8::1"}`:                    false,
		`{"v":1,"type":"x","ip":"fe80::1%eth0"}`:                   false,
		`{"v":1,"type":"x","time":"2024-02-30T00:00:00Z"}`:         false,
		`{"v":1,"type":"x","time":"2023-02-29T00:00:00Z"}`:         false,
		`{"v":1,"type":"x","time":"2024-00-01T00:00:00Z"}`:         false,
		`{"v":1,"type":"x","time":"2024-01-00T00:00:00Z"}`:         false,
		`{"v":1,"type":"x","time":"2024-01-01T24:00:00Z"}`:         false,
		`{"v":1,"type":"x","time":"2024-01-01T00:00:60Z"}`:         false,
		`{"v":1,"type":"x","time":"2024-01-01T00:00:00.10Z"}`:      false,
		`{"v":1,"type":"x","time":"2024-01-01T00:00:00.Z"}`:        false,
		`{"v":1,"type":"x","time":"2024-01-01T00:00:00+00:00"}`:    false,
		`{"v":1,"type":"x","time":"2024-01-01T00:00:00+24:00"}`:    false,
		`{"v":1,"type":"x","time":"2024-01-01T00:00:00+01:60"}`:    false,
		`{"v":1,"type":"x","time":"2024-01-01T00:00:00.123456789`:  false,
		`{"v":1,"type":"x","time":"2024-01-01T00:00:00.1234567891`: false,
	}
	for line, want := range tests {
		if got := checkView(t, []byte(line)); got != want {
			t.Errorf("%s: seen is %v, want %v", line, got, want)
		}
		for i := range line { // however it is cut short
			checkView(t, []byte(line[:i]))
		}
	}
}

// TestTimesAsParsed holds that the reader of times reads what package time does, on every day of some years.
func TestTimesAsParsed(t *testing.T) {
	for _, first := range []int{0, 1899, 1970, 1999, 2096, 2396} {
		day := time.Date(first, 1, 1, 23, 59, 58, 5e8, time.FixedZone("", -5*3600-1800))
		for ; day.Year() < first+6; day = day.AddDate(0, 0, 1) {
			text := day.Format(time.RFC3339Nano)
			got, offset, n := readTime(text)
			if !got.Equal(day) || offset != -5*3600-1800 || n != len(text) {
				t.Fatalf("%s is read as %v, offset %d, %d bytes", text, got, offset, n)
			}
		}
	}
}

// FuzzView holds that a line that is seen is one that Parse takes and AppendJSON writes, and that it is seen as what it is.
func FuzzView(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(strings.TrimSuffix(seed, "\n")))
	}
	f.Add([]byte(strings.TrimSpace(sample)))
	f.Fuzz(func(t *testing.T, line []byte) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		if bytes.IndexByte(line, '\n') >= 0 {
			return
		}
		checkView(t, line)
		if e, err := Parse(line); err == nil && !checkView(t, bytes.TrimSuffix(e.AppendJSON(nil), []byte("\n"))) {
			t.Errorf("%q is not seen when it is written", line)
		}
	})
}

// FuzzTime holds the quick reader of times against that of package time.
func FuzzTime(f *testing.F) {
	for _, seed := range []string{"2024-02-29T23:59:59.123456789-05:30", "0000-01-01T00:00:00Z", "2024-12-31T24:00:00Z", "2024-01-01T00:00:00.10Z"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		quick, offset, n := readTime(text)
		if n == 0 || n < len(text) {
			return
		}
		at, ok := parseAnyTime(text)
		if _, want := at.Zone(); !ok || !at.Equal(quick) || offset != want || string(appendTime(nil, at)) != text {
			t.Errorf("%q is read as %v, offset %d; want %v (%v)", text, quick, offset, at, ok)
		}
	})
}

func BenchmarkView(b *testing.B) {
	line := []byte(strings.TrimSpace(strings.Replace(sample, `,"note":"spliced in between two of the tools"`, "", 1)))
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	var v View
	for b.Loop() {
		if !v.See(line) {
			b.Fatal("not seen")
		}
	}
}

func BenchmarkAppendWith(b *testing.B) {
	line := []byte(strings.TrimSpace(sample))
	var v View
	v.See(line)
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = v.AppendWith(buf[:0], &ban, changed)
	}
}

// TestSkipPlain holds the look at many bytes at once against one at each.
func TestSkipPlain(t *testing.T) {
	for c := range 256 {
		for _, background := range []byte{' ', 'a', '~'} {
			for at := range 40 {
				s := bytes.Repeat([]byte{background}, 40)
				s[at] = byte(c)
				for later := at; later < 40; later += 5 {
					s[later] = byte(c)
				}
				want := at
				if class[c] == plain && c != 0x7f {
					want = 40
				}
				if got := skipPlain(string(s), 0); got != want {
					t.Fatalf("%q: %d, want %d", s, got, want)
				}
			}
		}
	}
}
