package filter

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
)

// The captures that mean something to the filter itself have fixed slots; all others follow in the order
// in which the patterns name them.
const (
	slotID = iota
	slotIP4
	slotIP6
	slotDNS
	slotCIDR
	slotUser
	slotContent
	slotSession
	slotNofail
	slotForget
	slotGained
	slotOldHost
	firstField
)

var slotNames = [firstField]string{"fid", "ip4", "ip6", "dns", "cidr", "user", "content",
	"mlfid", "nofail", "mlfforget", "mlfgained", "host"}

// slotTable numbers the captures of all patterns of one filter.
type slotTable struct {
	list []string
	slot map[string]int
}

func newSlotTable() *slotTable {
	n := &slotTable{slot: map[string]int{}}
	for _, name := range slotNames {
		n.number(name)
	}
	return n
}

func (n *slotTable) number(name string) int {
	slot, ok := n.slot[name]
	if !ok {
		slot = len(n.list)
		n.slot[name] = slot
		n.list = append(n.list, name)
	}
	return slot
}

// isField tells whether a capture is shown in an event's fields: not those that have a field of their own,
// nor the ones that steer the filter, nor helpers (a leading underscore).
func (n *slotTable) isField(slot int) bool {
	name := n.list[slot]
	if slot == slotUser {
		return true
	}
	return slot >= firstField && !strings.HasPrefix(name, "_") && !strings.HasPrefix(name, "skiplines") &&
		!strings.HasPrefix(name, "mlf") && !complexName.MatchString(name)
}

// fieldName is a capture's name in an event: <F-PORT> is captured as fport and written as port.
func fieldName(name string) string {
	if name == "fport" {
		return "port"
	}
	return name
}

// captures holds what the groups of one match took, by slot. A group that took no part is not set; one that
// took part may still be empty.
type captures struct {
	text []string
	set  []bool
}

func newCaptures(n *slotTable) captures {
	return captures{text: make([]string, len(n.list)), set: make([]bool, len(n.list))}
}

func (c captures) get(slot int) (string, bool) { return c.text[slot], c.set[slot] }

func (c *captures) put(slot int, text string) {
	c.text[slot], c.set[slot] = text, true
}

func (c *captures) drop(slot int) { c.text[slot], c.set[slot] = "", false }

// overlay lays the captures of other that took part over c.
func (c *captures) overlay(other captures) {
	for slot, set := range other.set {
		if set {
			c.text[slot], c.set[slot] = other.text[slot], true
		}
	}
}

func (c captures) clone() captures {
	return captures{text: append([]string(nil), c.text...), set: append([]bool(nil), c.set...)}
}

// String shows the captures that took part, for people.
func (c captures) String(n *slotTable) string {
	var b strings.Builder
	for slot, set := range c.set {
		if set {
			fmt.Fprintf(&b, "%s=%q ", n.list[slot], c.text[slot])
		}
	}
	return strings.TrimSuffix(b.String(), " ")
}

// complexName matches the groups that fill another one: alt_user and alt_user_1 fill user when it is
// empty, tuple_id appends to id.
var complexName = regexp.MustCompile(`^(alt_|tuple_)(.*?)(?:_\d+)?$`)

// merge says that the capture from goes into the capture to.
type merge struct{ from, to int }

// merges lists what the alt_ or tuple_ groups of a pattern fill, in the order of their names.
func merges(groups []string, prefix string, n *slotTable) []merge {
	var found []string
	for _, name := range groups {
		if m := complexName.FindStringSubmatch(name); m != nil && m[1] == prefix && len(name) > len("alt_") {
			found = append(found, name)
		}
	}
	sort.Strings(found)
	var out []merge
	for _, name := range found {
		target := captureName(complexName.FindStringSubmatch(name)[2])
		out = append(out, merge{n.number(name), n.number(target)})
	}
	return out
}

// mergeAlternatives applies them: the first alternative that holds something fills an empty name, and the
// parts of a tuple are joined by a comma and a space.
func (c *captures) mergeAlternatives(alts, tuples []merge) {
	for _, m := range alts {
		if v := c.text[m.from]; v != "" && c.text[m.to] == "" {
			c.put(m.to, v)
		}
	}
	for _, m := range tuples {
		if c.set[m.to] {
			c.put(m.to, c.text[m.to]+", "+c.text[m.from])
		} else {
			c.put(m.to, c.text[m.from])
		}
	}
}
