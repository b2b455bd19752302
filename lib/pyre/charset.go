package pyre

import (
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// charset is a set of characters. Log lines are nearly always ASCII, so that part is a bitmap of its own and the rest, which may be
// hundreds of ranges, is shared between sets wherever possible. A charset is never changed once it is built.
type charset struct {
	ascii bitmap
	high  ranges
}

// bitmap holds the ASCII characters of a set.
type bitmap [2]uint64

func (b bitmap) has(c byte) bool { return b[c>>6]>>(c&63)&1 != 0 }

func (b *bitmap) add(c byte) { b[c>>6] |= 1 << (c & 63) }

func (b bitmap) or(o bitmap) bitmap { return bitmap{b[0] | o[0], b[1] | o[1]} }

func (b bitmap) and(o bitmap) bitmap { return bitmap{b[0] & o[0], b[1] & o[1]} }

func (b bitmap) not() bitmap { return bitmap{^b[0], ^b[1]} }

// ranges holds pairs of first and last character, from U+0080, sorted and with a gap between any two.
type ranges []rune

const (
	firstHigh = 0x80
	maxRune   = unicode.MaxRune
)

var (
	allHigh = ranges{firstHigh, maxRune}
	anyChar = &charset{bitmap{}.not(), allHigh}
	notNL   = single('\n').negate()
)

func single(c rune) *charset {
	if c < firstHigh {
		return &singles[c]
	}
	return span(c, c)
}

// singles are the sets of one character of ASCII, of which patterns hold many.
var singles = func() (all [firstHigh]charset) {
	for c := range byte(firstHigh) {
		all[c].ascii.add(c)
	}
	return all
}()

// span is the set of the characters from lo to hi.
func span(lo, hi rune) *charset {
	s := &charset{}
	for c := lo; c <= hi && c < firstHigh; c++ {
		s.ascii.add(byte(c))
	}
	if hi >= firstHigh {
		s.high = ranges{max(lo, firstHigh), hi}
	}
	return s
}

func (s *charset) has(c rune) bool {
	if c < firstHigh {
		return s.ascii.has(byte(c))
	}
	return s.high.has(c)
}

// run returns where the characters of s end that text has from pos on.
func (s *charset) run(text string, pos int) int {
	if s == notNL || s.high.same(allHigh) && s.ascii == notNL.ascii {
		if n := strings.IndexByte(text[pos:], '\n'); n >= 0 {
			return pos + n
		}
		return len(text)
	}
	for pos < len(text) {
		c := text[pos]
		if c < firstHigh {
			if !s.ascii.has(c) {
				return pos
			}
			pos++
			continue
		}
		high, n := utf8.DecodeRuneInString(text[pos:])
		if !s.high.has(high) {
			return pos
		}
		pos += n
	}
	return pos
}

func (s *charset) union(o *charset) *charset {
	return &charset{s.ascii.or(o.ascii), s.high.union(o.high)}
}

func (s *charset) negate() *charset { return &charset{s.ascii.not(), s.high.negate()} }

func (s *charset) intersect(o *charset) *charset {
	return &charset{s.ascii.and(o.ascii), s.high.intersect(o.high)}
}

func (s *charset) empty() bool { return s.ascii == bitmap{} && len(s.high) == 0 }

// within tells whether every character of s is one of o.
func (s *charset) within(o *charset) bool {
	return s.ascii.and(o.ascii) == s.ascii && (s.high.same(o.high) || len(s.high.intersect(o.high.negate())) == 0)
}

// disjoint tells whether no character of s is one of o.
func (s *charset) disjoint(o *charset) bool {
	return s.ascii.and(o.ascii) == bitmap{} && len(s.high.intersect(o.high)) == 0
}

// only returns the character of a set that holds a single one.
func (s *charset) only() (c rune, ok bool) {
	n := bits.OnesCount64(s.ascii[0]) + bits.OnesCount64(s.ascii[1])
	switch {
	case n == 0 && len(s.high) == 2 && s.high[0] == s.high[1]:
		return s.high[0], true
	case n != 1 || len(s.high) > 0:
		return 0, false
	case s.ascii[0] != 0:
		return rune(bits.TrailingZeros64(s.ascii[0])), true
	}
	return rune(64 + bits.TrailingZeros64(s.ascii[1])), true
}

// each yields the characters of s in order.
func (s *charset) each(yield func(rune) bool) {
	r := s.all()
	for i := 0; i < len(r); i += 2 {
		for c := r[i]; c <= r[i+1]; c++ {
			if !yield(c) {
				return
			}
		}
	}
}

// all returns the whole set as pairs of first and last character.
func (s *charset) all() ranges {
	return append(s.ascii.ranges(), s.high...).merged()
}

// ranges returns b as pairs of first and last character.
func (b bitmap) ranges() ranges {
	var r ranges
	for c := rune(0); c < firstHigh; c++ {
		if !b.has(byte(c)) {
			continue
		}
		if n := len(r); n > 0 && r[n-1] == c-1 {
			r[n-1] = c
		} else {
			r = append(r, c, c)
		}
	}
	return r
}

// same tells cheaply whether both are one and the same slice.
func (r ranges) same(o ranges) bool {
	return len(r) == len(o) && (len(r) == 0 || &r[0] == &o[0])
}

func (r ranges) has(c rune) bool {
	lo, hi := 0, len(r)/2
	for lo < hi {
		m := (lo + hi) / 2
		switch {
		case c < r[2*m]:
			hi = m
		case c > r[2*m+1]:
			lo = m + 1
		default:
			return true
		}
	}
	return false
}

func (r ranges) union(o ranges) ranges {
	switch {
	case len(o) == 0 || r.same(o) || r.same(allHigh):
		return r
	case len(r) == 0 || o.same(allHigh):
		return o
	}
	return append(slices.Clone(r), o...).merged()
}

func (r ranges) negate() ranges {
	switch {
	case len(r) == 0:
		return allHigh
	case r.same(allHigh):
		return nil
	}
	if n, ok := classes().negated(r); ok {
		return n
	}
	return r.complement()
}

func (r ranges) complement() ranges {
	out := make(ranges, 0, len(r)+2)
	next := rune(firstHigh)
	for i := 0; i < len(r); i += 2 {
		if r[i] > next {
			out = append(out, next, r[i]-1)
		}
		next = r[i+1] + 1
	}
	if next <= maxRune {
		out = append(out, next, maxRune)
	}
	return out
}

func (r ranges) intersect(o ranges) ranges {
	switch {
	case len(r) == 0 || len(o) == 0:
		return nil
	case r.same(o) || o.same(allHigh):
		return r
	case r.same(allHigh):
		return o
	}
	var out ranges
	for i, j := 0, 0; i < len(r) && j < len(o); {
		if lo, hi := max(r[i], o[j]), min(r[i+1], o[j+1]); lo <= hi {
			out = append(out, lo, hi)
		}
		if r[i+1] < o[j+1] {
			i += 2
		} else {
			j += 2
		}
	}
	return out
}

// merged sorts the pairs of r and joins those that touch; r is used up.
func (r ranges) merged() ranges {
	pairs := make([][2]rune, len(r)/2)
	for i := range pairs {
		pairs[i] = [2]rune{r[2*i], r[2*i+1]}
	}
	slices.SortFunc(pairs, func(a, b [2]rune) int { return int(a[0] - b[0]) })
	out := r[:0]
	for _, p := range pairs {
		if n := len(out); n > 0 && p[0] <= out[n-1]+1 {
			out[n-1] = max(out[n-1], p[1])
		} else {
			out = append(out, p[0], p[1])
		}
	}
	return out
}
