package logtime

import "unicode/utf8"

// A memo remembers how the last line began, as far as it was looked at until its
// date was found and none before it. A line that begins alike has the same date at the same place:
// where lines come by the hundred in a second, most do.
//
// So is a line that begins as one without a date did, if no format looks any farther:
// none of them finds a date there, whatever was learned since.
//
// A line that differs only in the minute, the second and the digits of its fraction has its
// date at the same place, too. That is sure where the former are two digits each, of a
// built-in format that is bound to the begin of the line: none of these takes such digits
// for anything else.
type memo struct {
	begin            []byte
	minute, second   int // where their two digits stand; minute is -1 if they may not differ
	fraction, digits int // where those of the fraction stand, and how many they are
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

// alike tells whether the line begins as the remembered one did but for the minute,
// the second and the fraction, and gives these.
func (m *memo) alike(line string) (minute, second int, ns int64, ok bool) {
	n, a, b, c := len(m.begin), m.minute, m.second, m.fraction
	if n == 0 || len(line) < n || a < 0 || line[:a] != string(m.begin[:a]) || line[a+2:b] != string(m.begin[a+2:b]) ||
		line[b+2:c] != string(m.begin[b+2:c]) || line[c+m.digits:n] != string(m.begin[c+m.digits:]) {
		return 0, 0, 0, false
	}
	minute, second = sixtieth(line[a:]), sixtieth(line[b:])
	ns, ok = billionths(line[c : c+m.digits])
	return minute, second, ns, ok && minute >= 0 && second >= 0
}

// billionths reads the digits of a fraction, at most nine; false: they are none.
func billionths(digits string) (ns int64, ok bool) {
	scale := int64(1e9)
	for i := range len(digits) {
		d := digits[i] - '0'
		if d > 9 {
			return 0, false
		}
		ns, scale = ns*10+int64(d), scale/10
	}
	return ns * scale, true
}

// sixtieth reads the two digits that s begins with; -1 if they are no number below 60.
func sixtieth(s string) int {
	tens, units := s[0]-'0', s[1]-'0'
	if tens > 5 || units > 9 {
		return -1
	}
	return int(10*tens + units)
}

// loosen notes where minute, second and fraction stand, after set.
func (m *memo) loosen(line string, t *template, loc []int) {
	m.minute = -1
	if !t.builtin || !t.lineBegin || t.groups[minute] == 0 || t.groups[second] == 0 {
		return
	}
	a, b, c := 2*t.groups[minute], 2*t.groups[second], 2*t.groups[fraction]
	if loc[a+1]-loc[a] != 2 || loc[b+1]-loc[b] != 2 || loc[a+1] >= loc[b] || loc[b+1] > len(m.begin) ||
		sixtieth(line[loc[a]:]) < 0 || sixtieth(line[loc[b]:]) < 0 {
		return
	}
	m.fraction, m.digits = loc[b+1], 0
	if c > 0 && loc[c] >= loc[b+1] && loc[c+1] <= len(m.begin) {
		m.fraction, m.digits = loc[c], loc[c+1]-loc[c]
	}
	m.minute, m.second = loc[a], loc[b]
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
