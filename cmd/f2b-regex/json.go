package main

import (
	"encoding/json"
	"io"

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
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(r)
}

func pair(patterns []string, hits []int) []pattern {
	out := []pattern{}
	for i, p := range patterns {
		out = append(out, pattern{p, hits[i]})
	}
	return out
}
