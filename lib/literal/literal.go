// Package literal finds which of many literals stand in a text, ASCII letters in either case, in less than a nanosecond a byte.
//
// It looks at the end of a window as long as the shortest literal: two bytes tell how far the window may move until a literal could stand in
// it, which mostly is nearly its whole length (Wu and Manber's way). As each look waits for the one before, four go through the text side
// by side, each through its quarter.
package literal

import (
	"math"
	"slices"
	"strings"
)

// Set is literals in groups, ready to be looked for. It is safe for concurrent use.
type Set struct {
	window int
	moves  [1 << 16]uint8 // for the last two bytes of the window: how far it may move; from firstBucket on: which literals may stand there
	bucket [][]entry
}

// lower has each byte in lower case.
var lower = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			t[i] += 'a' - 'A'
		}
	}
	return t
}()

// Fold writes the letters of ASCII in lower case, as they are in literals.
func Fold(text string) string {
	b := []byte(text)
	for i := range b {
		b[i] = lower[b[i]]
	}
	return string(b)
}

// entry is a literal that may stand where a window is that shows it from an offset on.
type entry struct {
	text          string // in lower case
	offset, group int32
}

const (
	// firstBucket parts moves from buckets.
	firstBucket = 0x80
	// maxWindow bounds the window, so that a move is below firstBucket.
	maxWindow = 64
	// MinLength is how long each literal has to be: a shorter window is no faster than looking at everything.
	MinLength = 4
)

// LongEnough tells whether there are literals, and all of them have MinLength.
func LongEnough(literals []string) bool {
	return len(literals) > 0 && !slices.ContainsFunc(literals, func(l string) bool { return len(l) < MinLength })
}

// New makes a set of groups of literals that are long enough. A sample of the texts to come tells what is rare in them: of each literal the
// part is looked for first whose end is.
func New(groups [][]string, sample string) *Set {
	s := &Set{window: maxWindow}
	for _, g := range groups {
		for _, text := range g {
			s.window = min(s.window, len(text))
		}
	}
	for i := range s.moves {
		s.moves[i] = uint8(s.window - 1)
	}
	seen := count(sample)
	for i, g := range groups {
		for _, text := range Shortest(g) {
			text = Fold(text)
			s.add(entry{text, int32(s.rarest(text, seen)), int32(i)})
		}
	}
	return s
}

// count counts the pairs of bytes in a text of at most 64 KB, letters in lower case.
func count(text string) *[1 << 16]uint16 {
	var seen [1 << 16]uint16
	for i := 1; i < len(text); i++ {
		seen[pairOf(lower[text[i-1]], lower[text[i]])]++
	}
	return &seen
}

// rarest is from where on a window shows a literal best.
func (s *Set) rarest(text string, seen *[1 << 16]uint16) int {
	best, least := 0, uint16(math.MaxUint16)
	for offset := 0; offset+s.window <= len(text); offset++ {
		end := offset + s.window - 1
		if n := seen[pairOf(text[end-1], text[end])]; n < least {
			best, least = offset, n
		}
	}
	return best
}

// Shortest leaves out of literals those that hold another one of them.
func Shortest(literals []string) []string {
	var kept []string
	for i, text := range literals {
		if !slices.ContainsFunc(literals[:i], func(other string) bool { return other == text }) &&
			!slices.ContainsFunc(literals, func(other string) bool { return other != text && strings.Contains(text, other) }) {
			kept = append(kept, text)
		}
	}
	return kept
}

// add notes how far the window may move before its end comes to each pair of bytes that it shows of a literal.
func (s *Set) add(e entry) {
	text := e.text[e.offset:]
	for end := 1; end < s.window; end++ {
		for _, a := range cases(text[end-1]) {
			for _, b := range cases(text[end]) {
				pair := &s.moves[pairOf(a, b)]
				if end == s.window-1 {
					s.put(pair, e)
				} else if move := uint8(s.window - 1 - end); *pair < firstBucket {
					*pair = min(*pair, move)
				}
			}
		}
	}
}

// put adds an entry to the bucket of a pair. When all buckets are taken, pairs share them.
func (s *Set) put(pair *uint8, e entry) {
	if *pair < firstBucket {
		n := len(s.bucket) % (256 - firstBucket)
		if len(s.bucket) < 256-firstBucket {
			s.bucket = append(s.bucket, nil)
		}
		*pair = uint8(firstBucket + n)
	}
	b := &s.bucket[*pair-firstBucket]
	if !slices.Contains(*b, e) {
		*b = append(*b, e)
	}
}

func pairOf(a, b byte) uint16 { return uint16(a) | uint16(b)<<8 }

// cases lists a byte and its other case.
func cases(b byte) []byte {
	if 'a' <= b && b <= 'z' {
		return []byte{b, b - 'a' + 'A'}
	}
	return []byte{b}
}
