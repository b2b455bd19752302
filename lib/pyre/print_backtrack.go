package pyre

import "fmt"

// printBacktrack writes a tree for regexp2 in its default mode, where it reads the .NET syntax.
func printBacktrack(n *node, class func(*charset) string) string {
	p := &printer{class: class}
	p.at = (*printer).backtrackAt
	p.repeat = func(p *printer, n *node) {
		if n.greed != possessive {
			p.quantified(n)
			return
		}
		p.WriteString("(?>")
		p.quantified(n)
		p.WriteByte(')')
	}
	p.other = (*printer).backtrackOther
	p.node(n)
	return p.String()
}

func (p *printer) backtrackAt(a at) {
	switch a {
	case atTextBegin:
		p.WriteString(`\A`)
	case atLineBegin:
		p.WriteString(`(?<![^\n])`)
	case atEnd:
		p.WriteString(`(?=\n?\z)`)
	case atLineEnd:
		p.WriteString(`(?![^\n])`)
	case atTextEnd:
		p.WriteString(`\z`)
	case atWord:
		p.boundary(classes().word, false)
	case atNotWord:
		p.boundary(classes().word, true)
	case atASCIIWord:
		p.boundary(asciiWord, false)
	case atNotASCIIWord:
		p.boundary(asciiWord, true)
	}
}

// boundary writes \b, or \B, which Python 3.11 does not find in an empty text.
func (p *printer) boundary(word *charset, not bool) {
	w := p.class(word)
	if not {
		fmt.Fprintf(p, `(?:(?<=%[1]s)(?=%[1]s)|(?<!%[1]s)(?!%[1]s)(?!\A\z))`, w)
		return
	}
	fmt.Fprintf(p, `(?:(?<=%[1]s)(?!%[1]s)|(?<!%[1]s)(?=%[1]s))`, w)
}

func (p *printer) backtrackOther(n *node) {
	switch n.op {
	case opLook:
		p.WriteString("(?")
		if n.behind {
			p.WriteByte('<')
		}
		if n.neg {
			p.WriteByte('!')
		} else {
			p.WriteByte('=')
		}
		p.node(n.subs[0])
		p.WriteByte(')')
	case opAtomic:
		p.WriteString("(?>")
		p.node(n.subs[0])
		p.WriteByte(')')
	case opBackref:
		if n.fold {
			fmt.Fprintf(p, `(?i:\k<%d>)`, n.group)
		} else {
			fmt.Fprintf(p, `\k<%d>`, n.group)
		}
	case opCond:
		fmt.Fprintf(p, "(?(%d)", n.group)
		p.operand(n.subs[0], n.subs[0].op == opAlt)
		p.WriteByte('|')
		p.operand(n.subs[1], n.subs[1].op == opAlt)
		p.WriteByte(')')
	}
}
