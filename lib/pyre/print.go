package pyre

import (
	"fmt"
	"strings"
)

// printer writes a tree in the syntax of another engine. All that dialects disagree about is spelt out: sets as ranges, flags resolved,
// groups unnamed.
type printer struct {
	strings.Builder
	class  func(*charset) string // what a set is among the characters the engine will see
	at     func(*printer, at)    // writes a position
	repeat func(*printer, *node) // writes the quantifier behind its operand
	other  func(*printer, *node) // writes what only one of the engines knows
}

func (p *printer) node(n *node) {
	switch n.op {
	case opEmpty:
		p.WriteString("(?:)")
	case opFail:
		p.WriteString(p.class(&charset{}))
	case opSet:
		p.WriteString(p.class(n.set))
	case opSeq:
		for _, s := range n.subs {
			p.operand(s, s.op == opAlt)
		}
	case opAlt:
		for i, s := range n.subs {
			if i > 0 {
				p.WriteByte('|')
			}
			p.node(s)
		}
	case opGroup:
		p.WriteByte('(')
		p.node(n.subs[0])
		p.WriteByte(')')
	case opRepeat:
		p.repeat(p, n)
	case opAt:
		p.at(p, n.at)
	default:
		p.other(p, n)
	}
}

// operand writes n as a unit where wrap says that its own syntax would not hold together.
func (p *printer) operand(n *node, wrap bool) {
	if wrap {
		p.WriteString("(?:")
		p.node(n)
		p.WriteByte(')')
		return
	}
	p.node(n)
}

func (p *printer) quantified(n *node) {
	sub := n.subs[0]
	p.operand(sub, sub.op != opSet && sub.op != opGroup)
	p.WriteString(quantifier(n.min, n.max))
	if n.greed == lazy {
		p.WriteByte('?')
	}
}

func quantifier(lo, hi int) string {
	switch {
	case lo == 0 && hi == unlimited:
		return "*"
	case lo == 1 && hi == unlimited:
		return "+"
	case lo == 0 && hi == 1:
		return "?"
	case hi == unlimited:
		return fmt.Sprintf("{%d,}", lo)
	case lo == hi:
		return fmt.Sprintf("{%d}", lo)
	}
	return fmt.Sprintf("{%d,%d}", lo, hi)
}

// asciiClass writes a set for texts that are ASCII.
func asciiClass(s *charset) string { return class(s.ascii.ranges()) }

// wideClass writes a set for any text. \w and its kin are hundreds of ranges, which take the engine long to read, so they go by category.
func wideClass(s *charset) string {
	if in := wordRanges(s); in != "" {
		return "[" + in + "]"
	}
	if out := wordRanges(s.negate()); out != "" {
		return "[^" + out + "]"
	}
	return class(s.all())
}

// wordRanges writes the inside of a set that has the letters and numbers of all scripts, no other characters beyond ASCII, and at least
// the letters and digits of ASCII; nothing for other sets.
func wordRanges(s *charset) string {
	alnum := bitmap{0x03ff000000000000, 0x07fffffe07fffffe}
	if !s.high.same(classes().word.high) || s.ascii.and(alnum) != alnum {
		return ""
	}
	return `\p{L}\p{Nd}\p{Nl}\p{No}` + inside(s.ascii.ranges())
}

// class writes a set: a single character as itself, else all its ranges. Without ranges it is a class that holds nothing.
func class(r ranges) string {
	switch {
	case len(r) == 0:
		return `[^\x00-\x{10FFFF}]`
	case len(r) == 2 && r[0] == r[1]:
		return char(r[0])
	}
	return "[" + inside(r) + "]"
}

func inside(r ranges) string {
	var b strings.Builder
	for i := 0; i < len(r); i += 2 {
		b.WriteString(char(r[i]))
		if r[i+1] > r[i] {
			b.WriteByte('-')
			b.WriteString(char(r[i+1]))
		}
	}
	return b.String()
}

// char writes a character so that it means itself inside and outside of a set.
func char(c rune) string {
	switch {
	case c < firstHigh && (isLetter(byte(c)) || isDigit(byte(c))) || c == ' ' || c == '/' || c == ':' || c == '"' || c == '\'' || c == '=' || c == ',' || c == ';' || c == '_':
		return string(c)
	case c < 0x100:
		return fmt.Sprintf(`\x%02X`, c)
	}
	return fmt.Sprintf(`\x{%X}`, c)
}
