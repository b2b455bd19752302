package logtime

import "unicode/utf8"

// A memo remembers how the last line began, as far as it was looked at until its
// date was found. A line that begins alike has the same date at the same place:
// where lines come by the hundred in a second, most do.
//
// So is a line that begins as one without a date did, if no format looks any farther:
// none of them finds a date there, whatever was learned since.
//
// A line that differs only in the minute and the second has its date at the same place,
// too. That is sure where both are two digits, of a built-in format that is bound to
// the begin of the line: none of these takes such digits for anything else.
type memo struct {
	begin          []byte
	minute, second int // where their two digits stand; minute is -1 if they may not differ
}

// holds tells whether the line begins as the remembered one did.
func (m *memo) holds(line string) bool {
	n := len(m.begin)
	return n > 0 && len(line) >= n && line[:n] == string(m.begin)
}

// again tells how many of some lines, which are parts of text, begin as the remembered one did. It looks at eight bytes at a time.
func (m *memo) again(text string, lines [][2]int32) int {
	size := len(m.begin)
	if size < 8 || size > 24 {
		n := 0
		for size > 0 && n < len(lines) && m.holds(text[lines[n][0]:lines[n][1]]) {
			n++
		}
		return n
	}
	middle, last := min(8, size-8), size-8
	begin := string(m.begin)
	a, b, c := eight(begin), eight(begin[middle:]), eight(begin[last:])
	for n, l := range lines {
		if int(l[1]-l[0]) < size {
			return n
		}
		if line := text[l[0]:l[1]]; eight(line) != a || eight(line[middle:]) != b || eight(line[last:]) != c {
			return n
		}
	}
	return len(lines)
}

// eight is the first eight bytes of s as a number.
func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// alike tells whether the line begins as the remembered one did but for the minute
// and the second, and gives these.
func (m *memo) alike(line string) (minute, second int, ok bool) {
	n, a, b := len(m.begin), m.minute, m.second
	if n == 0 || len(line) < n || a < 0 || line[:a] != string(m.begin[:a]) ||
		line[a+2:b] != string(m.begin[a+2:b]) || line[b+2:n] != string(m.begin[b+2:]) {
		return 0, 0, false
	}
	minute, second = sixtieth(line[a:]), sixtieth(line[b:])
	return minute, second, minute >= 0 && second >= 0
}

// sixtieth reads the two digits that s begins with; -1 if they are no number below 60.
func sixtieth(s string) int {
	tens, units := s[0]-'0', s[1]-'0'
	if tens > 5 || units > 9 {
		return -1
	}
	return int(10*tens + units)
}

// loosen notes where minute and second stand, after set.
func (m *memo) loosen(line string, t *template, loc []int) {
	m.minute = -1
	if !t.builtin || !t.lineBegin || t.groups[minute] == 0 || t.groups[second] == 0 {
		return
	}
	a, b := 2*t.groups[minute], 2*t.groups[second]
	if loc[a+1]-loc[a] == 2 && loc[b+1]-loc[b] == 2 && loc[a+1] < loc[b] && loc[b+1] <= len(m.begin) &&
		sixtieth(line[loc[a]:]) >= 0 && sixtieth(line[loc[b]:]) >= 0 {
		m.minute, m.second = loc[a], loc[b]
	}
}

// set remembers the first bytes of a line, seen being the last one that decided
// (and that may have begun a longer character). That the date was found by the
// last format again is the condition: then nothing that is learned from a line
// changes by another such line.
func (m *memo) set(line string, again bool, seen int) {
	m.begin = m.begin[:0]
	if end := seen + utf8.UTFMax; again && seen >= 0 && end <= len(line) {
		m.begin = append(m.begin, line[:end]...)
	}
}
