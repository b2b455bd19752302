package pyre

import (
	"slices"
	"unicode/utf8"
)

// alphabet maps the characters of a text to symbols, one for all characters that a pattern treats alike. Go's regexp knows \b and $ in their
// ASCII forms only; over symbols they mean what Python means: a letter of any script becomes an ASCII word character, and a newline inside
// of a text is a symbol of its own. It also spares the programs the hundreds of ranges of \w.
type alphabet struct {
	ascii   [firstHigh]rune
	bounds  ranges // the first characters of the spans of high characters that are treated alike
	symbols []rune // by span
	inner   rune   // for a newline that does not end the text

	members map[rune]rune // a character for each symbol
}

// firstSymbol is the first of the symbols that are no ASCII characters.
const firstSymbol = 0x100

// newAlphabet makes the alphabet of a pattern. It fails when there are not enough ASCII word characters left to stand for others.
func newAlphabet(root *node) (*alphabet, bool) {
	m := newMeaning(root)
	a := &alphabet{members: map[rune]rune{}}
	next := rune(firstSymbol)
	fresh := func() rune { next++; return next - 1 }

	byMeaning := map[string]rune{} // the symbol of every meaning
	var spare []rune               // ASCII word characters that another one can stand for
	for c := range rune(firstHigh) {
		sym, known := byMeaning[m.of(c)]
		switch {
		case c == '\n' || !known:
			sym = c
		case m.word != nil && m.word.has(c):
			spare = append(spare, c)
		default:
			sym = c
		}
		a.ascii[c] = sym
		a.members[sym] = c
		if c != '\n' && !known {
			byMeaning[m.of(c)] = sym
		}
	}
	a.inner = '\n'
	if m.ends {
		a.inner = fresh()
		a.members[a.inner] = '\n'
	}
	a.bounds = m.spans()
	for _, c := range a.bounds {
		sym, known := byMeaning[m.of(c)]
		if !known {
			sym = fresh()
			if m.word != nil && m.word.has(c) {
				if len(spare) == 0 {
					return nil, false
				}
				sym, spare = spare[0], spare[1:]
			}
			byMeaning[m.of(c)] = sym
			a.members[sym] = c
		}
		a.symbols = append(a.symbols, sym)
	}
	return a, true
}

// ranges returns what a set is over symbols.
func (a *alphabet) ranges(s *charset) ranges {
	var r ranges
	for sym, c := range a.members {
		if s.has(c) {
			r = append(r, sym, sym)
		}
	}
	return r.merged()
}

// translate appends the symbols of s to text, and to offsets where each byte of them came from.
func (a *alphabet) translate(s string, text []byte, offsets []int32) ([]byte, []int32) {
	for i, c := range s {
		sym := a.inner
		switch {
		case c >= firstHigh:
			sym = a.symbols[a.span(c)]
		case c != '\n' || i == len(s)-1:
			sym = a.ascii[c]
		}
		text = utf8.AppendRune(text, sym)
		for len(offsets) < len(text) {
			offsets = append(offsets, int32(i))
		}
	}
	return text, append(offsets, int32(len(s)))
}

func (a *alphabet) span(c rune) int {
	i, exact := slices.BinarySearch(a.bounds, c)
	if !exact {
		i--
	}
	return i
}

// meaning tells characters apart as a pattern does.
type meaning struct {
	sets []*charset
	word *charset // nil where the pattern knows no \b
	ends bool     // the pattern holds a $ that means the end of the text only
}

func newMeaning(root *node) *meaning {
	m := &meaning{}
	root.walk(func(n *node) {
		switch {
		case n.op == opSet && !slices.ContainsFunc(m.sets, n.set.equal):
			m.sets = append(m.sets, n.set)
		case n.op == opAt && n.at == atEnd:
			m.ends = true
		case n.op == opAt && (n.at == atWord || n.at == atNotWord):
			m.word = classes().word
		case n.op == opAt && (n.at == atASCIIWord || n.at == atNotASCIIWord):
			m.word = asciiWord
		}
	})
	return m
}

// of returns a key that is the same for characters that the pattern treats alike.
func (m *meaning) of(c rune) string {
	key := make([]byte, 0, len(m.sets)/8+2)
	bit := byte(0)
	for i, s := range m.sets {
		if i%8 == 0 && i > 0 {
			key, bit = append(key, bit), 0
		}
		bit <<= 1
		if s.has(c) {
			bit |= 1
		}
	}
	key = append(key, bit)
	if m.word != nil && m.word.has(c) {
		key = append(key, 'w')
	}
	return string(key)
}

// spans returns the first characters of the spans between which no set has a boundary.
func (m *meaning) spans() ranges {
	bounds := ranges{firstHigh}
	var seen []ranges
	add := func(r ranges) {
		if len(r) == 0 || slices.ContainsFunc(seen, r.same) {
			return
		}
		seen = append(seen, r)
		for i := 0; i < len(r); i += 2 {
			bounds = append(bounds, r[i])
			if r[i+1] < maxRune {
				bounds = append(bounds, r[i+1]+1)
			}
		}
	}
	for _, s := range m.sets {
		add(s.high)
	}
	if m.word != nil {
		add(m.word.high)
	}
	slices.Sort(bounds)
	return slices.Compact(bounds)
}
