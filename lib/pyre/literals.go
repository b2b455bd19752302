package pyre

import (
	"math"
	"math/bits"
	"slices"
	"strings"
)

// Literals lists texts of which every text that one of the patterns matches holds at least one, where that can be told; else it is nil.
// What holds none of them need not be searched. Letters of ASCII are in lower case and stand for both; there is no newline in them.
func Literals(patterns []*Regexp) []string {
	all := []string{}
	for _, re := range patterns {
		if re.literals == nil || all == nil {
			return nil
		}
		all = join(all, re.literals, maxSome)
	}
	return usable(all)
}

// Hopeless tells of most texts that do not match that they do not, by what literals they hold. The text is given with the letters of ASCII in
// lower case.
func (re *Regexp) Hopeless(lower string) bool {
	return re.literals != nil && !slices.ContainsFunc(re.literals, func(l string) bool { return strings.Contains(lower, l) })
}

// Rarer chooses of two lists of literals the one that a log is guessed to hold less often.
func Rarer(a, b []string) []string { return better(a, b) }

// need is what is known of the texts that a node matches.
type need struct {
	exact []string // all of them; nil where they are too many or not known
	some  []string // in each of them stands one of these; nil: not known
}

// Bounds on what is kept: of the texts a row of nodes may match, of the characters one node may be, of the texts of which one has to be there,
// and of their length.
const (
	maxExact    = 16
	maxVariants = 4
	maxSome     = 256
	maxLength   = 256 // bytes, of a text that is made longer
)

var nothingKnown need

// best is the better of what a text has to hold.
func (n need) best() []string { return better(usable(n.exact), n.some) }

func needOf(n *node) need {
	switch n.op {
	case opEmpty, opAt, opLook:
		return need{exact: []string{""}}
	case opSet:
		return need{exact: variants(n.set)}
	case opSeq:
		return needOfSeq(n.subs)
	case opAlt, opCond:
		return needOfAlt(n.subs)
	case opGroup, opAtomic:
		return needOf(n.subs[0])
	case opRepeat:
		return needOfRepeat(n)
	}
	return nothingKnown
}

// needOfSeq multiplies out what nodes in a row match for as long as that is little; then it begins anew.
func needOfSeq(subs []*node) need {
	sum := need{exact: []string{""}}
	row := sum.exact // what the nodes since it began anew match
	for i := 0; i < len(subs); {
		n, width := needOfText(subs[i:])
		if width == 0 {
			n, width = needOf(subs[i]), 1
		}
		i += width
		product := times(row, n.exact)
		if product == nil {
			sum.some = better(sum.some, usable(row))
			sum.exact, product = nil, n.exact
		}
		row, sum.some = product, better(sum.some, n.some)
		if row == nil {
			row = []string{""}
		}
	}
	if sum.exact != nil {
		sum.exact = row
	} else {
		sum.some = better(sum.some, usable(row))
	}
	return sum
}

// needOfText takes as many of the first nodes as are one character each, all at once.
func needOfText(subs []*node) (n need, width int) {
	var text []byte
	for _, s := range subs {
		if s.op != opSet {
			break
		}
		c, ok := s.set.only()
		if !ok || c >= firstHigh || c == '\n' {
			break
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		text = append(text, byte(c))
	}
	if len(text) == 0 {
		return nothingKnown, 0
	}
	return need{exact: []string{string(text)}}, len(text)
}

// needOfAlt joins what each of several ways needs.
func needOfAlt(ways []*node) need {
	sum := need{exact: []string{}, some: []string{}}
	for _, w := range ways {
		n := needOf(w)
		best := n.best()
		if sum.exact != nil && n.exact != nil {
			sum.exact = join(sum.exact, n.exact, maxExact)
		} else {
			sum.exact = nil
		}
		if sum.some != nil && best != nil {
			sum.some = join(sum.some, best, maxSome)
		} else {
			sum.some = nil
		}
	}
	return sum
}

func needOfRepeat(r *node) need {
	if r.max == 0 {
		return need{exact: []string{""}}
	}
	n := needOf(r.subs[0])
	switch {
	case r.min == 0 && r.max == 1 && n.exact != nil:
		return need{exact: join(n.exact, []string{""}, maxExact)}
	case r.min == 0:
		return nothingKnown
	case r.min == 1 && r.max == 1:
		return n
	}
	return need{some: n.best()}
}

// variants lists the characters of a set, letters in lower case; nil if they are too many, or may be a newline, which stands behind each
// line as the patterns see it and not in the line itself.
func variants(s *charset) []string {
	if n := bits.OnesCount64(s.ascii[0]) + bits.OnesCount64(s.ascii[1]); n > 2*maxVariants || len(s.high) > 2*maxVariants {
		return nil
	}
	var all []string
	for c := range s.each {
		if c == '\n' {
			return nil
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if text := string(c); !slices.Contains(all, text) {
			all = append(all, text)
		}
		if len(all) > maxVariants {
			return nil
		}
	}
	return all
}

// times lists each of a with each of b behind it; nil where these are too many, those of a are long enough, or b is not known.
func times(a, b []string) []string {
	if b == nil || len(a)*len(b) > maxExact {
		return nil
	}
	if len(a) == 1 && a[0] == "" {
		return b
	}
	product := make([]string, 0, len(a)*len(b))
	for _, head := range a {
		if len(head) > maxLength { // or long rows would be copied again and again
			return nil
		}
		for _, tail := range b {
			product = append(product, head+tail)
		}
	}
	return product
}

// join lists what is in a or in b; nil where that is too much.
func join(a, b []string, most int) []string {
	sum := slices.Clone(a)
	for _, text := range b {
		if !slices.Contains(sum, text) {
			sum = append(sum, text)
		}
	}
	if len(sum) > most {
		return nil
	}
	return sum
}

// Needs lists what a text has to hold for the pattern to match, one text of each list, in the order of the lists. They are as those of
// Literals. None of them holds a newline, so each stands within a line.
func (re *Regexp) Needs() [][]string {
	t, err := parse(re.pattern, re.flags)
	if err != nil {
		return nil
	}
	return needsOfAll(settle(simplify(t.root), anything))
}

// needsOfAll lists for each part of a tree, where that can be told, texts of which one has to be there.
func needsOfAll(root *node) [][]string {
	for root.op == opGroup || root.op == opAtomic {
		root = root.subs[0]
	}
	subs := []*node{root}
	if root.op == opSeq {
		subs = root.subs
	}
	var all [][]string
	for i := 0; i < len(subs); {
		n, width := needOfText(subs[i:])
		if width == 0 {
			n, width = needOf(subs[i]), 1
		}
		i += width
		if best := n.best(); best != nil {
			all = append(all, best)
		}
	}
	return all
}

// usable returns texts of which one has to be there, nil if that says nothing.
func usable(texts []string) []string {
	if len(texts) == 0 || slices.Contains(texts, "") {
		return nil
	}
	return texts
}

// better chooses what is rarer in logs.
func better(a, b []string) []string {
	if a == nil || b != nil && frequency(b) < frequency(a) {
		return b
	}
	return a
}

// frequency guesses how often one of the texts begins at some place of a log: letters are frequent, punctuation is less so.
func frequency(texts []string) float64 {
	sum := 0.0
	for _, text := range texts {
		bits := 0.0
		for _, c := range text {
			switch {
			case c == ' ':
				bits += 2.5
			case 'a' <= c && c <= 'z' || '0' <= c && c <= '9':
				bits += 4
			default:
				bits += 5
			}
		}
		sum += math.Exp2(-bits)
	}
	return sum
}
