package event

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
)

func TestBadLinesAreReportedAndTheStreamGoesOn(t *testing.T) {
	input := "{\"type\":\"match\",\"ip\":\"192.0.2.1\"}\n" +
		"\n" +
		"garbage \x00\xff\n" +
		"{\"type\":\"match\",\"line\":\"" + strings.Repeat("x", MaxLine) + "\"}\n" +
		"{\"type\":\"note\",  \"mine\":1}\r\n" +
		"{\"type\":\"match\",\"ip\":\"192.0.2.2\"}"
	want := []string{"192.0.2.1", "line 2: empty", "line 3: no JSON object", "line 4: longer than 4194304 bytes", `{"type":"note",  "mine":1}`, "192.0.2.2"}
	r := NewReader(strings.NewReader(input), nil)
	for i, want := range want {
		e, raw, err := r.Next()
		var bad *LineError
		got := e.Key()
		switch {
		case errors.As(err, &bad):
			got = bad.Error()
		case err != nil:
			t.Fatal(err)
		case e.Type == "note":
			got = string(raw)
		}
		if got != want || r.Line() != int64(i+1) {
			t.Errorf("line %d: got %q, want %q", r.Line(), got, want)
		}
	}
	if _, _, err := r.Next(); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

func TestWriter(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out)
	w.Write(&Event{Type: Match, ID: "a\nb"})
	w.WriteRaw([]byte(`{"type":"note",  "mine":1}`))
	if out.Len() > 0 {
		t.Errorf("written before the flush: %s", out.String())
	}
	if err := w.Flush(); err != nil {
		t.Error(err)
	}
	want := "{\"v\":1,\"type\":\"match\",\"id\":\"a\\nb\"}\n{\"type\":\"note\",  \"mine\":1}\n"
	if got := out.String(); got != want || w.Count() != 2 {
		t.Errorf("%d events: %s", w.Count(), got)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestWriterKeepsItsError(t *testing.T) {
	broken := errors.New("broken")
	w := NewWriter(failing{broken})
	w.Write(&Event{Type: Match})
	if err := w.Flush(); err != broken {
		t.Errorf("flush: %v", err)
	}
	if err := w.WriteRaw(nil); err != broken {
		t.Errorf("write: %v", err)
	}
}

// TestAnEventIsOutBeforeTheReaderWaits holds the flush rule over reader and writer together.
func TestAnEventIsOutBeforeTheReaderWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, feed := io.Pipe()
		var out bytes.Buffer
		w := NewWriter(&out)
		r := NewReader(in, w.Flush)
		go func() {
			for {
				e, _, err := r.Next()
				if err != nil {
					return
				}
				w.Write(&e)
			}
		}()
		io.WriteString(feed, `{"type":"match"}`+"\n"+`{"type":"ba`)
		synctest.Wait()
		if got := out.String(); got != `{"v":1,"type":"match"}`+"\n" {
			t.Errorf("while it waits: %q", got)
		}
		feed.Close()
		synctest.Wait()
	})
}
