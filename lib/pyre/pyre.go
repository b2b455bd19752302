// Package pyre runs Python's re patterns, as fail2ban's filters use them, with Python's meaning of every construct.
//
// Patterns run in time linear in the text, those with look-around, conditionals and atomic groups too: the search tries choices in Python's
// order but never the same one twice at the same place. What that cannot do are groups that capture inside look-around or atomic groups, and
// references to a group that can match any number of texts: where a looser pattern without these references does not tell (loosen.go), they
// run on an engine that backtracks, with a bound on the time of every search.
//
// A pattern goes through a parser (parse*.go), whose tree (ast.go) has all flags resolved, through rewriters that keep what it matches and
// captures (simplify.go, settle.go, expand.go), and becomes a program (program.go, assemble*.go) that a tracker runs (track*.go), or else a
// pattern in the dialect of regexp2 (print*.go, backtrack.go).
//
// Whoever searches many texts has a Finder, which makes automata of the patterns (finder.go, tracer*.go) and finds what the engines find, in a
// fraction of their time; a Queue of patterns (queue.go) it searches for all at once.
//
// Texts must be valid UTF-8. Offsets are bytes.
package pyre

import (
	"strings"
	"sync"
	"time"
)

// DefaultTimeout bounds a search of a pattern that cannot run in linear time.
const DefaultTimeout = 100 * time.Millisecond

// Regexp is a compiled pattern. It is safe for concurrent use.
type Regexp struct {
	pattern  string
	flags    Flags
	names    []string
	literals []string // of which one is in each text that it matches; nil: not known
	timeout  time.Duration

	once   sync.Once // makes what follows when it is needed first: most patterns of most filters never are
	engine engine
	linear bool

	planned sync.Once
	planFor *plan // of its tracers; nil: there are none
}

// Compile reads a pattern. Its errors are of type *Error.
func Compile(pattern string, flags Flags) (*Regexp, error) {
	return CompileTimeout(pattern, flags, DefaultTimeout)
}

// CompileTimeout is Compile with another bound on the time of a processor that one search may take when the pattern is not linear. The clock
// behind it is coarse: a search may take some 200 ms longer.
func CompileTimeout(pattern string, flags Flags, timeout time.Duration) (*Regexp, error) {
	return compile(pattern, flags, timeout, false)
}

// CompileNow is Compile and Prepare in one, which takes less time than the two: for a pattern that is certainly needed.
func CompileNow(pattern string, flags Flags) (*Regexp, error) {
	return compile(pattern, flags, DefaultTimeout, true)
}

func compile(pattern string, flags Flags, timeout time.Duration, now bool) (*Regexp, error) {
	t, err := parse(pattern, flags)
	if err != nil {
		return nil, err
	}
	re := &Regexp{pattern: pattern, flags: flags, names: t.names, literals: needOf(t.root).best(), timeout: timeout}
	certain := t.root.certain()
	if certain && !now {
		return re, nil
	}
	re.once.Do(func() { err = re.build(t) })
	if err != nil && !certain {
		return nil, &Error{Pattern: pattern, Msg: err.Error()}
	}
	return re, nil
}

// certain tells whether an engine can be made of a tree without doubt, so that it need not be tried.
func (n *node) certain() bool {
	const largest = 1 << 13
	return treeSize(n) <= largest && !n.has(func(n *node) bool { return n.op == opBackref || n.op == opCond })
}

// build makes the engine.
func (re *Regexp) build(t *tree) (err error) {
	if re.engine, re.linear, err = newEngine(t, re.timeout); err != nil {
		re.engine = broken{err}
	}
	return err
}

// Prepare does what the first search would have to do first.
func (re *Regexp) Prepare() { re.ready() }

// ready returns the engine.
func (re *Regexp) ready() engine {
	re.once.Do(func() {
		t, err := parse(re.pattern, re.flags)
		if err != nil {
			re.engine = broken{err}
			return
		}
		re.build(t)
	})
	return re.engine
}

// plan returns the plan of its tracers, nil where it is not for them.
func (re *Regexp) plan() *plan {
	re.planned.Do(func() { re.planFor = newPlan(re) })
	return re.planFor
}

// settle makes the pattern's match of what its program matches in s.
func (re *Regexp) settle(s string, loc, dst []int) ([]int, error) {
	if l, ok := re.ready().(*loose); ok && loc != nil {
		return l.settle(s, loc, dst)
	}
	return loc, nil
}

// MustCompile is Compile for patterns that are part of the program; it panics when the pattern is wrong.
func MustCompile(pattern string, flags Flags) *Regexp {
	re, err := Compile(pattern, flags)
	if err != nil {
		panic(err)
	}
	return re
}

// FindSubmatchIndex searches s for the leftmost match, as Python's search does. It returns the first and the last byte offset of the match
// and of each of its groups, -1 for a group that took no part, appended to dst[:0]; nil when nothing matches. The error is ErrTimeout or nil.
func (re *Regexp) FindSubmatchIndex(s string, dst []int) (loc []int, err error) {
	return re.ready().find(s, dst[:0])
}

// MatchString tells whether the pattern matches anywhere in s. The error is ErrTimeout or nil.
func (re *Regexp) MatchString(s string) (bool, error) {
	loc, err := re.ready().find(s, nil)
	return loc != nil, err
}

// Names returns the names of the groups by number, "" for those without one and for number 0.
func (re *Regexp) Names() []string { return re.names }

// Linear tells whether searches take time linear in the text.
func (re *Regexp) Linear() bool {
	re.ready()
	return re.linear
}

// String returns the pattern as it was given to Compile.
func (re *Regexp) String() string { return re.pattern }

// Quote returns a pattern that matches s and nothing else, whatever the flags.
func Quote(s string) string {
	var b strings.Builder
	for _, c := range s {
		if strings.ContainsRune("()[]{}?*+-|^$\\.&~# \t\n\r\v\f", c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}
