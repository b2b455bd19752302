package pyre

import (
	"strconv"
	"strings"
	"unicode"
)

// group reads what follows an opening parenthesis at start. It returns nil for what means nothing: comments and flags.
func (p *parser) group(f Flags, start int) *node {
	if !p.accept('?') {
		return p.capture("", f, start)
	}
	if !p.more() {
		p.fail(p.pos, "unexpected end of pattern")
	}
	switch c := p.next(); c {
	case ':':
		return p.body(f, start)
	case '>':
		return &node{op: opAtomic, subs: []*node{p.body(f, start)}}
	case '#':
		i := strings.IndexByte(p.src[p.pos:], ')')
		if i < 0 {
			p.fail(start, "missing ), unterminated comment")
		}
		p.pos += i + 1
		return nil
	case 'P':
		return p.extension(f, start)
	case '=', '!':
		return &node{op: opLook, neg: c == '!', subs: []*node{p.body(f, start)}}
	case '<':
		return p.lookBehind(f, start)
	case '(':
		return p.conditional(f, start)
	case '-', 'a', 'i', 'L', 'm', 's', 't', 'u', 'x':
		return p.flags(c, f, start)
	default:
		p.fail(start+1, "unknown extension ?%c", c)
		return nil
	}
}

// body reads the inside of a group and its closing parenthesis.
func (p *parser) body(f Flags, start int) *node {
	n := p.alternation(f)
	if !p.accept(')') {
		p.fail(start, "missing ), unterminated subpattern")
	}
	return n
}

func (p *parser) capture(name string, f Flags, start int) *node {
	g := len(p.names)
	p.names = append(p.names, name)
	p.open = append(p.open, true)
	if name != "" {
		p.byName[name] = g
	}
	n := &node{op: opGroup, group: g, subs: []*node{p.body(f, start)}}
	p.open[g] = false
	lo, hi := width(n, p.widths)
	p.widths[g] = [2]int{lo, hi}
	return n
}

// extension reads what follows "(?P": a named group or a reference to one.
func (p *parser) extension(f Flags, start int) *node {
	switch {
	case p.accept('<'):
		at := p.pos
		name := p.until('>', "group name")
		p.checkName(name, at)
		if old, ok := p.byName[name]; ok {
			p.fail(at, "redefinition of group name '%s' as group %d; was group %d", name, len(p.names), old)
		}
		return p.capture(name, f, start)
	case p.accept('='):
		at := p.pos
		name := p.until(')', "group name")
		p.checkName(name, at)
		g := p.named(name, at)
		p.checkClosed(g, at)
		return p.backref(g, f)
	case !p.more():
		p.fail(p.pos, "unexpected end of pattern")
	}
	p.fail(start+1, "unknown extension ?P%c", p.next())
	return nil
}

func (p *parser) backref(g int, f Flags) *node {
	p.checkBehind(g)
	return &node{op: opBackref, group: g, fold: f&IgnoreCase != 0}
}

func (p *parser) named(name string, at int) int {
	g, ok := p.byName[name]
	if !ok {
		p.fail(at, "unknown group name '%s'", name)
	}
	return g
}

func (p *parser) checkClosed(g, at int) {
	if p.open[g] {
		p.fail(at, "cannot refer to an open group")
	}
}

// checkBehind refuses what Python refuses within a look-behind: references to what it has itself matched.
func (p *parser) checkBehind(g int) {
	if p.behind < 0 {
		return
	}
	if g >= len(p.open) || p.open[g] {
		p.fail(p.pos, "cannot refer to an open group")
	}
	if g >= p.behind {
		p.fail(p.pos, "cannot refer to group defined in the same lookbehind subpattern")
	}
}

func (p *parser) checkName(name string, at int) {
	if !isIdentifier(name) {
		p.fail(at, "bad character in group name '%s'", name)
	}
}

func isIdentifier(s string) bool {
	for i, c := range s {
		if c != '_' && !unicode.IsLetter(c) && !unicode.Is(unicode.Nl, c) &&
			(i == 0 || !unicode.In(c, unicode.Nd, unicode.Mn, unicode.Mc, unicode.Pc)) {
			return false
		}
	}
	return s != ""
}

func (p *parser) lookBehind(f Flags, start int) *node {
	if !p.more() {
		p.fail(p.pos, "unexpected end of pattern")
	}
	c := p.next()
	if c != '=' && c != '!' {
		p.fail(start+1, "unknown extension ?<%c", c)
	}
	outer := p.behind
	if outer < 0 {
		p.behind = len(p.names)
	}
	n := p.body(f, start)
	p.behind = outer
	if lo, hi := width(n, p.widths); lo != hi {
		// Python finds this out when it compiles, and then names no position.
		p.fail(start, "look-behind requires fixed-width pattern")
	}
	return &node{op: opLook, behind: true, neg: c == '!', subs: []*node{n}}
}

// conditional reads "(?(group)yes|no)".
func (p *parser) conditional(f Flags, start int) *node {
	at := p.pos
	name := p.until(')', "group name")
	g := 0
	if isIdentifier(name) {
		g = p.named(name, at)
	} else {
		g = p.condNumber(name, at)
	}
	p.checkBehind(g)
	yes := p.sequence(f)
	no := &node{op: opEmpty}
	if p.accept('|') {
		no = p.sequence(f)
		if p.peek('|') {
			p.fail(p.pos, "conditional backref with more than two branches")
		}
	}
	if !p.accept(')') {
		p.fail(start, "missing ), unterminated subpattern")
	}
	return &node{op: opCond, group: g, subs: []*node{yes, no}}
}

func (p *parser) condNumber(name string, at int) int {
	g, err := strconv.Atoi(strings.TrimSpace(name))
	switch {
	case err != nil || g < 0:
		p.fail(at, "bad character in group name '%s'", name)
	case g == 0:
		p.fail(at, "bad group number")
	case g > maxRepeat:
		p.fail(at, "invalid group reference %d", g)
	}
	p.conds = append(p.conds, condRef{g, at})
	return g
}
