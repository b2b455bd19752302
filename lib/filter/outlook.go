package filter

import (
	"bytes"

	"f2b/lib/pyre"
)

// Most lines that are matched together with those before complete nothing, and to see that the patterns need not be tried: each of them
// wants some texts, in their order (pyre.Needs), and few buffers hold all of these. How far in that order a line leads is remembered with it,
// so when another one comes only that one is looked through.

// outlook is how far a line leads in the needs of the rules.
type outlook struct {
	low []byte  // the line, ASCII letters in lower case
	to  []uint8 // for each need of each rule, if that was the next one before the line: 1 + which one is behind it; 0 if not asked for yet
}

// maxNeeds bounds the needs of a rule: more would tell little.
const maxNeeds = 32

// foresees tells whether lines that complete nothing are told by what the patterns need.
func (f *Filter) foresees() bool {
	if f.checkAll || f.plain || f.prefregex != nil || f.Maxlines <= 1 || f.ignoresFirst() {
		return false
	}
	if f.finder == nil {
		f.number()
		f.finder = pyre.NewFinder(f.patterns)
		for _, r := range f.failregex {
			r.needs, r.firstNeed = needs(r.re), f.needs
			f.needs += len(r.needs)
		}
	}
	return true
}

// needs lists what a pattern needs.
func needs(re *pyre.Regexp) [][][]byte {
	var all [][][]byte
	for _, texts := range re.Needs() {
		if len(all) == maxNeeds {
			break
		}
		var some [][]byte
		for _, text := range texts {
			some = append(some, []byte(text))
		}
		all = append(all, some)
	}
	return all
}

// look makes the outlook of a line, in the room of one that is of no use any more.
func (f *Filter) look(line string) *outlook {
	o := f.unused
	if f.unused = nil; o == nil {
		o = &outlook{}
	}
	o.low = o.low[:0]
	for i := range len(line) {
		c := line[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		o.low = append(o.low, c)
	}
	if o.to == nil {
		o.to = make([]uint8, f.needs)
	}
	clear(o.to)
	return o
}

// mayMatch tells whether the lines in the buffer hold all that a rule needs.
func (f *Filter) mayMatch(r *rule) bool {
	at := 0
	for i := 0; i < len(f.buffer) && at < len(r.needs); i++ {
		at = f.buffer[i].outlook.from(r, at)
	}
	return at == len(r.needs)
}

// from tells how many needs of a rule are met behind the line where so many were before it.
func (o *outlook) from(r *rule, at int) int {
	to := &o.to[r.firstNeed+at]
	if *to == 0 {
		n, rest := at, o.low
		for ; n < len(r.needs); n++ {
			end := behindFirst(r.needs[n], rest)
			if end < 0 {
				break
			}
			rest = rest[end:]
		}
		*to = uint8(n + 1)
	}
	return int(*to) - 1
}

// behindFirst is where the first of some texts ends; -1 if none of them stands there.
func behindFirst(texts [][]byte, line []byte) int {
	end := -1
	for _, text := range texts {
		if at := bytes.Index(line, text); at >= 0 && (end < 0 || at+len(text) < end) {
			end = at + len(text)
		}
	}
	return end
}
