package logtime

import "strings"

// maxOpening is so short that formats which differ in their dates only begin alike.
const maxOpening = 8

// opening returns what every match begins with, letters in lower case for both cases, as far as that is ASCII.
func opening(tree *node) string {
	var b strings.Builder
loop:
	for _, n := range flatten(tree, nil) {
		switch n.op {
		case opEmpty, opBegin, opBoundary, opWordBegin, opWordEnd, opEpochPlace: // which take no room
			continue
		case opSet:
			if c := n.set.only(); c != 0 && b.Len() < maxOpening {
				b.WriteByte(c)
				continue
			}
		}
		break loop
	}
	return b.String()
}

// only returns the one character of ASCII that is in the set, a letter in lower case if both cases are; 0 if there are more.
func (c *charset) only() byte {
	found := byte(0)
	for b := byte(1); b < 128; b++ {
		switch {
		case !c.has(b):
		case found == 0:
			found = b
		case isUpper(found) && found|0x20 == b:
			found = b
		default:
			return 0
		}
	}
	return lower(found)
}

// shortest returns how many characters a match has at least.
func (n *node) shortest() int {
	switch n.op {
	case opSet:
		return 1
	case opRepeat:
		return n.min
	case opWords:
		least := len(n.words[0])
		for _, word := range n.words {
			least = min(least, len(word))
		}
		return least
	case opSeq, opCapture:
		sum := 0
		for _, kid := range n.kids {
			sum += kid.shortest()
		}
		return sum
	case opAlt:
		least := n.kids[0].shortest()
		for _, kid := range n.kids {
			least = min(least, kid.shortest())
		}
		return least
	}
	return 0
}

// rulesOut tells of most programs that find nothing that they don't, at first sight.
func (m *machine) rulesOut(p *program, s string) bool {
	seen := -1
	switch {
	case p.anchored && !p.mayStart(s, 0):
		seen = 0
	case !m.ascii:
		return false
	case p.clock > 0 && (m.clock < 0 || p.anchored && m.clock > p.clock):
		if p.anchored {
			seen = p.clock + 1
		}
	case p.anchored || p.opening == "" || m.opens(p, s, 0) >= 0:
		return false
	}
	m.inVain(seen)
	return true
}

// opens returns where in s, which is ASCII and not before from, what p's matches begin with stands next; -1 if nowhere. Many formats
// begin alike, so what was found is remembered.
func (m *machine) opens(p *program, s string, from int) int {
	for i := range m.openings {
		if f := &m.openings[i]; f.length == len(s) && f.from == from && f.text == p.opening {
			return f.at
		}
	}
	m.oldest = (m.oldest + 1) % len(m.openings)
	f := &m.openings[m.oldest]
	*f = found{p.opening, len(s), from, indexFolded(s, p.opening, from)}
	return f.at
}

// indexFolded returns where text, in lower case, stands in s, not before from and in either case; -1 if nowhere.
func indexFolded(s, text string, from int) int {
	first := text[0]
	letter := first >= 'a' && first <= 'z'
	for at := from; at+len(text) <= len(s); at++ {
		if !letter {
			i := strings.IndexByte(s[at:], first)
			if i < 0 {
				return -1
			}
			at += i
		}
		if beginsFolded(s[at:], text) {
			return at
		}
	}
	return -1
}

func beginsFolded(s, text string) bool {
	if len(s) < len(text) {
		return false
	}
	for i := range len(text) {
		if lower(s[i]) != text[i] {
			return false
		}
	}
	return true
}

func isUpper(b byte) bool { return b >= 'A' && b <= 'Z' }

func lower(b byte) byte {
	if isUpper(b) {
		return b | 0x20
	}
	return b
}
