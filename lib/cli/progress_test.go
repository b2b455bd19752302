package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestProgressParts(t *testing.T) {
	count := func(n int64) func() int64 { return func() int64 { return n } }
	tests := []struct {
		total, bytes, lines, matches int64
		elapsed                      time.Duration
		want                         string
	}{
		{1000, 0, 0, 0, 0, "0% of 1.0 kB, 0 matches, 0 lines/s"},
		{4_000_000_000, 1_000_000_000, 12_345_678, 1234, 10 * time.Second, "25% of 4.0 GB, 0:30 left, 1,234 matches, 1,234,567 lines/s"},
		{446_436_000, 446_436_001, 10, 1, time.Second, "100% of 446 MB, 0:00 left, 1 matches, 10 lines/s"},
		{1 << 50, 1 << 20, 7, 0, time.Hour, "0% of 1.1 PB, 277:46:40 left, 0 matches, 0 lines/s"},
		{100_000, 1000, 7, 0, time.Minute, "1% of 100 kB, 1:39:00 left, 0 matches, 0 lines/s"},
		{-1, 999_600, 200, 3, time.Second, "1.0 MB read, 3 matches, 200 lines/s"},
		{-1, 12, 1, 1, 2 * time.Second, "12 B read, 1 matches, 0 lines/s"},
	}
	for _, test := range tests {
		m := Meter{Total: test.total, Bytes: count(test.bytes), Lines: count(test.lines), Matches: count(test.matches)}
		if got := strings.Join(m.parts(test.elapsed), ", "); got != test.want {
			t.Errorf("%+v: %q", test, got)
		}
	}
}

// TestProgressAlways shows the line where there is no terminal, and wipes it around a message and at the end.
func TestProgressAlways(t *testing.T) {
	var screen bytes.Buffer
	io := &IO{Name: "tool", Stdout: &screen, Stderr: &screen}
	drawn := make(chan bool)
	zero := func() int64 { return 0 }
	lines := func() int64 {
		select {
		case drawn <- true: // the line before this one is there
		case <-t.Context().Done():
		}
		return 0
	}
	stop := io.Progress(ProgressAlways, Meter{Total: -1, Bytes: zero, Matches: zero, Lines: lines})
	<-drawn
	<-drawn
	io.Warnf("look")
	<-drawn
	go func() {
		for range drawn {
		}
	}()
	stop()
	close(drawn)
	const line = "\r\x1b[Ktool: 0 B read, 0 matches, 0 lines/s\r"
	got := screen.String()
	if !strings.Contains(got, line+"\r\x1b[Ktool: look\n"+line) || !strings.HasSuffix(got, line+"\r\x1b[K") {
		t.Errorf("%q", got)
	}
}

func TestProgressNever(t *testing.T) {
	var screen bytes.Buffer
	io := &IO{Name: "tool", Stdout: &screen, Stderr: &screen}
	called := func() int64 { t.Error("the meter is looked at"); return 0 }
	m := Meter{Total: 10, Bytes: called, Lines: called, Matches: called}
	io.Progress(ProgressNever, m)()
	io.Progress(ProgressAuto, m)() // this is no terminal
	if screen.String() != "" {
		t.Errorf("%q", screen.String())
	}
}
