package logtime

import (
	"fmt"
	"strings"
	"time"

	"f2b/lib/pyre"
)

// A template is one format of dates: a regular expression and the meaning of its
// groups. Group 1 is the part that is cut out of the line.
type template struct {
	name, pattern string // in words, and as written
	number        int    // its place in the order of definition
	weight        float64
	lineBegin     bool // it can match at the begin of a line only
	lineEnd       bool // it can match at the end of a line only

	regex string
	re    *pyre.Regexp
	tail  *pyre.Regexp // for a search that starts within the line: see match

	// read gives the time of a match. It is false if that is no real date.
	read func(line string, loc []int, c *clock, now time.Time) (time.Time, bool)

	matched  int       // how often it matched
	hits     int       // how often it won
	used     time.Time // when it won last
	distance int       // where it won last, in characters from the begin of the line
}

func (t *template) anchored() bool { return t.lineBegin || t.lineEnd }

// newTemplate makes the template of a datepattern, or of one of the words that
// stand for formats that no tokens can express.
func newTemplate(pattern string) (*template, error) {
	word := pattern
	if !strings.Contains(pattern, "%") {
		word = strings.ToUpper(pattern)
	}
	long := strings.Contains(word, "LEPOCH")
	if strings.Contains(word, "EPOCH") && hasEpoch(pattern) {
		return epochWithin(pattern, long)
	}
	switch word {
	case "EPOCH", "LEPOCH":
		return epoch(long)
	case "{^LN-BEG}EPOCH", "^EPOCH", "{^LN-BEG}LEPOCH", "^LEPOCH":
		return epochAtBegin(long)
	case "TAI64N":
		return tai64n(wordBounds{end: true})
	case "{^LN-BEG}TAI64N", "^TAI64N":
		return tai64n(wordBounds{begin: boundLine, end: true})
	}
	return calendarTemplate(pattern)
}

// calendarTemplate makes the template of a datepattern with tokens.
func calendarTemplate(pattern string) (*template, error) {
	t := &template{pattern: pattern}
	b := wordBounds{begin: boundWord, end: true}
	body := pattern
	if rest, ok := strings.CutPrefix(body, "{UNB}"); ok {
		body, b = rest, wordBounds{}
	}
	if rest, ok := strings.CutPrefix(body, "{^LN-BEG}"); ok && b.begin != boundNone {
		body, b.begin = rest, boundLine
	}
	regex, name, err := expand(body)
	if err != nil {
		return nil, err
	}
	t.name = name
	if err := t.compile(regex, b); err != nil {
		return nil, err
	}
	t.read = calendarReader(t.re.Names())
	return t, nil
}

// compile bounds the regular expression, sees to it that it has a group 1, and
// compiles it.
func (t *template) compile(regex string, b wordBounds) error {
	flags, regex := t.bound(regex, b)
	t.weight, t.distance = 1, nowhere
	t.regex = flags + regex
	var err error
	if t.re, err = pyre.Compile(t.regex, 0); err != nil {
		return err
	}
	if len(t.re.Names()) < 2 {
		return fmt.Errorf("no group 1, which is what is cut out of the line: put (...) around the date")
	}
	if !t.anchored() && !numbered(regex) {
		t.tail, err = pyre.Compile(flags+`\A(?s:.)(?s:.*?)(`+regex+`)`, 0)
	}
	return err
}

// match searches line[from:to] with what stands before from in view, but not
// what stands after to: \b looks back at the character before from, and ^
// matches at the begin of the line only. It returns the places of the groups
// in line, in dst if they have room there, or nil.
//
// A regular expression has no such search, so another one does it: it takes one
// character, then as few as possible, then what is looked for as a group.
func (t *template) match(line string, from, to int, dst []int) []int {
	if from > to {
		return nil
	}
	if from == 0 {
		return t.find(t.re, line[:to], dst)
	}
	if t.tail == nil { // the extra group would shift its references
		loc := t.find(t.re, line[:to], dst)
		if loc == nil || loc[0] < from {
			return nil
		}
		return loc
	}
	base := offset(line, column(line, from)-1)
	loc := t.find(t.tail, line[base:to], dst)
	if loc == nil {
		return nil
	}
	loc = loc[:copy(loc, loc[2:])]
	for i, at := range loc {
		if at >= 0 {
			loc[i] = at + base
		}
	}
	return loc
}

// find searches s. A date pattern that runs out of time has found nothing.
func (t *template) find(re *pyre.Regexp, s string, dst []int) []int {
	loc, err := re.FindSubmatchIndex(s, dst)
	if err != nil {
		return nil
	}
	return loc
}
