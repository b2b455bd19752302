package filter

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const sessionFilter = "[Definition]\nprefregex = ^<F-MLFID>\\w+</F-MLFID>: <F-CONTENT>.*</F-CONTENT>$\n" +
	"failregex = ^bad <F-USER>\\S+</F-USER> <HOST>$\n ^<F-NOFAIL>from</F-NOFAIL> <HOST>$\n ^worse$\n" +
	" ^<F-MLFGAINED>good</F-MLFGAINED> <F-USER>\\S+</F-USER> <HOST>$\n ^<F-NOFAIL><F-MLFFORGET>bye</F-MLFFORGET></F-NOFAIL>\n"

// TestSessionsAreBounded opens sessions without end: what is kept stays within its limits, and the youngest
// sessions are the ones that are known.
func TestSessionsAreBounded(t *testing.T) {
	b := loadText(t, sessionFilter)
	long := strings.Repeat("x", 4000)
	for i := range 30_000 {
		b.Process(Line{Text: fmt.Sprintf("s%d: from 192.0.2.1", i)})
		if i%1000 == 0 {
			b.Process(Line{Text: fmt.Sprintf("s%d: bad %s 192.0.2.1", i, long)})
		}
	}
	if n := len(b.sessions.byID); n > maxSessions || n < maxSessions/2 {
		t.Errorf("%d sessions are known", n)
	}
	linked := 0
	for s := b.sessions.oldest; s != nil; s = s.newer {
		linked++
	}
	if linked != len(b.sessions.byID) {
		t.Errorf("%d sessions are linked, %d known", linked, len(b.sessions.byID))
	}
	if b.sessions.size > maxSessionText {
		t.Errorf("%d bytes are kept", b.sessions.size)
	}
	b.want("192.0.2.1", "s29999: worse")
	b.want("", "s1: worse")
}

// TestSessionTextIsBounded fills few sessions with long lines.
func TestSessionTextIsBounded(t *testing.T) {
	b := loadText(t, sessionFilter)
	long := strings.Repeat("x", 60_000)
	for i := range 400 {
		b.Process(Line{Text: fmt.Sprintf("s%d: bye%s", i%50, long)})
		b.Process(Line{Text: fmt.Sprintf("s%d: from 192.0.2.%d", i, i%250)})
		b.Process(Line{Text: fmt.Sprintf("s%d: bad %s 192.0.2.1", i, long)})
	}
	if b.sessions.size > maxSessionText {
		t.Errorf("%d bytes are kept", b.sessions.size)
	}
}

// TestSessionsGrowOld forgets a session after 300 seconds of the log's own time.
func TestSessionsGrowOld(t *testing.T) {
	for seconds, want := range map[int]string{299: "192.0.2.1", 301: ""} {
		b := loadText(t, sessionFilter)
		start := time.Date(2024, 3, 1, 10, 0, 0, 0, time.UTC)
		b.Process(Line{Text: "s: from 192.0.2.1", Time: start})
		m := b.Process(Line{Text: "s: worse", Time: start.Add(time.Duration(seconds) * time.Second)}).Matches
		got := ""
		if len(m) > 0 {
			got = m[0].Who()
		}
		if got != want {
			t.Errorf("after %d s: %q, want %q", seconds, got, want)
		}
	}
}

// TestSessionSteps walks through the rules of sessions; each step is a line and whom it is a failure of.
func TestSessionSteps(t *testing.T) {
	type step struct{ line, who string }
	for name, steps := range map[string][]step{
		"a success forgives what waits for its address": {
			{"s: worse", ""}, {"s: good eve 192.0.2.1", ""}, {"s: worse", "192.0.2.1"}},
		"a success as a second user is a failure": {
			{"s: bad dave 192.0.2.1", "192.0.2.1"}, {"s: good eve 192.0.2.1", "192.0.2.1"}},
		"a success as the same user is none": {
			{"s: bad eve 192.0.2.1", "192.0.2.1"}, {"s: good eve 192.0.2.1", ""}},
		"the end of a session forgets its address": {
			{"s: from 192.0.2.1", ""}, {"s: bye", ""}, {"s: worse", ""}},
		"a failure that waits is told when the address comes": {
			{"s: worse", ""}, {"s: from 192.0.2.1", "192.0.2.1"}},
		"sessions do not mix": {
			{"s: from 192.0.2.1", ""}, {"t: worse", ""}, {"s: worse", "192.0.2.1"}, {"t: from 192.0.2.2", "192.0.2.2"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := loadText(t, sessionFilter)
			for _, s := range steps {
				b.want(s.who, s.line)
			}
		})
	}
}
