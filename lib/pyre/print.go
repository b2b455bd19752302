package pyre

import (
	"fmt"
	"strings"
)

// printer writes a tree in the syntax of another engine. All that dialects disagree about is spelt out: sets as ranges, flags resolved,
// groups unnamed.
type printer struct {
	strings.Builder
	set    func(*charset) ranges // what a set is among the characters the engine will see
	at     func(*printer, at)    // writes a position
	repeat func(*printer, *node) // writes the quantifier behind its operand
	other  func(*printer, *node) // writes what only one of the engines knows
	groups []int                 // the pattern's groups in the order their parentheses were written
}

func (p *printer) node(n *node) {
	switch n.op {
	case opEmpty:
		p.WriteString("(?:)")
	case opFail:
		p.WriteString(p.class(nil))
	case opSet:
		p.WriteString(p.class(p.set(n.set)))
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
		p.groups = append(p.groups, n.group)
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

// class writes a set: a single character as itself, else all its ranges. Without ranges it is a class that holds nothing.
func (p *printer) class(r ranges) string {
	switch {
	case len(r) == 0:
		return `[^\x00-\x{10FFFF}]`
	case len(r) == 2 && r[0] == r[1]:
		return char(r[0])
	}
	var b strings.Builder
	b.WriteByte('[')
	for i := 0; i < len(r); i += 2 {
		b.WriteString(char(r[i]))
		if r[i+1] > r[i] {
			b.WriteByte('-')
			b.WriteString(char(r[i+1]))
		}
	}
	b.WriteByte(']')
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
