package logtime

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A charset is a set of characters: a bit for each of ASCII, rules for the rest.
type charset struct {
	ascii  [2]uint64
	rules  []func(rune) bool // any of them, for characters beyond ASCII
	others []rune            // and these
	negate bool              // ascii is negated already
}

// width returns how many bytes the character at s[at] takes if it is in the set,
// else 0.
func (c *charset) width(s string, at int) int {
	if at >= len(s) {
		return 0
	}
	if b := s[at]; b < utf8.RuneSelf {
		return int(c.ascii[b>>6] >> (b & 63) & 1)
	}
	r, n := utf8.DecodeRuneInString(s[at:])
	if c.hasOther(r) {
		return n
	}
	return 0
}

// mayHold tells whether the character at s[at] may be in the set, by one byte.
func (c *charset) mayHold(s string, at int) bool {
	if at >= len(s) {
		return false
	}
	if b := s[at]; b < utf8.RuneSelf {
		return c.ascii[b>>6]>>(b&63)&1 == 1
	}
	return c.beyond()
}

func (c *charset) hasOther(r rune) bool {
	for _, rule := range c.rules {
		if rule(r) {
			return !c.negate
		}
	}
	return (strings.ContainsRune(string(c.others), r)) != c.negate
}

// beyond tells whether the set has any character that is not ASCII.
func (c *charset) beyond() bool { return c.negate || len(c.rules) > 0 || len(c.others) > 0 }

func (c *charset) add(r rune) {
	if r < utf8.RuneSelf {
		c.ascii[r>>6] |= 1 << (r & 63)
		return
	}
	c.others = append(c.others, r)
}

func (c *charset) addASCII(o *charset) {
	c.ascii[0] |= o.ascii[0]
	c.ascii[1] |= o.ascii[1]
}

func (c *charset) has(b byte) bool { return c.ascii[b>>6]>>(b&63)&1 == 1 }

// addClass adds what a backslash and a letter stand for in Python: \d, \w, \s and
// their opposites.
func (c *charset) addClass(letter byte) bool {
	classes := map[byte]func(rune) bool{'d': unicode.IsDigit, 'w': isWord, 's': isSpace}
	in, ok := classes[letter|0x20]
	if !ok {
		return false
	}
	if letter&0x20 == 0 {
		member := in
		in = func(r rune) bool { return !member(r) }
	}
	for r := range rune(utf8.RuneSelf) {
		if in(r) {
			c.add(r)
		}
	}
	c.rules = append(c.rules, in)
	return true
}

// fold adds the other case of each letter, and the characters beyond ASCII that
// Python takes for a letter when it ignores case.
func (c *charset) fold() {
	for upper := byte('A'); upper <= 'Z'; upper++ {
		if !c.has(upper) && !c.has(upper|0x20) {
			continue
		}
		c.add(rune(upper))
		c.add(rune(upper | 0x20))
		for _, r := range "ıİſ\u212a" {
			if foldRune(r) == upper|0x20 {
				c.add(r)
			}
		}
	}
}

// foldRune returns the lower-case letter that a character beyond ASCII counts as
// when case is ignored, or 0.
func foldRune(r rune) byte {
	switch r {
	case 'ı', 'İ':
		return 'i'
	case 'ſ':
		return 's'
	case '\u212a': // the sign of kelvin
		return 'k'
	}
	return 0
}

func (c *charset) not() {
	c.ascii[0], c.ascii[1] = ^c.ascii[0], ^c.ascii[1]
	c.negate = true
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

func isSpace(r rune) bool {
	return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f // Python counts the separators of ASCII too
}

// wordAt tells whether the character that starts at s[at] is one of a word;
// wordBefore the same of the one that ends there.
func wordAt(s string, at int) bool {
	if at >= len(s) {
		return false
	}
	if s[at] < utf8.RuneSelf {
		return asciiWord.has(s[at])
	}
	r, _ := utf8.DecodeRuneInString(s[at:])
	return isWord(r)
}

func wordBefore(s string, at int) bool {
	if at == 0 {
		return false
	}
	if s[at-1] < utf8.RuneSelf {
		return asciiWord.has(s[at-1])
	}
	r, _ := utf8.DecodeLastRuneInString(s[:at])
	return isWord(r)
}

var asciiWord = func() (c charset) {
	c.addClass('w')
	return c
}()
