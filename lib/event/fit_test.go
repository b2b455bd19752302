package event

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// TestWhatIsWrittenCanBeRead writes events that someone made huge, and wants what decides to arrive.
func TestWhatIsWrittenCanBeRead(t *testing.T) {
	long := strings.Repeat("\x01", 100<<10) // six bytes each on the wire
	many := strings.Split(strings.Repeat(long+"\n", 8), "\n")[:8]
	base := Event{Type: Ban, Time: time.Unix(1.7e9, 0).UTC(), IP: netip.MustParsePrefix("192.0.2.1/32"), Filter: "sshd", Failures: 3}
	fields := make([]Field, 8)
	for i := range fields {
		fields[i] = Field{string(rune('a' + i)), long}
	}
	tests := []struct {
		name                         string
		grow                         func(e *Event)
		lines, matches, fields, line bool // what stays
	}{
		{"nothing", func(e *Event) {}, false, false, false, false},
		{"a line", func(e *Event) { e.Line = long }, false, false, false, true},
		{"lines", func(e *Event) { e.Lines, e.Line = many, long }, false, false, false, true},
		{"matches", func(e *Event) { e.Matches, e.Line = many, "x" }, false, false, false, true},
		{"lines, not matches", func(e *Event) { e.Lines, e.Matches = many, []string{"x"} }, false, true, false, false},
		{"fields", func(e *Event) { e.Fields, e.Line = fields, "x" }, false, false, false, true},
		{"a member of somebody's", func(e *Event) { e.Unknown = []Member{{"big", []byte(`"` + strings.Repeat("x", MaxLine) + `"`)}} }, false, false, false, false},
	}
	for _, test := range tests {
		e := base
		test.grow(&e)
		var stream bytes.Buffer
		w := NewWriter(&stream)
		w.Write(&e)
		w.Flush()
		got, _, err := NewReader(&stream, nil).Next()
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if got.Key() != "192.0.2.1" || got.Failures != 3 || !got.Time.Equal(base.Time) || got.Filter != "sshd" {
			t.Errorf("%s: %+v has lost what decides", test.name, got)
		}
		if got.Lines != nil != test.lines || got.Matches != nil != test.matches || got.Fields != nil != test.fields || got.Line != "" != test.line {
			t.Errorf("%s: lines %v, matches %v, fields %v, line %v", test.name, got.Lines != nil, got.Matches != nil, got.Fields != nil, got.Line != "")
		}
	}
}
