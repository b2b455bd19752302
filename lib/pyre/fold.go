package pyre

import "unicode"

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

func (r ranges) foldCase() *charset {
	folded := &charset{}
	for i := 0; i < len(r); i += 2 {
		lo, hi := r[i], r[i+1]
		for _, t := range casedRanges() {
			for c := max(lo, t[0]); c <= min(hi, t[1]); c++ {
				folded = folded.union(orbit(c))
			}
		}
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

// extraFolds are the characters that Python folds together and Unicode's simple folding does not.
var extraFolds = [...][]rune{
	{'i', 'I', '\u0130', '\u0131'},
	{'\u0390', '\u1fd3'},
	{'\u03b0', '\u1fe3'},
	{'\ufb05', '\ufb06'},
}

// casedRanges bounds where characters with case stand, so that folding a wide range need not look at a million characters.
func casedRanges() [][2]rune {
	var out [][2]rune
	for _, r := range unicode.CaseRanges {
		lo, hi := rune(r.Lo), rune(r.Hi)
		if n := len(out); n > 0 && lo <= out[n-1][1]+64 {
			out[n-1][1] = max(hi, out[n-1][1])
		} else {
			out = append(out, [2]rune{lo, hi})
		}
	}
	return out
}

// lower is Python's lower case of one character.
func lower(c rune) rune { return unicode.ToLower(c) }
