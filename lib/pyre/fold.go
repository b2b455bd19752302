package pyre

import (
	"sync"
	"unicode"
)

// foldCase adds to s every character that Python's IGNORECASE takes for one of s: those with the same lower case, and those whose lower
// cases share an upper case. That is Unicode's simple folding and a few pairs more, of which the dotted and dotless i matter.
func (s *charset) foldCase(ascii bool) *charset {
	folded := &charset{s.ascii, s.high}
	for c := byte(0); c < firstHigh; c++ {
		if !s.ascii.has(c) || !isLetter(c) {
			continue
		}
		folded.ascii.add(c ^ 0x20)
		if !ascii {
			folded = folded.union(orbit(rune(c)))
		}
	}
	if ascii {
		return folded
	}
	return folded.union(s.high.foldCase())
}

// foldCase returns the characters of r that have case together with all their cases.
func (r ranges) foldCase() *charset {
	folded := &charset{}
	cased := &charset{high: r.intersect(casedRanges())}
	for c := range cased.each {
		folded = folded.union(orbit(c))
	}
	return folded
}

func isLetter(c byte) bool { c |= 0x20; return 'a' <= c && c <= 'z' }

// orbit returns the characters that equal c when case does not count.
func orbit(c rune) *charset {
	s := single(c)
	for f := unicode.SimpleFold(c); f != c; f = unicode.SimpleFold(f) {
		s = s.union(single(f))
	}
	for _, group := range extraFolds {
		for _, f := range group {
			if s.has(f) {
				for _, g := range group {
					s = s.union(single(g))
				}
			}
		}
	}
	return s
}

// extraFolds are the characters that Python folds together and Go's tables do not, or not both ways.
var extraFolds = [...][]rune{
	{'i', 'I', '\u0130', '\u0131'},
	{'ß', 'ẞ'},
	{'\u0390', '\u1fd3'},
	{'\u03b0', '\u1fe3'},
	{'\ufb05', '\ufb06'},
}

// casedRanges bounds where characters with case stand, so that folding a wide range need not look at a million characters.
var casedRanges = sync.OnceValue(func() ranges {
	var r ranges
	for _, c := range unicode.CaseRanges {
		if c.Hi >= firstHigh {
			r = append(r, max(rune(c.Lo), firstHigh), rune(c.Hi))
		}
	}
	for _, group := range extraFolds {
		for _, c := range group {
			if c >= firstHigh {
				r = append(r, c, c)
			}
		}
	}
	return r.merged()
})

// lower is Python's lower case of one character.
func lower(c rune) rune { return unicode.ToLower(c) }
