package logtime

import (
	"errors"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"f2b/lib/pyre"
)

// A format is one way to write dates: a regular expression and the meaning of its
// groups. Group 1 is the part that is cut out of the line. It never changes.
type format struct {
	name, pattern string // in words, and as written
	weight        float64
	lineBegin     bool // it can match at the begin of a line only
	lineEnd       bool // it can match at the end of a line only

	flags   string // of the regular expression; they come first in it
	regex   string
	builtin bool // it is one of the built-in formats

	once   sync.Once // makes what follows when it is needed: most logs need one format of all
	err    error     // what is wrong with it
	names  []string  // of its groups
	prog   *program  // nil if the pattern is beyond it
	read   reader
	groups [zone + 1]int // the first group of each field; 0: it has none
}

// A template is a format as one Detector knows it.
type template struct {
	*format
	number int // its place in the order of definition

	loss   pyre.Loss
	gaveUp func(pattern string, aside bool) // as in Options

	whole pattern // the format's regular expression
	tail  pattern // for a search that starts within the line: see search

	matched  int       // how often it matched
	hits     int       // how often it won
	used     time.Time // when it won last
	distance int       // where it won last, in characters from the begin of the line
}

// A pattern is a regular expression, made when it is needed.
type pattern struct {
	finder *pyre.Finder
	broken bool
}

func (f *format) anchored() bool { return f.lineBegin || f.lineEnd }

// Formats remembers the formats that were made for some Detectors, so that others
// need not make them again. It is not safe for concurrent use.
type Formats struct {
	known map[string]*format
}

// get returns the format of a datepattern.
func (fs *Formats) get(pattern string) (*format, error) {
	if fs == nil {
		return newFormat(pattern)
	}
	if f := fs.known[pattern]; f != nil {
		return f, nil
	}
	f, err := newFormat(pattern)
	if err != nil {
		return nil, err
	}
	if fs.known == nil {
		fs.known = map[string]*format{}
	}
	fs.known[pattern] = f
	return f, nil
}

// newFormat makes the format of a datepattern.
func newFormat(pattern string) (*format, error) {
	f, err := draft(pattern)
	if err == nil {
		err = f.ready()
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// draft drafts the format of a datepattern, or of one of the words that stand
// for formats that no tokens can express.
func draft(pattern string) (*format, error) {
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
	return calendarFormat(pattern)
}

// calendarFormat makes the format of a datepattern with tokens.
func calendarFormat(pattern string) (*format, error) {
	t := &format{pattern: pattern}
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
	t.draft(regex, b)
	return t, nil
}

// draft bounds the regular expression of a format, and sees to it that it has a
// group 1.
func (t *format) draft(regex string, b wordBounds) *format {
	t.weight = 1
	t.flags, t.regex = t.bound(regex, b)
	return t
}

// ready compiles the format, once, and says what is wrong with it.
func (t *format) ready() error {
	t.once.Do(func() { t.err = t.compile() })
	return t.err
}

func (t *format) compile() error {
	if t.prog = newProgram(t.flags + t.regex); t.prog != nil {
		t.names = t.prog.names
	} else {
		re, err := pyre.Compile(t.flags+t.regex, 0)
		if err != nil {
			return err
		}
		t.names = re.Names()
	}
	for i := len(t.names) - 1; i > 0; i-- {
		if f := fieldNames[t.names[i]]; f != noField {
			t.groups[f] = i
		}
	}
	if len(t.names) < 2 {
		return errors.New("no group 1, which is what is cut out of the line: put (...) around the date")
	}
	if t.read == nil {
		t.read = calendarReader(t.names)
	}
	return nil
}

// match searches line[from:to] with what stands before from in view, but not
// what stands after to: \b looks back at the character before from, and ^
// matches at the begin of the line only. It returns the places of the groups
// in line, in dst if they have room there, or nil.
func (t *template) match(m *machine, line string, from, to int, dst []int) []int {
	if from > to || t.ready() != nil {
		return nil
	}
	if t.prog != nil {
		loc, found, gaveUp := m.find(t.prog, line[:to], from, dst)
		if found {
			return loc
		}
		if !gaveUp {
			return nil
		}
	}
	m.seen = -1
	m.inVain(-1)
	return t.search(line, from, to, dst)
}

// search is match by the regular expression. A search that starts within the line
// is done by another one: it takes one character, then as few as possible, then
// what is looked for, as a group.
func (t *template) search(line string, from, to int, dst []int) []int {
	if from == 0 {
		return t.run(&t.whole, t.flags+t.regex, line[:to], dst)
	}
	if numbered(t.regex) { // one more group would shift its references
		loc := t.run(&t.whole, t.flags+t.regex, line[:to], dst)
		if loc == nil || loc[0] < from {
			return nil
		}
		return loc
	}
	_, before := utf8.DecodeLastRuneInString(line[:from])
	loc := t.run(&t.tail, t.flags+`\A(?s:.)(?s:.*?)(`+t.regex+`)`, line[from-before:to], dst)
	if loc == nil {
		return nil
	}
	loc = loc[:copy(loc, loc[2:])]
	for i, at := range loc {
		if at >= 0 {
			loc[i] = at + from - before
		}
	}
	return loc
}

// run searches s, compiling the regular expression first if need be. One that
// runs out of time, is set aside for that, or can't be compiled after all, finds
// nothing.
func (t *template) run(p *pattern, regex, s string, dst []int) []int {
	if p.finder == nil && !p.broken {
		compiled, err := pyre.Compile(regex, 0)
		if p.broken = err != nil; !p.broken {
			p.finder = pyre.NewFinder([]*pyre.Regexp{compiled})
		}
	}
	if p.broken || t.loss.Aside() {
		return nil
	}
	loc, err := p.finder.Find(0, s, dst)
	if err != nil {
		if aside := t.loss.Add(); t.gaveUp != nil {
			t.gaveUp(t.pattern, aside)
		}
		return nil
	}
	return loc
}
