package pyre

import (
	"sync"
	"time"
)

// newEngine chooses how a pattern runs and prepares its programs for ASCII texts; those for other texts are made when one comes.
func newEngine(t *tree, timeout time.Duration) (e engine, linear bool, err error) {
	root := settle(simplify(t.root))
	if t, ok := newTracker(expand(root), len(t.names)); ok {
		return t, true, nil
	}
	if treeSize(root) > maxBacktrackSize {
		return nil, false, errTooLarge
	}
	slow := &lazyBacktrack{root: root, groups: len(t.names), timeout: timeout}
	return slow, false, slow.compile()
}

// isASCII tells whether s holds ASCII only.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= firstHigh {
			return false
		}
	}
	return true
}

// lazyBacktrack is the backtracking engine of a pattern; its two programs are made on first use.
type lazyBacktrack struct {
	root        *node
	groups      int
	timeout     time.Duration
	ascii, wide lazyProgram
}

type lazyProgram struct {
	once sync.Once
	*backtracker
	err error
}

func (p *lazyProgram) get(root *node, groups int, timeout time.Duration, set func(*charset) ranges) (*backtracker, error) {
	p.once.Do(func() { p.backtracker, p.err = newBacktracker(root, groups, timeout, set) })
	return p.backtracker, p.err
}

func (e *lazyBacktrack) compile() error {
	_, err := e.ascii.get(e.root, e.groups, e.timeout, asciiRanges)
	return err
}

func (e *lazyBacktrack) find(s string, dst []int) ([]int, error) {
	program, set := &e.ascii, asciiRanges
	if !isASCII(s) {
		program, set = &e.wide, (*charset).all
	}
	b, err := program.get(e.root, e.groups, e.timeout, set)
	if err != nil {
		return nil, err
	}
	return b.find(s, dst)
}

func asciiRanges(s *charset) ranges { return s.ascii.ranges() }
