package filter

import (
	"slices"
	"strings"
)

// bufferedLine is a line that waits for its match: as the patterns see it, and as it was.
type bufferedLine struct {
	text, raw string
	outlook   *outlook // where lines are foreseen
}

// push adds a line to the buffer and forgets the oldest when there are more than maxlines.
func (f *Filter) push(l bufferedLine) {
	if n := len(f.buffer); n >= f.Maxlines {
		f.unused = f.buffer[n-f.Maxlines].outlook
		f.buffer = f.buffer[:copy(f.buffer, f.buffer[n-f.Maxlines+1:])]
	}
	if f.foresees() {
		l.outlook = f.look(l.text)
	}
	f.buffer = append(f.buffer, l)
}

// waiting gives the buffered lines as they are before a new one comes, less the one that it will push out.
func (f *Filter) waiting() []bufferedLine {
	if f.Maxlines <= 1 {
		return nil
	}
	if len(f.buffer) >= f.Maxlines {
		return slices.Clone(f.buffer[1:])
	}
	return slices.Clone(f.buffer)
}

// consumed tells which of the lines that waited are no longer in the buffer: a match used them.
func (f *Filter) consumed(before []bufferedLine) []string {
	var out []string
	for _, l := range before {
		if !slices.ContainsFunc(f.buffer, l.same) {
			out = append(out, l.raw)
		}
	}
	return out
}

func (l bufferedLine) same(o bufferedLine) bool { return l.text == o.text && l.raw == o.raw }

// matchedLines splits a buffer into the lines a match covers and the others.
type matchedLines struct{ matched, unmatched []bufferedLine }

// lines finds which lines of orig the match at loc covers. Those that <SKIPLINES> passed over do not
// belong to it and wait on.
func (r *rule) lines(text string, loc []int, orig []bufferedLine) matchedLines {
	if len(orig) <= 1 {
		return matchedLines{matched: orig}
	}
	first := strings.Count(text[:lineStart(text, loc[0])], "\n")
	last := strings.Count(text[:lineEnd(text, loc[1])], "\n")
	first, last = min(first, len(orig)), min(last, len(orig))
	out := matchedLines{
		matched:   slices.Clone(orig[first:last]),
		unmatched: slices.Clone(orig[:first]),
	}
	from := 0
	for _, skipped := range r.skipped(text, loc) {
		for i := from; i < len(out.matched); i++ {
			if out.matched[i].text == skipped {
				out.unmatched = append(out.unmatched, out.matched[i])
				out.matched = slices.Delete(out.matched, i, i+1)
				from = i
				break
			}
		}
	}
	out.unmatched = append(out.unmatched, orig[last:]...)
	return out
}

// lineStart is where the line begins in which a match starts; a match that starts with a newline starts
// in the line behind it.
func lineStart(text string, start int) int {
	return strings.LastIndexByte(text[:min(start+1, len(text))], '\n') + 1
}

// lineEnd is where the line ends in which a match ends.
func lineEnd(text string, end int) int {
	from := max(end-1, 0)
	if i := strings.IndexByte(text[from:], '\n'); i >= 0 {
		return from + i + 1
	}
	return len(text)
}

// skipped lists the lines that the <SKIPLINES> of a match passed over.
func (r *rule) skipped(text string, loc []int) []string {
	var all strings.Builder
	for _, group := range r.skiplines {
		if loc[2*group] >= 0 {
			all.WriteString(text[loc[2*group]:loc[2*group+1]])
		}
	}
	s := strings.TrimSuffix(all.String(), "\n")
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

func appendRaws(dst []string, lines []bufferedLine) []string {
	for _, l := range lines {
		dst = append(dst, l.raw)
	}
	return dst
}
