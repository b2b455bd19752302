package filter

import (
	"fmt"
	"sync"

	"f2b/lib/config"
	"f2b/lib/pyre"
)

// gaveUp is a search that was given up.
type gaveUp struct {
	rule  *rule
	aside bool // and the rule was set aside for it
}

// giveUp notes that a search was given up.
func (r *rule) giveUp() gaveUp { return gaveUp{r, r.loss.Add()} }

// gaveUp tells of a search that was given up: of the first of a pattern, and of each for which it is set aside.
func (f *Filter) gaveUp(g gaveUp) {
	f.stats.Timeouts++
	g.rule.timeouts++
	if g.rule.timeouts == 1 {
		f.warn(fmt.Errorf("%s took too long and was given up on a line, which counts as missed: %s", f.called(g.rule), g.rule.text))
	}
	if g.aside {
		f.warn(fmt.Errorf("%s was given up on %s: it is SET ASIDE until that time is over, and what it alone would find is missed; %s",
			f.called(g.rule), tooOften(), remedy))
	}
}

// datesGaveUp tells the same of a datepattern.
func (f *Filter) datesGaveUp(pos config.Pos) func(pattern string, aside bool) {
	var told sync.Map
	return func(pattern string, aside bool) {
		name := f.called(&rule{option: "datepattern", pos: pos})
		if _, again := told.LoadOrStore(pattern, true); !again {
			f.warn(fmt.Errorf("%s took too long and was given up on a line, which has no date of its own then: %s", name, pattern))
		}
		if aside {
			f.warn(fmt.Errorf("%s was given up on %s: it is SET ASIDE until that time is over, and lines have no date of their own; %s",
				name, tooOften(), remedy))
		}
	}
}

// remedy is how to write a pattern that is not given up.
const remedy = "try to write it without a reference to what can be any text, without groups that capture in look-around, and without large repeats"

// tooOften says when a pattern is set aside.
func tooOften() string {
	return fmt.Sprintf("%d lines within %v, or %d with others", pyre.Patience, pyre.PatienceSpan, pyre.PatienceOfAll)
}

// called is how people know a rule: by filter, file, option and number.
func (f *Filter) called(r *rule) string {
	name := r.option
	if r.index > 0 {
		name = fmt.Sprintf("%s %d", r.option, r.index)
	}
	if f.Name != "" {
		name = fmt.Sprintf("filter %s: %s", f.Name, name)
	}
	if r.pos.File != "" {
		name = fmt.Sprintf("%s:%d: %s", r.pos.File, r.pos.Line, name)
	}
	return name
}
