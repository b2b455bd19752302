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

// clockWithin returns after how many characters at most there comes a colon and
// a digit after it, as in every time of day; 0 if that isn't sure.
func clockWithin(tree *node, fold bool) int {
	nodes := flatten(tree, nil)
	groups := map[int]*node{}
	tree.captures(groups)
	var colon, digits charset
	colon.add(':')
	digits.addClass('d')
	length := 0
	for i, n := range nodes[:max(0, len(nodes)-1)] {
		if n.op == opSet && n.set.ascii == colon.ascii && !n.set.beyond() {
			next := nodes[i+1].start(fold)
			if next != nil && next.ascii[0]|digits.ascii[0] == digits.ascii[0] && next.ascii[1] == 0 {
				return length
			}
		}
		most, ok := n.longest(groups)
		if !ok {
			return 0
		}
		length += most
	}
	return 0
}

// captures collects the groups by number.
func (n *node) captures(into map[int]*node) {
	if n.op == opCapture {
		into[n.group] = n
	}
	for _, kid := range n.kids {
		kid.captures(into)
	}
}

// longest returns how many characters n matches at most, if that is sure.
func (n *node) longest(groups map[int]*node) (most int, ok bool) {
	switch n.op {
	case opSet:
		return 1, true
	case opWords:
		for _, word := range n.words {
			most = max(most, len(word))
		}
		return most, true
	case opRepeat:
		return n.max, n.max >= 0
	case opBack:
		return groups[n.group].longest(groups)
	}
	for _, kid := range n.kids {
		length, ok := kid.longest(groups)
		if !ok {
			return 0, false
		}
		if n.op == opSeq {
			most += length
		} else {
			most = max(most, length)
		}
	}
	return most, true
}

// nextClock returns where in s, not before from, the next colon stands that has a
// digit after it, or -1.
func nextClock(s string, from int) int {
	for {
		i := strings.IndexByte(s[from:], ':')
		if i < 0 || from+i+1 >= len(s) {
			return -1
		}
		from += i + 1
		if c := s[from]; c >= '0' && c <= '9' {
			return from - 1
		}
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
