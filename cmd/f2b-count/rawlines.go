package main

import (
	"bytes"
	"strings"

	"f2b/lib/event"
)

// inLine stands for a "\n" inside a line while lines are joined by that. It is no UTF-8, so no text of an event holds it.
const inLine = "\xff"

// joinLines puts the raw lines of a failure into c.lines, joined by "\n". raw is the event's line as it was read.
func (c *counter) joinLines(v *event.View, raw []byte) {
	c.lines = v.AppendLines(c.lines[:0])
	if bytes.IndexByte(c.lines, '\n') < 0 {
		return
	}
	if c.joined = true; !holdsBreak(raw) {
		return
	}
	e, err := v.Event() // which tells the lines apart
	if err != nil {
		return // unheard of: it was seen
	}
	lines := e.Lines
	if len(lines) == 0 {
		lines = []string{e.Line}
	}
	c.lines = c.lines[:0]
	for i, line := range lines {
		if i > 0 {
			c.lines = append(c.lines, '\n')
		}
		c.lines = append(c.lines, strings.ReplaceAll(line, "\n", inLine)...)
	}
}

// holdsBreak says whether a text in an event's line may hold a "\n", in any way it can be written.
func holdsBreak(raw []byte) bool {
	return bytes.Contains(raw, []byte(`\n`)) || bytes.Contains(raw, []byte(`\u000`))
}

// lastLines parts the lines of failures that took more than one, and keeps the last n. Its list is used again.
func (c *counter) lastLines(matches []string, n int) []string {
	c.matches = c.matches[:0]
	for _, match := range matches {
		switch {
		case match == "":
		case c.joined:
			c.matches = appendParts(c.matches, match)
		default:
			c.matches = append(c.matches, match)
		}
	}
	return c.matches[max(0, len(c.matches)-n):]
}

// appendParts appends the lines that are joined in text.
func appendParts(dst []string, text string) []string {
	for line := range strings.SplitSeq(text, "\n") {
		dst = append(dst, strings.ReplaceAll(line, inLine, "\n"))
	}
	return dst
}
