package filter

import "strings"

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
	list   []string
	fields []string // what a capture is called in an event's fields; empty: it is not shown there
	slot   map[string]int
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
		n.fields = append(n.fields, fieldName(slot, name))
	}
	return slot
}

// fieldName says what a capture is called in an event: <F-PORT> is captured as fport and written as port. Those that
// have a member of their own are no fields, nor are the ones that steer the filter and helpers (a leading underscore).
func fieldName(slot int, name string) string {
	switch {
	case slot == slotUser:
		return name
	case slot < firstField, strings.HasPrefix(name, "_"), strings.HasPrefix(name, "skiplines"),
		strings.HasPrefix(name, "mlf"), strings.HasPrefix(name, "alt_"), strings.HasPrefix(name, "tuple_"):
		return ""
	case name == "fport":
		return "port"
	}
	return name
}
