package filter

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
)

// capture is what a group took.
type capture struct {
	slot int
	text string
}

// captures holds what the groups of one match took, in the order of their slots. A group that took no part is not
// there; one that took part may still be empty.
type captures []capture

func (c captures) get(slot int) (string, bool) {
	for i := range c {
		if c[i].slot == slot {
			return c[i].text, true
		}
	}
	return "", false
}

func (c captures) text(slot int) string {
	text, _ := c.get(slot)
	return text
}

func (c *captures) put(slot int, text string) {
	i := len(*c)
	for i > 0 && (*c)[i-1].slot >= slot {
		i--
	}
	if i < len(*c) && (*c)[i].slot == slot {
		(*c)[i].text = text
		return
	}
	*c = append(*c, capture{})
	copy((*c)[i+1:], (*c)[i:])
	(*c)[i] = capture{slot, text}
}

func (c *captures) drop(slot int) {
	for i := range *c {
		if (*c)[i].slot == slot {
			*c = append((*c)[:i], (*c)[i+1:]...)
			return
		}
	}
}

// overlay lays the captures of other that took part over c.
func (c *captures) overlay(other captures) {
	for i := range other {
		c.put(other[i].slot, other[i].text)
	}
}

func (c captures) clone() captures { return slices.Clone(c) }

// detached appends to list a copy whose texts hold no part of the log in memory: they stand in room.
func (c captures) detached(list captures, room []byte) (captures, []byte) {
	for i := range c {
		var text string
		text, room = copied(room, c[i].text)
		list = append(list, capture{c[i].slot, text})
	}
	return list, room
}

// overlayDetached is overlay with copies of the texts that are new.
func (c *captures) overlayDetached(other captures) {
	for i := range other {
		if have, ok := c.get(other[i].slot); !ok || have != other[i].text {
			c.put(other[i].slot, strings.Clone(other[i].text))
		}
	}
}

// String shows the captures that took part, for people.
func (c captures) String(n *slotTable) string {
	var b strings.Builder
	for i := range c {
		fmt.Fprintf(&b, "%s=%q ", n.list[c[i].slot], c[i].text)
	}
	return strings.TrimSuffix(b.String(), " ")
}

// complexName matches the groups that fill another one: alt_user and alt_user_1 fill user when it is
// empty, tuple_id appends to id.
var complexName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(alt_|tuple_)(.*?)(?:_\d+)?$`)
})

// merge says that the capture from goes into the capture to.
type merge struct{ from, to int }

// merges lists what the alt_ or tuple_ groups of a pattern fill, in the order of their names.
func merges(groups []string, prefix string, n *slotTable) []merge {
	var found []string
	for _, name := range groups {
		if strings.HasPrefix(name, prefix) && len(name) > len("alt_") {
			found = append(found, name)
		}
	}
	sort.Strings(found)
	var out []merge
	for _, name := range found {
		target := captureName(complexName().FindStringSubmatch(name)[2])
		out = append(out, merge{n.number(name), n.number(target)})
	}
	return out
}

// mergeAlternatives applies them: the first alternative that holds something fills an empty name, and the
// parts of a tuple are joined by a comma and a space.
func (c *captures) mergeAlternatives(alts, tuples []merge) {
	for _, m := range alts {
		if v := c.text(m.from); v != "" && c.text(m.to) == "" {
			c.put(m.to, v)
		}
	}
	for _, m := range tuples {
		if have, ok := c.get(m.to); ok {
			c.put(m.to, have+", "+c.text(m.from))
		} else {
			c.put(m.to, c.text(m.from))
		}
	}
}
