package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"f2b/lib/filter"
)

// result is what -json prints.
type result struct {
	Lines       int       `json:"lines"`
	Matched     int       `json:"matched"`
	Ignored     int       `json:"ignored"`
	Missed      int       `json:"missed"`
	Prefregex   *pattern  `json:"prefregex,omitempty"`
	Failregex   []pattern `json:"failregex"`
	Ignoreregex []pattern `json:"ignoreregex"`
	Dates       []pattern `json:"dates"`
	MatchedText []string  `json:"matched_lines,omitempty"`
	IgnoredText []string  `json:"ignored_lines,omitempty"`
	MissedText  []string  `json:"missed_lines,omitempty"`
	Seconds     float64   `json:"seconds"`
}

type pattern struct {
	Pattern string `json:"pattern"`
	Hits    int    `json:"hits"`
}

// writeJSON prints the counts as one object.
func (c *counts) writeJSON(w io.Writer, f *filter.Filter) error {
	r := result{Lines: c.tested, Matched: c.matched, Ignored: c.ignored, Missed: c.missed,
		Failregex: pair(f.Failregex(), c.failregex), Ignoreregex: pair(f.Ignoreregex(), c.ignoreregex),
		Dates: []pattern{}, MatchedText: c.matchedLines, IgnoredText: c.ignoredLines, MissedText: c.missedLines,
		Seconds: c.took.Seconds()}
	if pre := f.Prefregex(); pre != "" {
		r.Prefregex = &pattern{pre, c.prefixed}
	}
	if f.Dates() != nil {
		for _, h := range f.Dates().Hits() {
			if h.Count > 0 {
				r.Dates = append(r.Dates, pattern{h.Name, h.Count})
			}
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return err
	}
	_, err := io.WriteString(w, escaped(b.String()))
	return err
}

// escaped escapes in JSON what it allows and a terminal obeys.
func escaped(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf && r != 0x7f || unicode.IsGraphic(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

func pair(patterns []string, hits []int) []pattern {
	out := []pattern{}
	for i, p := range patterns {
		out = append(out, pattern{p, hits[i]})
	}
	return out
}
