package growth

import (
	"math"
	"strconv"
	"strings"
)

// signed is a part with its sign, which binds less than a power behind it: -2 ** 2 is -4.
func (p *formulaParser) signed() node {
	sign := p.token
	if sign != "-" && sign != "+" {
		return p.power()
	}
	if p.depth++; p.depth > formulaDepth {
		return p.fail("parts lie too deep within parts")
	}
	p.next()
	x := p.signed()
	p.depth--
	if sign == "+" {
		return x
	}
	return apply(binary["-"], constant(whole(0)), x)
}

// power is read from the right, and its exponent may have a sign.
func (p *formulaParser) power() node {
	x := p.part()
	if !p.accept("**") {
		return x
	}
	return apply(binary["**"], x, p.signed())
}

// part is a number, a variable, a constant, a call or something in brackets.
func (p *formulaParser) part() node {
	word := p.token
	switch {
	case word == "":
		return p.fail("a number or a name is missing")
	case word == "(":
		p.next()
		x := p.conditional()
		p.expect(")")
		return x
	case word[0] == '.' || '0' <= word[0] && word[0] <= '9':
		return p.literal(word)
	}
	if f, ok := functions[word]; ok {
		return p.call(word, f)
	}
	if v, ok := variables[word]; ok {
		p.next()
		return func(in *Variables) (number, error) { return v(in), nil }
	}
	if keywords[word] || !isName(word[0]) {
		return p.fail("a number or a name is missing before %q", word)
	}
	return p.fail("%q is nothing that a formula knows: it knows ban.Time, ban.Count, banFactor and math", word)
}

var keywords = map[string]bool{"if": true, "else": true, "and": true, "or": true, "not": true}

func isName(c byte) bool { return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' }

// literal is a number: whole ones in decimal or with a prefix, as Python writes them.
func (p *formulaParser) literal(word string) node {
	n, err := strconv.ParseInt(word, 0, 64)
	if err == nil && !octalOld(word) {
		p.next()
		return constant(whole(n))
	}
	f, err := strconv.ParseFloat(word, 64)
	if err != nil || octalOld(word) || strings.ContainsAny(word, "xXpP_") {
		return p.fail("%q is no number", word)
	}
	p.next()
	return constant(number{f: f})
}

// octalOld reports whether a number is written as C writes octal ones, which Python refuses.
func octalOld(word string) bool {
	return len(word) > 1 && word[0] == '0' && strings.Trim(word, "01234567_") == "" && strings.Trim(word, "0_") != ""
}

// call is a function and its arguments in brackets.
func (p *formulaParser) call(name string, f function) node {
	p.next()
	p.expect("(")
	var args []node
	for p.err == nil && p.token != ")" {
		args = append(args, p.conditional())
		if !p.accept(",") {
			break
		}
	}
	if n := len(args); n < f.least || n > f.most {
		return p.fail("%s takes another number of arguments than %d", name, n)
	}
	p.expect(")")
	return func(v *Variables) (number, error) {
		values := make([]number, len(args))
		for i, a := range args {
			var err error
			if values[i], err = a(v); err != nil {
				return number{}, err
			}
		}
		return f.call(values)
	}
}

var variables = map[string]func(*Variables) number{
	"ban.Time":  func(v *Variables) number { return natural(v.Time) },
	"ban.Count": func(v *Variables) number { return natural(v.Count) },
	"banFactor": func(v *Variables) number { return natural(v.Factor) },
	"math.pi":   func(*Variables) number { return number{f: math.Pi} },
	"math.e":    func(*Variables) number { return number{f: math.E} },
	"math.tau":  func(*Variables) number { return number{f: 2 * math.Pi} },
	"math.inf":  func(*Variables) number { return number{f: math.Inf(1)} },
	"True":      func(*Variables) number { return whole(1) },
	"False":     func(*Variables) number { return whole(0) },
}

func constant(n number) node {
	return func(*Variables) (number, error) { return n, nil }
}

func apply(do func(x, y number) (number, error), x, y node) node {
	return func(v *Variables) (number, error) {
		a, err := x(v)
		if err != nil {
			return a, err
		}
		b, err := y(v)
		if err != nil {
			return b, err
		}
		return do(a, b)
	}
}
