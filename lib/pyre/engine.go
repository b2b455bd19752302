package pyre

import "time"

// engine searches texts for one pattern. find appends the spans of all groups to dst, or returns nil where nothing matches.
type engine interface {
	find(s string, dst []int) ([]int, error)
}

// newEngine chooses how a pattern runs.
func newEngine(t *tree, timeout time.Duration) (e engine, linear bool, err error) {
	root := settle(simplify(t.root), anything)
	if t, ok := newTracker(expand(root), len(t.names)); ok {
		return t, true, nil
	}
	if treeSize(root) > maxBacktrackSize {
		return nil, false, errTooLarge
	}
	b := newBacktracker(root, len(t.names), timeout)
	_, err = b.ascii()
	return b, false, err
}

// broken is in the place of an engine that could not be made after all.
type broken struct{ err error }

func (b broken) find(string, []int) ([]int, error) { return nil, b.err }
