package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"f2b/lib/bounds"
)

// seeds are lines of every kind.
var seeds = []string{
	full,
	`{"type":"match","ip":"::ffff:192.0.2.1","a":{"b":[{},[],null,true,false,-0,1.5E+7,"\u00e9\ud800\udc00\n"]}}`,
	`{"type":"x","time":5,"":"","a":[[[[1]]]]}`,
	"{\"type\":\"match\",\"line\":\"\xff\\ud800\\u0041\",\"lines\":[\"\\ud800\\ud800\\udc00\"]}",
	`{"type":"match","type":"ban"}`, `{"a":1e400}`, `{"a":-}`, `{"a":.5}`, `{"a":"\u12"}`, ` { } `, `{"a":1,}`, `{"a":nulls}`, "{\"type\":\"x\",\"a\":[\"\x7f\u009b1m\u2028\u202e\"]}", `[1]`, ``,
}

// FuzzParse holds Parse against encoding/json: the same lines are JSON objects, and the same values are read from them.
func FuzzParse(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		e, err := Parse(line)
		wellFormed := json.Valid(line) && strings.HasPrefix(strings.TrimLeft(string(line), " \t\r\n"), "{")
		var syntax syntaxError
		switch {
		case err == nil && !wellFormed:
			t.Fatalf("took what is no JSON object: %q", line)
		case wellFormed && errors.As(err, &syntax):
			t.Fatalf("refused a JSON object: %q: %v", line, err)
		case err != nil:
			return
		}
		if e.Known() {
			compare(t, line, &e)
		}
		roundTrip(t, &e)
	})
}

// compare holds an event against what encoding/json reads from its line.
func compare(t *testing.T, line []byte, e *Event) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(line, &members); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	texts := map[string]string{
		"type": e.Type, "id": e.ID, "dns": e.DNS, "filter": e.Filter, "jail": e.Jail, "file": e.File, "line": e.Line,
		"backend": e.Backend, "error": e.Error,
	}
	for name, got := range texts {
		var want string
		if raw := members[name]; raw != nil {
			json.Unmarshal(raw, &want)
		}
		if got != want {
			t.Errorf("%q: %s is %q, want %q", line, name, got, want)
		}
	}
	var lines []string
	if raw := members["lines"]; raw != nil {
		json.Unmarshal(raw, &lines)
	}
	if !slices.Equal(e.Lines, lines) {
		t.Errorf("%q: lines are %q, want %q", line, e.Lines, lines)
	}
	for _, m := range e.Unknown {
		if want := members[m.Name]; !bytes.Equal(m.Value, want) {
			t.Errorf("%q: %s is %s, want %s", line, m.Name, m.Value, want)
		}
	}
}

// roundTrip holds that what is written is one line, is JSON, and reads as the same event.
func roundTrip(t *testing.T, e *Event) {
	written := e.AppendJSON(nil)
	if !json.Valid(written) || bytes.Count(written, []byte("\n")) != 1 || bytes.ContainsFunc(written, drives) {
		t.Fatalf("written: %q", written)
	}
	again, err := Parse(written)
	if err != nil {
		t.Fatalf("%q: %v", written, err)
	}
	twice := again.AppendJSON(nil)
	if !bytes.Equal(written, twice) {
		t.Errorf("written %q\n  then %q", written, twice)
	}
	if e.Known() && len(e.Unknown) == 0 {
		if diff := cmp.Diff(*e, again, same); diff != "" {
			t.Errorf("%q reads otherwise:\n%s", written, diff)
		}
	}
}

// drives tells whether a character could do something to a terminal, or end a line for somebody. A raw tab can only be white space.
func drives(r rune) bool {
	return r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}

// FuzzWrite holds that strings of any bytes make one line of JSON.
func FuzzWrite(f *testing.F) {
	f.Add("Failed password for \"root\"\x00\x1b[2J\u009b\u2028\xff", "user")
	f.Fuzz(func(t *testing.T, text, name string) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		e := Event{V: 1, Type: Match, Line: text, ID: text, Matches: []string{text, ""}, Fields: []Field{{name, text}}}
		roundTrip(t, cleaned(&e))
		if written := e.AppendJSON(nil); !json.Valid(written) {
			t.Errorf("%q is written %q", text, written)
		}
	})
}

// cleaned is the event as it will be read: without bytes that are no UTF-8.
func cleaned(e *Event) *Event {
	e2, err := Parse(e.AppendJSON(nil))
	if err != nil {
		return &Event{Type: Match, Error: err.Error()}
	}
	return &e2
}

// sample is a match as f2b-match writes it, of about 400 bytes.
const sample = `{"v":1,"type":"match","time":"2024-12-10T06:55:48.123+01:00","ip":"203.0.113.173","filter":"sshd","jail":"sshd","rule":12,` +
	`"file":"/var/log/auth.log","lineno":12345,"line":"Dec 10 06:55:48 LabSZ sshd[24200]: Failed password for invalid user webmaster from 203.0.113.173 port 38926 ssh2",` +
	`"fields":{"user":"webmaster","port":"38926","mlfid":"LabSZ sshd[24200]: "},"note":"spliced in between two of the tools"}` + "\n"

func BenchmarkParse(b *testing.B) {
	line := []byte(strings.TrimSpace(sample))
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(line); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	e, err := Parse([]byte(sample))
	if err != nil {
		b.Fatal(err)
	}
	var buf []byte
	b.SetBytes(int64(len(sample)))
	b.ReportAllocs()
	for b.Loop() {
		buf = e.AppendJSON(buf[:0])
	}
}

// BenchmarkStream reads and writes a stream of 10,000 events.
func BenchmarkStream(b *testing.B) {
	const n = 10000
	stream := bytes.Repeat([]byte(sample), n)
	b.SetBytes(int64(len(stream)))
	b.ReportAllocs()
	for b.Loop() {
		w := NewWriter(io.Discard)
		r := NewReader(bytes.NewReader(stream), w.Flush)
		var e Event
		for err := error(nil); err == nil; {
			if e, _, err = r.Next(); err == nil {
				w.Write(&e)
			}
		}
		if w.Count() != n {
			b.Fatal(w.Count())
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/event")
}
