package event

import "strings"

// How a view steps over the value of a member, number i of the table, that begins at at.

func viewVersion(v *View, _, at int) int {
	if !strings.HasPrefix(v.line[at:], "1") {
		return unseen
	}
	return at + 1
}

func viewText(v *View, i, at int) int {
	end, escaped := ownText(v.line, at)
	if end == at+len(`""`) { // it would have been left out
		return unseen
	}
	if escaped {
		v.escaped |= 1 << i
	}
	return end
}

func viewMoment(v *View, i, at int) int {
	t, offset, end := ownTime(v.line, at)
	if i == atTime {
		v.Time, v.offset = t, offset
	}
	return end
}

func viewAddress(v *View, _, at int) (end int) {
	v.IP, end = ownAddress(v.line, at)
	return end
}

func viewList(v *View, _, at int) int { return ownList(v.line, at) }

func viewFields(v *View, _, at int) int { return ownFields(v.line, at) }

func viewRestored(v *View, _, at int) int {
	if !strings.HasPrefix(v.line[at:], "true") {
		return unseen
	}
	return at + len("true")
}
