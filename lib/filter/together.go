package filter

import (
	"slices"
	"strings"
	"time"
)

// together tries a line with all patterns, or with the lines before it: what cannot be done in steps.
func (f *Filter) together(line string, d *Dating) {
	text := d.rest(line)
	f.result.Text, f.result.Dated = text, d.dated
	f.push(bufferedLine{text: text, raw: line})
	f.find(d.when)
}

// find looks for failures in the buffer, whose last line has the time when.
func (f *Filter) find(when time.Time) {
	if f.foresees() && !slices.ContainsFunc(f.failregex, f.mayMatch) {
		return
	}
	orig := f.buffer
	text := join(orig)
	if f.ignoresFirst() && f.ignored(text, nil) {
		return
	}
	var pre captures
	if f.prefregex != nil {
		loc := f.search(f.prefregex, text)
		if loc == nil {
			return
		}
		f.result.Prefixed = true
		f.prefregex.take(&pre, text, loc)
		if content := pre.text(slotContent); content != "" {
			f.buffer = []bufferedLine{{text: content, raw: content}}
			text = join(f.buffer)
		}
		if f.checkAll {
			f.result.Prefix = pre.String(f.slots)
		}
		pre.drop(slotContent)
	}
	for i, r := range f.failregex {
		if !f.tryRule(i, r, &text, orig, pre, when) {
			return
		}
	}
}

// tryRule tries one failregex; it tells whether the next one should be tried too.
func (f *Filter) tryRule(i int, r *rule, text *string, orig []bufferedLine, pre captures, when time.Time) bool {
	if f.foresees() && !f.mayMatch(r) {
		return true
	}
	loc := f.search(r, *text)
	if loc == nil {
		return true
	}
	var found captures
	r.take(&found, *text, loc)
	lines := r.lines(*text, loc, orig)
	if len(f.ignore) > 0 && f.ignored(*text, lines.matched) {
		if !f.checkAll || f.Maxlines > 1 {
			f.buffer = lines.unmatched
		}
		*text = join(f.buffer)
		return f.checkAll
	}
	if !f.checkAll || f.Maxlines > 1 {
		f.buffer = lines.unmatched
		*text = join(f.buffer)
	}
	all := pre.clone()
	all.overlay(found)
	f.failure(i+1, all, lines.matched, when)
	return f.checkAll
}

// ignoresFirst tells whether the ignoreregexes are tried before all else, as fail2ban does where they are few.
func (f *Filter) ignoresFirst() bool {
	n := len(f.ignore)
	return n > 0 && n < len(f.failregex)-2
}

// ignored tries the ignoreregexes: on the whole text, or when lines are matched together on those that
// matched. All are tried when all are asked for (to count them), else the first that matches ends it.
func (f *Filter) ignored(text string, matched []bufferedLine) bool {
	if matched != nil && f.Maxlines > 1 {
		text = join(matched)
	}
	any := false
	for i, r := range f.ignore {
		if f.search(r, text) == nil {
			continue
		}
		any = true
		f.result.Ignored = append(f.result.Ignored, i+1)
		if !f.checkAll {
			break
		}
	}
	return any
}

// join puts lines together as the patterns see them: each with a newline behind it.
func join(lines []bufferedLine) string {
	if len(lines) == 1 {
		return lines[0].text + "\n"
	}
	var b strings.Builder
	size := 0
	for _, l := range lines {
		size += len(l.text) + 1
	}
	b.Grow(size)
	for _, l := range lines {
		b.WriteString(l.text)
		b.WriteByte('\n')
	}
	if len(lines) == 0 {
		return "\n"
	}
	return b.String()
}
