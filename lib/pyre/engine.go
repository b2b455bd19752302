package pyre

import (
	"strings"
	"time"
)

// engine searches texts for one pattern. find appends the spans of all groups to dst, or returns nil where nothing matches.
type engine interface {
	find(s string, dst []int) ([]int, error)
}

// newEngine chooses how a pattern runs.
func newEngine(t *tree, timeout time.Duration) (e engine, linear bool, err error) {
	root := settle(simplify(t.root), anything)
	expanded := expand(root)
	if t, ok := newTracker(expanded, len(t.names)); ok {
		return t, true, nil
	}
	if treeSize(root) > maxBacktrackSize {
		return nil, false, errTooLarge
	}
	b := newBacktracker(root, len(t.names), timeout)
	exact := &guarded{b, needsOfAll(root)}
	if l, ok := newLoose(expanded, len(t.names), exact); ok {
		return l, false, nil
	}
	_, err = b.ascii()
	return exact, false, err
}

// trackerOf returns the tracker that finds candidates at least, nil if the engine has none.
func trackerOf(e engine) *tracker {
	switch e := e.(type) {
	case *tracker:
		return e
	case *loose:
		return e.tracker
	}
	return nil
}

// guarded is an engine that takes long, and what a text has to hold to be worth a search: one text of each list, in the order of the lists.
type guarded struct {
	engine
	needs [][]string
}

func (g *guarded) find(s string, dst []int) ([]int, error) {
	if g.hopeless(s) {
		return nil, nil
	}
	return g.engine.find(s, dst)
}

// hopeless tells of most texts that do not match that they do not.
func (g *guarded) hopeless(s string) bool {
	rest := lowered(s)
	for _, texts := range g.needs {
		end := behindFirst(texts, rest)
		if end < 0 {
			return true
		}
		rest = rest[end:]
	}
	return false
}

// behindFirst is where the first of some texts ends in s; -1 if none of them stands there.
func behindFirst(texts []string, s string) int {
	end := -1
	for _, text := range texts {
		if at := strings.Index(s, text); at >= 0 && (end < 0 || at+len(text) < end) {
			end = at + len(text)
		}
	}
	return end
}

// lowered writes the letters of ASCII in lower case.
func lowered(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// broken is in the place of an engine that could not be made after all.
type broken struct{ err error }

func (b broken) find(string, []int) ([]int, error) { return nil, b.err }
