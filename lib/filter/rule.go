package filter

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"f2b/lib/config"
	"f2b/lib/pyre"
)

// rule is one compiled pattern of a filter: a prefregex, failregex or ignoreregex.
type rule struct {
	re        *pyre.Regexp
	text      string // as written, tags and all
	slots     []int  // the capture slot of each group, -1 for one without a name
	alts      []merge
	tuples    []merge
	skiplines []int      // the groups of <SKIPLINES>, in order
	groups    []int      // what it and prefregex fill
	both      *both      // how they do
	loc       []int      // of the last search, used again
	number    int        // among all rules of the filter
	needs     [][][]byte // what it cannot do without, one of each list; where lines are foreseen
	firstNeed int        // where they begin among those of all failregexes
	option    string
	index     int        // in the option, from 1; 0: it holds one pattern only
	pos       config.Pos // of the option; zero: it is of the command line
	timeouts  int
	loss      pyre.Loss
}

// A PatternError is a pattern of a filter that can't be used.
type PatternError struct {
	Option string // failregex, ignoreregex, prefregex or datepattern
	Number int    // from 1; 0 when the option holds one pattern only
	Text   string // the pattern as written
	Msg    string // what is wrong with it
}

func (e *PatternError) Error() string {
	name := e.Option
	if e.Number > 0 {
		name = fmt.Sprintf("%s %d", e.Option, e.Number)
	}
	return fmt.Sprintf("%s: %s", name, e.Msg)
}

// compiled is a pattern with its tags expanded, and what became of it.
type compiled struct {
	pattern string
	re      *pyre.Regexp
	err     error
}

// compiled compiles a pattern, which is needed soon or may never be.
func (f *Filter) compiled(text string, flags pyre.Flags, soon bool) compiled {
	c := compiled{pattern: expand(text, f.usedns != "no")}
	if strings.TrimSpace(c.pattern) == "" {
		c.err = errors.New("the pattern is empty")
		return c
	}
	compile := pyre.Compile
	if soon {
		compile = pyre.CompileNow
	}
	c.re, c.err = compile(c.pattern, flags)
	return c
}

// rule makes a rule of a pattern.
func (f *Filter) rule(option string, number int, text string, c compiled) (*rule, error) {
	if c.err != nil {
		return nil, &PatternError{option, number, text, describe(c.err, c.pattern, text)}
	}
	re := c.re
	r := &rule{re: re, text: text, option: option, index: number}
	groups := re.Names()
	for i, name := range groups {
		switch {
		case name == "":
			r.slots = append(r.slots, -1)
		case strings.HasPrefix(name, "skiplines"):
			r.slots = append(r.slots, -1)
			r.skiplines = append(r.skiplines, i)
		default:
			r.slots = append(r.slots, f.slots.number(name))
		}
	}
	r.alts = merges(groups, "alt_", f.slots)
	r.tuples = merges(groups, "tuple_", f.slots)
	return r, nil
}

// describe shows where in the pattern an error is, and the pattern with its tags expanded when that is
// what the position counts in.
func describe(err error, pattern, text string) string {
	e, ok := errors.AsType[*pyre.Error](err)
	if !ok {
		return err.Error()
	}
	at := pattern[min(e.Pos, len(pattern)):]
	if len(at) > 24 {
		at = at[:24] + "..."
	}
	msg := fmt.Sprintf("%s at position %d (%q)", e.Msg, e.Pos, at)
	if pattern == text {
		return fmt.Sprintf("%s of %s", msg, text)
	}
	return fmt.Sprintf("%s of %s, which is %s", msg, text, pattern)
}

// identifies tells whether a pattern captures something that a failure can be counted under.
func (r *rule) identifies() bool {
	for _, slot := range r.slots {
		switch slot {
		case slotID, slotIP4, slotIP6, slotDNS, slotSession, slotOldHost:
			return true
		}
	}
	return false
}

// take puts the captures of a match into c, which is empty.
func (r *rule) take(c *captures, text string, loc []int) {
	for group, slot := range r.slots {
		if slot >= 0 && loc[2*group] >= 0 {
			c.put(slot, text[loc[2*group]:loc[2*group+1]])
		}
	}
	if r.alts != nil || r.tuples != nil {
		c.mergeAlternatives(r.alts, r.tuples)
	}
}

// content is the text that the failregexes are tried on behind prefregex: what its F-CONTENT took, and a newline.
func (r *rule) content(text string, loc []int) string {
	if r.alts != nil || r.tuples != nil {
		return r.mergedContent(text, loc)
	}
	g := slices.Index(r.slots, slotContent)
	if g < 1 || loc[2*g] < 0 || loc[2*g] == loc[2*g+1] {
		return text
	}
	if end := loc[2*g+1]; end < len(text) && text[end] == '\n' {
		return text[loc[2*g] : end+1]
	}
	return text[loc[2*g]:loc[2*g+1]] + "\n"
}

// mergedContent is content where other groups may fill it.
func (r *rule) mergedContent(text string, loc []int) string {
	var c captures
	r.take(&c, text, loc)
	if content := c.text(slotContent); content != "" {
		return content + "\n"
	}
	return text
}

// fills lists the slots that prefregex and the rule fill, each once, without F-CONTENT.
func (r *rule) fills(prefregex *rule) []int {
	var out []int
	add := func(slot int) {
		if slot >= 0 && slot != slotContent && !slices.Contains(out, slot) {
			out = append(out, slot)
		}
	}
	for _, source := range []*rule{prefregex, r} {
		if source == nil {
			continue
		}
		for _, slot := range source.slots {
			add(slot)
		}
		for _, m := range slices.Concat(source.alts, source.tuples) {
			add(m.to)
		}
	}
	return out
}
