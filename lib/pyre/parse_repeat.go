package pyre

import "strconv"

// maxRepeat is the largest count of a quantifier. Python's own is far beyond what a search could do in any time.
const maxRepeat = 1 << 16

// repeat reads a quantifier that began with c and applies it to the last of items. It returns nothing but what is to stand behind that:
// a brace that is no quantifier.
func (p *parser) repeat(items []*node, c rune, f Flags) *node {
	start := p.pos - 1
	lo, hi, ok := p.bounds(c)
	if !ok {
		return literal(c, f)
	}
	if len(items) == 0 || items[len(items)-1].op == opAt {
		p.fail(start, "nothing to repeat")
	}
	item := items[len(items)-1]
	if item.op == opRepeat {
		p.fail(start, "multiple repeat")
	}
	n := &node{op: opRepeat, subs: []*node{item}, min: lo, max: hi}
	switch {
	case p.accept('?'):
		n.greed = lazy
	case p.accept('+'):
		n.greed = possessive
	}
	items[len(items)-1] = n
	return nil
}

// bounds returns the least and the largest count. A brace that is no quantifier stands for itself.
func (p *parser) bounds(c rune) (lo, hi int, ok bool) {
	switch c {
	case '*':
		return 0, unlimited, true
	case '+':
		return 1, unlimited, true
	case '?':
		return 0, 1, true
	}
	back := p.pos
	if p.peek('}') {
		return 0, 0, false
	}
	low := p.digits()
	high := low
	if p.accept(',') {
		high = p.digits()
	}
	if !p.accept('}') {
		p.pos = back
		return 0, 0, false
	}
	lo, hi = 0, unlimited
	if low != "" {
		lo = p.count(low, back)
	}
	if high != "" {
		hi = p.count(high, back)
		if hi < lo {
			p.fail(back, "min repeat greater than max repeat")
		}
	}
	return lo, hi, true
}

func (p *parser) digits() string {
	start := p.pos
	for p.more() && '0' <= p.src[p.pos] && p.src[p.pos] <= '9' {
		p.pos++
	}
	return p.src[start:p.pos]
}

func (p *parser) count(digits string, pos int) int {
	n, err := strconv.Atoi(digits)
	if err != nil || n > maxRepeat {
		p.fail(pos, "the repetition number is too large")
	}
	return n
}
