package logtime

import "unicode/utf8"

// A memo remembers how the last line began, as far as it was looked at until its
// date was found. A line that begins alike has the same date at the same place:
// where lines come by the hundred in a second, most do.
type memo struct{ begin []byte }

// holds tells whether the line begins as the remembered one did.
func (m *memo) holds(line string) bool {
	n := len(m.begin)
	return n > 0 && len(line) >= n && line[:n] == string(m.begin)
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
