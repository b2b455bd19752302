package pyre

import (
	"errors"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2/v2"
)

// maxBacktrackSize bounds the work that a program's counted repeats ask for before any text is seen.
const maxBacktrackSize = 1 << 20

var errTooLarge = errors.New("pattern is too large: its repeats multiply")

// backtracker runs a pattern on regexp2. It has two programs, made on first use: one for texts in ASCII, and one with all of Unicode, which
// is much larger.
type backtracker struct {
	ascii, wide func() (*regexp2.Regexp, error)
	groups      int
}

func newBacktracker(root *node, groups int, timeout time.Duration) *backtracker {
	program := func(class func(*charset) string) func() (*regexp2.Regexp, error) {
		return sync.OnceValues(func() (*regexp2.Regexp, error) {
			re, err := regexp2.Compile(printBacktrack(root, class))
			if err == nil {
				re.MatchTimeout = timeout
			}
			return re, err
		})
	}
	return &backtracker{program(asciiClass), program(wideClass), groups}
}

var runePool = sync.Pool{New: func() any { return new([]rune) }}

func (b *backtracker) find(s string, dst []int) ([]int, error) {
	buf := runePool.Get().(*[]rune)
	defer runePool.Put(buf)
	runes := (*buf)[:0]
	for _, c := range s {
		runes = append(runes, c)
	}
	*buf = runes
	program := b.ascii
	if len(runes) < len(s) {
		program = b.wide
	}
	re, err := program()
	if err != nil {
		return nil, err
	}
	return b.findRunes(re, runes, len(s), dst)
}

// findRunes searches runes, which are size bytes. regexp2 works on characters; the offsets it finds are brought back to bytes.
func (b *backtracker) findRunes(re *regexp2.Regexp, runes []rune, size int, dst []int) ([]int, error) {
	found := false
	err := re.FindRunesMatches(runes, 0, func(m regexp2.MatchView) bool {
		found = true
		for g := range b.groups {
			start, n, ok := m.GroupRange(g)
			if !ok {
				dst = append(dst, -1, -1)
				continue
			}
			dst = append(dst, start, start+n)
		}
		return false
	})
	switch {
	case err != nil:
		return nil, ErrTimeout // regexp2 has no other errors: its time or its stack was used up
	case !found:
		return nil, nil
	case len(runes) < size:
		toBytes(runes, dst)
	}
	return dst, nil
}

// toBytes turns offsets in characters into offsets in bytes.
func toBytes(runes []rune, loc []int) {
	for i, at := range loc {
		n := 0
		for _, c := range runes[:max(at, 0)] {
			n += utf8.RuneLen(c)
		}
		if at >= 0 {
			loc[i] = n
		}
	}
}
