package pyre

import (
	"regexp"
)

// linearEngine runs a pattern on Go's regexp.
type linearEngine struct {
	ascii   *regexp.Regexp
	groups  int   // of the pattern
	printed []int // the pattern's group of each group of the program
	ends    bool  // the pattern holds a $ that means the end of the text only
	notWord bool  // the pattern holds \B, which Python does not find in an empty text
	root    *node
	slow    engine // for the few texts that the program does not hold for
}

func newLinear(root *node, groups int, slow engine) (*linearEngine, error) {
	expr, printed := printLinear(root, asciiRanges)
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, err
	}
	e := &linearEngine{ascii: re, groups: groups, printed: printed, root: root, slow: slow}
	root.walk(func(n *node) {
		if n.op == opAt {
			e.ends = e.ends || n.at == atEnd
			e.notWord = e.notWord || n.at == atNotWord || n.at == atNotASCIIWord
		}
	})
	return e, nil
}

func (e *linearEngine) find(s string, dst []int) ([]int, error) {
	if !isASCII(s) || e.ends && !oneLine(s) || e.notWord && s == "" {
		return e.slow.find(s, dst)
	}
	loc := e.ascii.FindStringSubmatchIndex(s)
	if loc == nil {
		return nil, nil
	}
	return append(dst, loc...), nil
}
