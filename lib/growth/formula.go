// Package growth makes the bans of those who come back longer: fail2ban's bantime.increment with its formulas.
package growth

import (
	"fmt"
	"strings"
)

// Formula is an expression that makes a ban time, in the part of Python that fail2ban's formulas are written in: numbers,
// ban.Time, ban.Count, banFactor, + - * / // % ** << >>, comparisons, and, or, not, "x if c else y", min, max, abs,
// round, int, float, pow, and the functions and constants of math. It is read by this package alone: there is nothing in
// it that could do anything but calculate.
type Formula struct {
	text string
	node node
}

// Variables are what a formula knows.
type Variables struct {
	Time   float64 // ban.Time: the plain ban time in seconds
	Count  float64 // ban.Count: how many bans there were before
	Factor float64 // banFactor
}

// DefaultFormula doubles the time with each ban, twenty times at most.
var DefaultFormula = mustFormula("ban.Time * banFactor * (1 << min(ban.Count, 20))")

func mustFormula(text string) *Formula {
	f, err := ParseFormula(text)
	if err != nil {
		panic(err)
	}
	return f
}

// ParseFormula reads a formula. An error says at which character it is.
func ParseFormula(text string) (*Formula, error) {
	p := &formulaParser{text: text}
	p.next()
	n := p.conditional()
	if p.err == nil && p.token != "" {
		p.fail("%q is not expected here", p.token)
	}
	if p.err != nil {
		return nil, fmt.Errorf("formula %q: %w", text, p.err)
	}
	return &Formula{text, n}, nil
}

// Eval calculates a formula.
func (f *Formula) Eval(v Variables) (float64, error) {
	n, err := f.node(&v)
	if err != nil {
		return 0, fmt.Errorf("formula %q: %w", f.text, err)
	}
	return n.float(), nil
}

// String is the formula as it was written.
func (f *Formula) String() string { return f.text }

// node is a part of a formula, ready to be calculated.
type node func(*Variables) (number, error)

// formulaDepth is how deep parts may lie within parts.
const formulaDepth = 64

// formulaParser reads by recursive descent: a method for each level of precedence, as Python's grammar has them.
type formulaParser struct {
	text  string
	pos   int    // behind the token
	start int    // of the token
	token string // "" at the end
	depth int
	err   error
}

func (p *formulaParser) fail(format string, args ...any) node {
	if p.err == nil {
		p.err = fmt.Errorf("character %d: %s", p.start+1, fmt.Sprintf(format, args...))
	}
	p.token, p.pos = "", len(p.text)
	return nil
}

// operators, the longer ones first.
var operators = []string{"**", "//", "<<", ">>", "<=", ">=", "==", "!=", "+", "-", "*", "/", "%", "<", ">", "(", ")", ","}

// next reads a token: an operator, a number, or a name with its dots.
func (p *formulaParser) next() {
	for p.pos < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.pos]) >= 0 {
		p.pos++
	}
	p.start, p.token = p.pos, ""
	if p.pos == len(p.text) {
		return
	}
	rest := p.text[p.pos:]
	size := 0
	for size < len(rest) && isWord(rest[:size+1], rest[0]) {
		size++
	}
	for i := 0; size == 0 && i < len(operators); i++ {
		if strings.HasPrefix(rest, operators[i]) {
			size = len(operators[i])
		}
	}
	if size == 0 {
		p.fail("%q is nothing that a formula knows", string([]rune(rest)[:1]))
		return
	}
	p.token = rest[:size]
	p.pos += size
}

// isWord reports whether the last byte of word goes on with what began with first: a sign belongs to a number behind its e.
func isWord(word string, first byte) bool {
	c := word[len(word)-1]
	if c == '_' || c == '.' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' {
		return true
	}
	if c != '+' && c != '-' || len(word) < 3 || first > '9' || strings.HasPrefix(word, "0x") {
		return false
	}
	before := word[len(word)-2]
	return before == 'e' || before == 'E'
}

// accept steps over a token if it is there.
func (p *formulaParser) accept(token string) bool {
	if p.token != token || p.err != nil {
		return false
	}
	p.next()
	return true
}

func (p *formulaParser) expect(token string) {
	if !p.accept(token) {
		if p.token == "" {
			p.fail("%q is missing", token)
		} else {
			p.fail("%q is expected instead of %q", token, p.token)
		}
	}
}

// conditional is "x if c else y".
func (p *formulaParser) conditional() node {
	if p.depth++; p.depth > formulaDepth {
		return p.fail("parts lie too deep within parts")
	}
	defer func() { p.depth-- }()
	x := p.or()
	if !p.accept("if") {
		return x
	}
	c := p.or()
	p.expect("else")
	y := p.conditional()
	return func(v *Variables) (number, error) {
		yes, err := c(v)
		if err != nil {
			return number{}, err
		}
		if yes.true() {
			return x(v)
		}
		return y(v)
	}
}

func (p *formulaParser) or() node {
	x := p.and()
	for p.accept("or") {
		x = either(x, p.and(), true)
	}
	return x
}

func (p *formulaParser) and() node {
	x := p.not()
	for p.accept("and") {
		x = either(x, p.not(), false)
	}
	return x
}

// either is x when x alone decides, else y.
func either(x, y node, decides bool) node {
	return func(v *Variables) (number, error) {
		n, err := x(v)
		if err != nil || n.true() == decides {
			return n, err
		}
		return y(v)
	}
}

func (p *formulaParser) not() node {
	if !p.accept("not") {
		return p.comparison()
	}
	if p.depth++; p.depth > formulaDepth {
		return p.fail("parts lie too deep within parts")
	}
	x := p.not()
	p.depth--
	return func(v *Variables) (number, error) {
		n, err := x(v)
		return truth(!n.true()), err
	}
}

// comparison may be a chain: a < b < c.
func (p *formulaParser) comparison() node {
	first := p.shift()
	var signs []string
	var others []node
	for compare[p.token] != nil && p.err == nil {
		signs = append(signs, p.token)
		p.next()
		others = append(others, p.shift())
	}
	if len(signs) == 0 {
		return first
	}
	return func(v *Variables) (number, error) {
		x, err := first(v)
		for i := 0; err == nil && i < len(signs); i++ {
			var y number
			if y, err = others[i](v); err == nil && !compare[signs[i]](x.float(), y.float()) {
				return truth(false), nil
			}
			x = y
		}
		return truth(true), err
	}
}

func (p *formulaParser) shift() node   { return p.leftToRight(p.sum, "<<", ">>") }
func (p *formulaParser) sum() node     { return p.leftToRight(p.product, "+", "-") }
func (p *formulaParser) product() node { return p.leftToRight(p.signed, "*", "/", "//", "%") }

func (p *formulaParser) leftToRight(part func() node, signs ...string) node {
	x := part()
next:
	for _, s := range signs {
		if p.accept(s) {
			x = apply(binary[s], x, part())
			goto next
		}
	}
	return x
}
