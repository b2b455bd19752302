package filter

import (
	"cmp"
	"slices"
)

// both says which groups of prefregex and of a failregex fill which slots: what the failregex captures is laid over what prefregex did. It is
// worked out once, for there are captures to be read on every line that matches.
type both struct {
	fills []fill // in the order of the slots
	apart bool   // no merge has to do with prefregex, so merges can come last
}

// fill is a slot and the groups that fill it, 0 for none: its own before that of prefregex.
type fill struct{ slot, own, pre int }

// joins works out both for a failregex.
func (f *Filter) joins(r *rule) *both {
	j := &both{apart: true}
	for group, slot := range r.slots {
		if slot >= 0 {
			j.at(slot).own = group
		}
	}
	if p := f.prefregex; p != nil {
		for group, slot := range p.slots {
			if slot >= 0 && slot != slotContent {
				j.at(slot).pre = group
			}
		}
		for _, m := range slices.Concat(r.alts, r.tuples) {
			j.apart = j.apart && !slices.Contains(p.slots, m.from) && !slices.Contains(p.slots, m.to)
		}
		j.apart = j.apart && p.alts == nil && p.tuples == nil
	}
	slices.SortFunc(j.fills, func(a, b fill) int { return cmp.Compare(a.slot, b.slot) })
	return j
}

func (j *both) at(slot int) *fill {
	i := slices.IndexFunc(j.fills, func(f fill) bool { return f.slot == slot })
	if i < 0 {
		i = len(j.fills)
		j.fills = append(j.fills, fill{slot: slot})
	}
	return &j.fills[i]
}

// captured appends to c, which is empty, what prefregex captured in the whole text at pre and the failregex in its own text at loc.
func (f *Filter) captured(r *rule, c captures, whole string, pre []int, text string, loc []int) captures {
	if !r.both.apart {
		return f.overlaid(r, c, whole, pre, text, loc)
	}
	for _, fill := range r.both.fills {
		if g := fill.own; g > 0 && loc[2*g] >= 0 {
			c = append(c, capture{fill.slot, text[loc[2*g]:loc[2*g+1]]})
		} else if g := fill.pre; g > 0 && pre[2*g] >= 0 {
			c = append(c, capture{fill.slot, whole[pre[2*g]:pre[2*g+1]]})
		}
	}
	if r.alts != nil || r.tuples != nil {
		c.mergeAlternatives(r.alts, r.tuples)
	}
	return c
}

// overlaid is captured where prefregex and merges touch the same slots.
func (f *Filter) overlaid(r *rule, c captures, whole string, pre []int, text string, loc []int) captures {
	var own captures
	f.prefregex.take(&c, whole, pre)
	c.drop(slotContent)
	r.take(&own, text, loc)
	c.overlay(own)
	return c
}
