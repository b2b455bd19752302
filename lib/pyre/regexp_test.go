package pyre

import (
	"regexp"
	"slices"
	"strings"
)

// The tests hold the tracker against Go's regexp on what both can run: patterns without look-around and the like on a line of ASCII.

// maxLinearRepeat is the largest count Go's regexp takes, nested counts multiplied.
const maxLinearRepeat = 1000

// printLinear writes a tree for Go's regexp. It must be expressible.
func printLinear(n *node, class func(*charset) string) string {
	p := &printer{class: class}
	p.at = (*printer).linearAt
	p.repeat = (*printer).quantified
	p.node(n)
	return p.String()
}

func (p *printer) linearAt(a at) {
	switch a {
	case atTextBegin:
		p.WriteString(`\A`)
	case atLineBegin:
		p.WriteString("(?m:^)")
	case atLineEnd, atEnd: // the same as long as no newline stands inside of the text: see comparable
		p.WriteString("(?m:$)")
	case atTextEnd:
		p.WriteString(`\z`)
	case atWord, atASCIIWord:
		p.WriteString(`\b`)
	case atNotWord, atNotASCIIWord:
		p.WriteString(`\B`)
	}
}

// expressible tells whether Go's regexp can run n with the same matches and captures.
func expressible(n *node) bool {
	return treeSize(n) <= maxLinearSize && !n.has(func(n *node) bool {
		switch n.op {
		case opLook, opAtomic, opBackref, opCond:
			return true
		case opRepeat:
			return n.greed == possessive || n.min > maxLinearRepeat || n.max > maxLinearRepeat || oddLoop(n)
		}
		return false
	})
}

// maxLinearSize bounds what a pattern may grow to with its counted repeats written out.
const maxLinearSize = 20000

// oddLoop tells whether n repeats what can match the empty string in such a way that engines disagree: Python lets an iteration be empty and
// then ends the loop, Go's regexp takes such an iteration as not made.
func oddLoop(n *node) bool {
	if n.max == 1 && n.min == 0 {
		return false // at most one iteration: nothing to disagree about
	}
	if n.min == n.max {
		return false
	}
	return nullable(n.subs[0])
}

// regexpFor compiles a tree for Go's regexp; nil if that has no equal of it.
func regexpFor(root *node) *regexp.Regexp {
	if !expressible(root) {
		return nil
	}
	re, err := regexp.Compile(printLinear(root, asciiClass))
	if err != nil {
		return nil
	}
	return re
}

// comparable tells whether Go's regexp reads a text as Python does: ASCII, and one line if the pattern has a $ that means the end of the text.
func comparable(root *node, text string) bool {
	has := func(kinds ...at) bool {
		return root.has(func(n *node) bool { return n.op == opAt && slices.Contains(kinds, n.at) })
	}
	i := strings.IndexByte(text, '\n')
	oneLine := i < 0 || i == len(text)-1
	return isASCII(text) && (oneLine || !has(atEnd)) && (text != "" || !has(atNotWord, atNotASCIIWord))
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c >= firstHigh })
}
