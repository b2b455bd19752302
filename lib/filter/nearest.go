package filter

import (
	"strings"

	"f2b/lib/pyre"
)

// Nearest says how close a line came to a match, for people who write patterns.
type Nearest struct {
	Dated     bool   // a date was found
	Text      string // what the patterns saw
	Prefregex bool   // the filter has one and it missed: the rest is about it
	Rule      int    // the failregex that came furthest, from 1
	Pattern   string // the part of it that matched
	Rest      string // the part behind it, where it failed
	Matched   string // the text that the matching part took
	Missed    string // the text behind that
}

// Nearest finds the pattern that came furthest on a line that gave nothing. It is slow - every pattern is
// tried in ever longer parts - and it changes nothing that Process remembers.
func (f *Filter) Nearest(l Line) Nearest {
	saved := f.dates.lastDate
	d := f.dates.date(l, f.dates.now())
	f.dates.lastDate = saved
	text := d.rest(l.Text) + "\n"
	n := Nearest{Dated: d.dated, Text: strings.TrimSuffix(text, "\n")}
	if f.prefregex != nil {
		loc := f.search(f.prefregex, text)
		if loc == nil {
			n.Prefregex = true
			f.furthest(&n, 0, f.prefregex, text)
			return n
		}
		var pre captures
		f.prefregex.take(&pre, text, loc)
		if content := pre.text(slotContent); content != "" {
			text = content + "\n"
		}
	}
	for i, r := range f.failregex {
		f.furthest(&n, i+1, r, text)
	}
	return n
}

// furthest notes how far one pattern came, when that is farther than those before it.
func (f *Filter) furthest(n *Nearest, number int, r *rule, text string) {
	ends := cuts(r.text)
	for i := len(ends) - 1; i >= 0; i-- {
		part := r.text[:ends[i]]
		re, err := pyre.Compile(expand(part, f.usedns != "no"), f.flags())
		if err != nil {
			continue
		}
		loc, err := re.FindSubmatchIndex(text, nil)
		if err != nil || loc == nil {
			continue
		}
		if took := text[loc[0]:loc[1]]; len(took) > len(n.Matched) {
			n.Rule, n.Pattern, n.Rest = number, part, r.text[ends[i]:]
			n.Matched, n.Missed = took, strings.TrimSuffix(text[loc[1]:], "\n")
		}
		return
	}
}

// cuts lists the places where a pattern can be cut off and still be a pattern: outside groups, classes and
// tags, behind a whole element. Cuts inside an alternation change its meaning, so there are none there.
func cuts(pattern string) []int {
	var out []int
	depth, class, tags := 0, false, 0
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
			if i+1 < len(pattern) && pattern[i+1] == ']' {
				i++
			}
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == '|' && depth == 0 && tags == 0:
			return nil
		case c == '<':
			tag := tagAt(pattern[i:])
			switch {
			case strings.HasPrefix(tag, "</F-"):
				tags--
			case strings.HasPrefix(tag, "<F-") && !strings.HasSuffix(tag, "/>"):
				tags++
			}
			i += max(len(tag)-1, 0)
		}
		next := i + 1
		quantified := next < len(pattern) && strings.IndexByte("*+?{", pattern[next]) >= 0
		if depth == 0 && !class && tags == 0 && !quantified && next <= len(pattern) {
			out = append(out, next)
		}
	}
	return out
}

// tagAt is the tag that a text begins with, or nothing.
func tagAt(text string) string {
	if loc := tagText().FindStringIndex(text); loc != nil && loc[0] == 0 {
		return text[:loc[1]]
	}
	return ""
}
