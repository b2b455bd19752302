package event

import "math/bits"

// Members is a set of members of an event.
type Members uint32

// MembersOf is the set of the members with those names. A name that isn't listed is a mistake of the program.
func MembersOf(names ...string) (set Members) {
	for _, name := range names {
		i := listed(name)
		if i < 0 {
			panic("event: there is no member " + name)
		}
		set |= 1 << i
	}
	return set
}

// listed is the place of a member in the schema, -1 if it isn't there.
func listed(name string) int {
	for i := range members {
		if members[i].name == name {
			return i
		}
	}
	return -1
}

// AppendWith appends the line to dst as it would be if the event had those members of another one that are in the set;
// the rest is copied as it stands. Of a line that is longer than MaxLine then something is left out, as a Writer does.
func (v *View) AppendWith(dst []byte, other *Event, set Members) []byte {
	start := len(dst)
	dst = v.appendWith(dst, other, set)
	if len(dst)-start <= MaxLine {
		return dst
	}
	e, _ := Parse(dst[start:]) // it is ours, and cannot be wrong
	return e.AppendFitting(dst[:start])
}

func (v *View) appendWith(dst []byte, other *Event, set Members) []byte {
	start := len(dst)
	for rest := v.seen | set; rest != 0; rest &= rest - 1 {
		i := bits.TrailingZeros32(uint32(rest))
		if set&(1<<i) != 0 {
			dst = other.appendMember(dst, i)
		} else {
			dst = append(dst, v.line[v.places[i].start:v.places[i].end]...)
		}
	}
	dst = append(dst, v.line[v.tail:]...)
	dst[start] = '{' // as AppendJSON has it
	return append(dst, '\n')
}

// WriteWith writes the event of a view with members of another one.
func (w *Writer) WriteWith(v *View, other *Event, set Members) error {
	return w.write(func(dst []byte) []byte { return v.AppendWith(dst, other, set) })
}
