package filter

import (
	"net/netip"
	"time"

	"f2b/lib/event"
)

// Match is one failure that a line completed.
type Match struct {
	identity
	Rule    int       // which failregex, from 1
	Time    time.Time // of the line
	Line    string    // the raw line
	Lines   []string  // all raw lines of the failure
	Nofail  bool      // no failure by itself (F-NOFAIL); only when all rules are checked
	Pending bool      // its address is not known yet; only when all rules are checked

	slots    *slotTable
	groups   []int // the slots that the patterns fill
	captures captures
}

// Capture gives what the group of that name took, and whether it took part.
func (m *Match) Capture(name string) (string, bool) {
	slot, ok := m.slots.slot[name]
	if !ok {
		return "", false
	}
	return m.captures.get(slot)
}

// Tag gives what the tag <F-NAME> captured, and whether it took part.
func (m *Match) Tag(name string) (string, bool) { return m.Capture(captureName(name)) }

// Capture is a named group of the patterns.
type Capture struct {
	Name, Value string
	Set         bool // the group took part in the match
}

// Captures lists the named groups of the patterns that matched, in their order.
func (m *Match) Captures() []Capture {
	var out []Capture
	for _, slot := range m.groups {
		v, set := m.captures.get(slot)
		out = append(out, Capture{m.slots.list[slot], v, set})
	}
	return out
}

// AppendFields appends to dst the captures that an event shows: all but those that have a member of their own
// or serve the filter alone.
func (m *Match) AppendFields(dst []event.Field) []event.Field {
	for i := range m.captures {
		if name := m.slots.fields[m.captures[i].slot]; name != "" {
			dst = append(dst, event.Field{Name: name, Value: m.captures[i].text})
		}
	}
	return dst
}

// Event writes the match as it goes on the wire.
func (m *Match) Event() event.Event {
	var e event.Event
	m.Fill(&e)
	return e
}

// Fill makes e the match as it goes on the wire. The room of e's fields is used again.
func (m *Match) Fill(e *event.Event) {
	fields := m.AppendFields(e.Fields[:0])
	*e = event.Event{V: event.Version, Type: event.Match, Time: m.Time, IP: m.IP, ID: m.ID, DNS: m.DNS,
		Rule: m.Rule, Line: m.Line, Fields: fields}
	if len(m.Lines) > 1 {
		e.Lines = m.Lines
	}
}

// Who writes whom the failure is counted under.
func (m *Match) Who() string {
	if m.ID != "" {
		return m.ID
	}
	if m.IP == (netip.Prefix{}) {
		return ""
	}
	return prefixText(m.IP)
}
