package logtime

import (
	"strings"
	"unicode/utf8"
)

// startsAtBegin tells whether a match has to pass ^ before anything else.
func startsAtBegin(n *node) bool {
	switch n.op {
	case opBegin:
		return true
	case opSeq, opCapture:
		return len(n.kids) > 0 && startsAtBegin(n.kids[0])
	}
	return false
}

// flatten returns what every match of n goes through, in order.
func flatten(n *node, into []*node) []*node {
	if n.op != opSeq && n.op != opCapture {
		return append(into, n)
	}
	for _, kid := range n.kids {
		into = flatten(kid, into)
	}
	return into
}

// hasClock tells whether a colon with a digit after it is among the nodes.
func hasClock(nodes []*node, fold bool) bool {
	var colon, digits charset
	colon.add(':')
	digits.addClass('d')
	for i, n := range nodes[:max(0, len(nodes)-1)] {
		if n.op != opSet || n.set.ascii != colon.ascii || n.set.beyond() {
			continue
		}
		next := nodes[i+1].start(fold)
		if next != nil && next.ascii[0]|digits.ascii[0] == digits.ascii[0] && next.ascii[1] == 0 {
			return true
		}
	}
	return false
}

// showsClock tells whether s has a colon and after it a digit, or a character
// beyond ASCII, which may be one.
func showsClock(s string) bool {
	for {
		_, after, found := strings.Cut(s, ":")
		if !found || after == "" {
			return false
		}
		if c := after[0]; c >= '0' && c <= '9' || c >= utf8.RuneSelf {
			return true
		}
		s = after
	}
}

// start returns the characters that n can start with; nil if it can be empty.
func (n *node) start(fold bool) *charset {
	set := &charset{}
	if n.firsts(set, fold) {
		return nil
	}
	return set
}

// firsts adds the characters that n can start with to the set. It tells whether
// n can match nothing, so that what follows it comes first too.
func (n *node) firsts(set *charset, fold bool) (nullable bool) {
	switch n.op {
	case opSet, opRepeat:
		set.include(n.set)
		return n.op == opRepeat && n.min == 0
	case opWords:
		for _, word := range n.words {
			c := charset{}
			c.add(rune(word[0]))
			if fold {
				c.fold()
			}
			set.include(&c)
		}
		return false
	case opSeq:
		for _, kid := range n.kids {
			if !kid.firsts(set, fold) {
				return false
			}
		}
		return true
	case opAlt:
		for _, kid := range n.kids {
			nullable = kid.firsts(set, fold) || nullable
		}
		return nullable
	case opMaybe, opCapture:
		return n.kids[0].firsts(set, fold) || n.op == opMaybe
	}
	return true
}

// include adds another set; beyond ASCII that may be too much.
func (c *charset) include(other *charset) {
	c.ascii[0] |= other.ascii[0]
	c.ascii[1] |= other.ascii[1]
	c.negate = c.negate || other.beyond()
}

// distinctWords returns the kids of an alternative as words if each is some
// letters and none begins with another, so that at most one of them fits.
func distinctWords(kids []*node) []string {
	var words []string
	for _, kid := range kids {
		word := ""
		for _, c := range kid.kids {
			b := c.onlyLetter()
			if b == 0 {
				return nil
			}
			word += string(rune(b))
		}
		if kid.op != opSeq || word == "" {
			return nil
		}
		words = append(words, word)
	}
	for i, word := range words {
		for j, other := range words {
			if i != j && len(other) >= len(word) && other[:len(word)] == word {
				return nil
			}
		}
	}
	return words
}

// onlyLetter returns the letter if the node matches one letter and nothing else
// (but its other case), lower-case if it can; else 0.
func (n *node) onlyLetter() byte {
	if n.op != opSet || n.set.negate || len(n.set.rules) > 0 {
		return 0
	}
	found := byte(0)
	for b := byte('A'); b < utf8.RuneSelf; b++ {
		if !n.set.has(b) {
			continue
		}
		if found != 0 && found|0x20 != b {
			return 0
		}
		if b|0x20 < 'a' || b|0x20 > 'z' {
			return 0
		}
		found = b
	}
	return found
}
