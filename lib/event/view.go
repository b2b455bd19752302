package event

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unique"
	"unsafe"
)

// View is a line seen as the event that it holds, without an Event being made of it: for whoever reads many events, needs
// little of each, and passes the rest on.
//
// It sees the lines that are written just as [Event.AppendJSON] writes them, which is how the tools write: those of which
// Parse makes an event that AppendJSON makes the same line of again. So what isn't to be changed can be copied as it stands.
type View struct {
	Time time.Time    // in UTC; zero: absent
	IP   netip.Prefix // zero: absent

	line    string
	seen    Members
	escaped Members        // texts that hold escapes
	places  [inTable]place // of those that were seen
	tail    int            // where the unknown members begin, or the closing brace
	offset  int            // of the time's zone, in seconds
}

// place says where in the line a member stands, the comma or brace before it included.
type place struct{ start, end int32 }

// unseen is what the step over a value returns when AppendJSON would have written it otherwise.
const unseen = -1

// See looks at a line, which has no "\n". It is false if AppendJSON would have written the line otherwise: then Parse says
// what it holds, and the view is of no use. The line's bytes must stay as they are while the view is used.
func (v *View) See(line []byte) bool {
	v.line = asText(line)
	v.seen, v.escaped, v.Time, v.IP = 0, 0, time.Time{}, netip.Prefix{}
	if !strings.HasPrefix(v.line, "{") {
		return false
	}
	v.tail = v.members()
	const vital = 1<<atV | 1<<atType
	return v.tail != unseen && v.seen&vital == vital && v.unknown()
}

// asText is the same bytes as a text: a copy would cost as much as the look itself.
func asText(line []byte) string { return unsafe.String(unsafe.SliceData(line), len(line)) }

// members steps over the members of the table, in their order, and returns where something else stands.
func (v *View) members() int {
	s, at := v.line, 0
	for i := range members {
		key := members[i].key
		if len(s)-at <= len(key) || s[at+2] != key[2] || s[at+1:at+len(key)] != key[1:] {
			continue
		}
		end := members[i].view(v, i, at+len(key))
		if end == unseen || end >= len(s) {
			return unseen
		}
		v.places[i] = place{int32(at), int32(end)}
		v.seen |= 1 << i
		if at = end; s[at] != ',' {
			break
		}
	}
	return at
}

// unknown steps over the members that aren't in the table, and says whether the line ends as it should.
func (v *View) unknown() bool {
	p := scanner{s: v.line, pos: v.tail, depth: 1}
	var came names
	for p.peek() == ',' {
		start := p.pos + 1
		if p.pos, _ = ownText(v.line, start); p.pos == unseen || !strings.HasPrefix(v.line[p.pos:], ":") {
			return false
		}
		name := v.line[start+1 : p.pos-1]
		p.pos++
		if listed(name) >= 0 || !came.add(name) || p.peek() != p.space() {
			return false
		}
		if value := p.skip(); p.err != nil || !ownValue(value) {
			return false
		}
	}
	return p.pos == len(v.line)-1 && p.peek() == '}'
}

// Restored says whether the event is of a ban that was put back.
func (v *View) Restored() bool { return v.seen&(1<<atRestored) != 0 }

// Event makes the event.
func (v *View) Event() (Event, error) {
	var p parser
	err := p.parse([]byte(v.line))
	return p.e, err
}

// The texts are "" where there is none, and may be parts of the line.

func (v *View) Type() string   { return v.text(atType) }
func (v *View) ID() string     { return v.text(atID) }
func (v *View) Filter() string { return v.text(atFilter) }
func (v *View) Jail() string   { return v.text(atJail) }

// Zone is the zone that the time was given in.
func (v *View) Zone() *time.Location { return zone(v.offset) }

// Local is the time in the zone that it was given in.
func (v *View) Local() time.Time { return v.Time.In(v.Zone()) }

// Head makes an event of what a keeper of bans goes by: time, address or id, filter, jail and bantime. It has nothing of the
// line's memory.
func (v *View) Head() Event {
	return Event{
		Time: v.Local(), IP: v.IP, ID: strings.Clone(v.ID()),
		Filter: unique.Make(v.Filter()).Value(), Jail: unique.Make(v.Jail()).Value(), Bantime: v.number(atBantime),
	}
}

// Keep appends the line to room, and sees it there from now on.
func (v *View) Keep(room []byte) []byte {
	start := len(room)
	room = append(room, v.line...)
	v.line = asText(room[start:])
	return room
}

// AppendLines appends the raw lines of the failure to dst, joined by "\n".
func (v *View) AppendLines(dst []byte) []byte {
	list := v.value(atLines)
	if list == "" {
		return append(dst, v.text(atLine)...)
	}
	for at := 0; list[at] != ']'; {
		if at > 0 {
			dst = append(dst, '\n')
		}
		start := at + 1
		end, escaped := ownText(list, start)
		dst = append(dst, textOf(list[start:end], escaped)...)
		at = end
	}
	return dst
}

// value is the raw value of a member, "" if there is none.
func (v *View) value(i int) string {
	if v.seen&(1<<i) == 0 {
		return ""
	}
	return v.line[int(v.places[i].start)+len(members[i].key) : v.places[i].end]
}

// number is the value of a member that holds a number, 0 if there is none.
func (v *View) number(i int) (n int64) {
	if value := v.value(i); value != "" {
		n, _ = strconv.ParseInt(value, 10, 64) // it was seen to be one
	}
	return n
}

// text is the value of a member that holds a string.
func (v *View) text(i int) string { return textOf(v.value(i), v.escaped&(1<<i) != 0) }

// textOf is what a string in quotes says; nothing, if there is none.
func textOf(quoted string, escaped bool) string {
	switch {
	case quoted == "":
		return ""
	case escaped:
		return unquote(quoted[1 : len(quoted)-1])
	}
	return quoted[1 : len(quoted)-1]
}
