package pyre

import (
	"regexp"
	"sync"
)

// linearEngine runs a pattern on Go's regexp. Nearly all texts are a line of ASCII, which one program reads as it is; for others there is
// a second one, made when the first of them comes, that reads the symbols of an alphabet.
type linearEngine struct {
	root    *node
	groups  int // of the pattern
	ascii   program
	wide    func() *wideProgram
	ends    bool   // the pattern holds a $ that means the end of the text only
	notWord bool   // the pattern holds \B, which Python does not find in an empty text
	slow    engine // for the few texts that neither program holds for
}

// program is a pattern compiled by Go's regexp.
type program struct {
	re     *regexp.Regexp
	groups []int // the pattern's number of each of the program's groups
	plain  bool  // the program's groups are the pattern's
}

// wideProgram is nil where the pattern is beyond an alphabet.
type wideProgram struct {
	program
	*alphabet
	both bool // the pattern tells lines and the text apart: $ with and without MULTILINE
}

func newLinear(root *node, groups int, slow engine) (*linearEngine, error) {
	p, err := newProgram(root, groups, asciiRanges)
	if err != nil {
		return nil, err
	}
	e := &linearEngine{root: root, groups: groups, ascii: p, slow: slow}
	e.ends = root.hasAt(atEnd)
	e.notWord = root.hasAt(atNotWord, atNotASCIIWord)
	e.wide = sync.OnceValue(e.newWide)
	return e, nil
}

func newProgram(root *node, groups int, set func(*charset) ranges) (program, error) {
	expr, printed := printLinear(root, set)
	re, err := regexp.Compile(expr)
	if err != nil {
		return program{}, err
	}
	plain := len(printed) == groups-1
	for i, g := range printed {
		plain = plain && g == i+1
	}
	return program{re, printed, plain}, nil
}

func (e *linearEngine) newWide() *wideProgram {
	both := e.ends && e.root.hasAt(atLineBegin, atLineEnd)
	if e.root.hasAt(atWord, atNotWord) && e.root.hasAt(atASCIIWord, atNotASCIIWord) {
		return nil
	}
	a, ok := newAlphabet(e.root)
	if !ok {
		return nil
	}
	p, err := newProgram(e.root, e.groups, a.ranges)
	if err != nil {
		return nil
	}
	return &wideProgram{p, a, both}
}

func (e *linearEngine) find(s string, dst []int) ([]int, error) {
	inside := e.ends && !oneLine(s)
	switch {
	case e.notWord && s == "":
		return e.slow.find(s, dst)
	case !inside && isASCII(s):
		return e.ascii.result(e.ascii.re.FindStringSubmatchIndex(s), e.groups, dst), nil
	}
	w := e.wide()
	if w == nil || w.both && inside {
		return e.slow.find(s, dst)
	}
	text, offsets := w.translate(s, nil, nil)
	loc := w.re.FindSubmatchIndex(text)
	for i, at := range loc {
		if at >= 0 {
			loc[i] = int(offsets[at])
		}
	}
	return w.result(loc, e.groups, dst), nil
}

// result brings the spans of the program's groups into the pattern's order.
func (p *program) result(loc []int, groups int, dst []int) []int {
	if loc == nil {
		return nil
	}
	if p.plain {
		return append(dst, loc...)
	}
	dst = append(dst, loc[:2]...)
	for range groups - 1 {
		dst = append(dst, -1, -1)
	}
	end := -1
	for i, g := range p.groups {
		from, to := loc[2*i+2], loc[2*i+3]
		switch {
		case from < 0:
		case g == 0:
			end = from
		default:
			dst[2*g], dst[2*g+1] = from, to
		}
	}
	if end >= 0 {
		for i := range dst {
			dst[i] = min(dst[i], end)
		}
	}
	return dst
}

func (n *node) hasAt(kinds ...at) bool {
	return n.has(func(n *node) bool {
		if n.op != opAt {
			return false
		}
		for _, k := range kinds {
			if n.at == k {
				return true
			}
		}
		return false
	})
}
