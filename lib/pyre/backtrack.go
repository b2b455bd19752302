package pyre

import (
	"errors"
	"runtime"
	"sync"
	"time"

	"github.com/dlclark/regexp2/v2"
	"golang.org/x/sys/unix"
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
	loc, err := b.findWithin(re, runes, dst)
	if len(runes) < len(s) {
		toBytes(s, loc)
	}
	return loc, err
}

// findWithin gives a search the time that it may take of a processor. regexp2 has a clock on the wall, which also runs while other processes
// do, or none: a machine with much to do would miss what it should find.
func (b *backtracker) findWithin(re *regexp2.Regexp, runes []rune, dst []int) ([]int, error) {
	runtime.LockOSThread() // whose time is taken
	defer runtime.UnlockOSThread()
	until := threadTime() + re.MatchTimeout
	for {
		loc, err := b.findRunes(re, runes, dst)
		switch {
		case err == nil:
			return loc, nil
		case errors.Is(err, regexp2.ErrBacktrackingStackLimit), threadTime() >= until:
			return nil, ErrTimeout
		}
	}
}

// started is when the process did, or nearly so.
var started = time.Now()

// threadTime is how long this thread has run.
func threadTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		return time.Since(started) // the clock on the wall is better than none
	}
	return time.Duration(t.Nano())
}

// findRunes searches runes, and so finds offsets in characters.
func (b *backtracker) findRunes(re *regexp2.Regexp, runes []rune, dst []int) ([]int, error) {
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
	if err != nil || !found {
		return nil, err // its time or its stack was used up, if anything
	}
	return dst, nil
}

// toBytes turns offsets in characters of s into offsets in bytes.
func toBytes(s string, loc []int) {
	offsets := make([]int, 0, len(s)+1)
	for i := range s {
		offsets = append(offsets, i)
	}
	offsets = append(offsets, len(s))
	for i, at := range loc {
		if at >= 0 {
			loc[i] = offsets[at]
		}
	}
}
