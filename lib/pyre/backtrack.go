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

// backtracker runs one program on regexp2. That engine works on characters, so the offsets it finds are brought back to bytes.
type backtracker struct {
	re     *regexp2.Regexp
	groups int
}

func newBacktracker(root *node, groups int, timeout time.Duration, set func(*charset) ranges) (*backtracker, error) {
	re, err := regexp2.Compile(printBacktrack(root, set))
	if err != nil {
		return nil, err
	}
	re.MatchTimeout = timeout
	return &backtracker{re, groups}, nil
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
	found := false
	err := b.re.FindRunesMatches(runes, 0, func(m regexp2.MatchView) bool {
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
	case len(runes) != len(s):
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
