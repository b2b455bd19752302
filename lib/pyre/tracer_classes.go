package pyre

import (
	"maps"
	"slices"
	"unicode/utf8"
)

// alphabet makes classes of the characters that no set of a program tells apart. Those of ASCII are known from the start, those of others as
// they come. The last newline of a text and the end of the text have classes of their own.
type alphabet struct {
	class   [256]uint8       // of each byte; those beyond ASCII have one that says that the character must be looked at
	sample  []rune           // a character of each class but those of special meaning
	free    int32            // how many classes there can be before those
	highs   []*charset       // the sets that hold some characters beyond ASCII and not others
	classOf map[uint64]uint8 // by which of them hold it

	high, newline, end int32 // the classes of special meaning
	width              int32 // how many classes there can be in all

	lastHigh  rune // the character beyond ASCII that came last
	lastClass uint8
}

// maxHighClasses bounds the classes of characters beyond ASCII.
const maxHighClasses = 6

// classify makes the alphabet of some sets. It fails where they are too many.
func (a *alphabet) classify(sets []*charset) bool {
	a.classOf = map[uint64]uint8{}
	a.sample = []rune{0}
	a.refine(single('\n'))
	done := map[*charset]bool{}
	for _, s := range sets {
		if done[s] {
			continue
		}
		done[s] = true
		a.refine(s)
		if len(s.high) > 0 && !s.high.same(allHigh) {
			a.highs = append(a.highs, s)
		}
	}
	a.free = int32(len(a.sample)) + maxHighClasses
	a.high, a.newline, a.end, a.width = a.free, a.free+1, a.free+2, a.free+3
	for b := firstHigh; b < len(a.class); b++ {
		a.class[b] = uint8(a.high)
	}
	return len(a.highs) <= 64
}

// clone makes an alphabet that learns by itself.
func (a *alphabet) clone() alphabet {
	own := *a
	own.sample, own.classOf = slices.Clone(a.sample), maps.Clone(a.classOf)
	return own
}

// refine parts the classes of which a set holds some characters and others not.
func (a *alphabet) refine(s *charset) {
	var parted [firstHigh]uint8
	for c := range rune(firstHigh) {
		old := a.class[c]
		if s.ascii.has(byte(c)) == s.ascii.has(byte(a.sample[old])) {
			continue
		}
		if parted[old] == 0 {
			parted[old] = uint8(len(a.sample))
			a.sample = append(a.sample, c)
		}
		a.class[c] = parted[old]
	}
}

// read tells the class of what stands at pos in s, which is text and perhaps a newline, and how many bytes that is: none where there is no
// class for it.
func (a *alphabet) read(text, s string, pos int) (class int32, size int) {
	switch {
	case pos == len(s):
		return a.end, 1
	case pos == len(text):
		return a.newline, 1
	case text[pos] < firstHigh:
		return int32(a.class[text[pos]]), 1
	}
	c, size := utf8.DecodeRuneInString(text[pos:])
	if c != a.lastHigh {
		class, ok := a.beyond(c)
		if !ok {
			return 0, 0
		}
		a.lastHigh, a.lastClass = c, class
	}
	return int32(a.lastClass), size
}

// beyond returns the class of a character beyond ASCII.
func (a *alphabet) beyond(c rune) (class uint8, ok bool) {
	member := uint64(0)
	for i, s := range a.highs {
		if s.high.has(c) {
			member |= 1 << i
		}
	}
	class, ok = a.classOf[member]
	if !ok && len(a.sample) < int(a.free) {
		class, ok = uint8(len(a.sample)), true
		a.classOf[member] = class
		a.sample = append(a.sample, c)
	}
	return class, ok
}

// has tells whether a set holds the characters of a class. That of the end holds none, nor does noChar.
func (a *alphabet) has(s *charset, class int32) bool {
	switch class {
	case a.end, noChar:
		return false
	case a.newline:
		return s.ascii.has('\n')
	}
	return s.has(a.sample[class])
}

// breaks tells whether a class is that of newlines, the last one or others.
func (a *alphabet) breaks(class int32) bool {
	return class == a.newline || class == int32(a.class['\n'])
}
