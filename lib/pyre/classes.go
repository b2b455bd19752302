package pyre

import (
	"sync"
	"unicode"
)

// classSet holds what Python's str patterns mean by \d, \s and \w, and their complements.
type classSet struct {
	digit, space, word          *charset
	notDigit, notSpace, notWord *charset
}

// classes builds the Unicode classes once, on first use: they are long, and a program that compiles no pattern needs none.
var classes = sync.OnceValue(func() *classSet {
	digit := fromTables(unicode.Nd)
	// str.isspace: by bidirectional class, so the separators U+001C to U+001F count too.
	space := fromTables(unicode.Zs).union(span('\t', '\r')).union(span(0x1c, ' ')).
		union(single(0x85)).union(span(0x2028, 0x2029))
	// str.isalnum and the underscore.
	word := fromTables(unicode.L, unicode.Nd, unicode.Nl, unicode.No).union(single('_'))
	complement := func(s *charset) *charset { return &charset{s.ascii.not(), s.high.complement()} }
	return &classSet{digit, space, word, complement(digit), complement(space), complement(word)}
})

// negated looks up the complement of the non-ASCII part of a class, so that \W, [^\w] and \w are built once only.
func (c *classSet) negated(r ranges) (ranges, bool) {
	for _, p := range [...][2]*charset{{c.digit, c.notDigit}, {c.space, c.notSpace}, {c.word, c.notWord}} {
		switch {
		case r.same(p[0].high):
			return p[1].high, true
		case r.same(p[1].high):
			return p[0].high, true
		}
	}
	return nil, false
}

// The same classes for patterns with the ASCII flag.
var (
	asciiDigit = span('0', '9')
	asciiSpace = span('\t', '\r').union(single(' '))
	asciiWord  = span('0', '9').union(span('A', 'Z')).union(span('a', 'z')).union(single('_'))
)

func fromTables(tables ...*unicode.RangeTable) *charset {
	s := &charset{}
	var high ranges
	add := func(lo, hi, stride rune) {
		if stride == 1 {
			part := span(lo, hi)
			s.ascii = s.ascii.or(part.ascii)
			high = append(high, part.high...)
			return
		}
		for c := lo; c <= hi; c += stride {
			part := single(c)
			s.ascii = s.ascii.or(part.ascii)
			high = append(high, part.high...)
		}
	}
	for _, t := range tables {
		for _, r := range t.R16 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
		for _, r := range t.R32 {
			add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
		}
	}
	s.high = high.merged()
	return s
}

// classOf returns the set of \d, \s, \w or its capital.
func classOf(letter byte, ascii bool) *charset {
	if ascii {
		s := map[byte]*charset{'d': asciiDigit, 's': asciiSpace, 'w': asciiWord}
		if letter < 'a' {
			return s[letter|0x20].negate()
		}
		return s[letter]
	}
	c := classes()
	switch letter {
	case 'd':
		return c.digit
	case 'D':
		return c.notDigit
	case 's':
		return c.space
	case 'S':
		return c.notSpace
	case 'w':
		return c.word
	default:
		return c.notWord
	}
}
