package pyre

import (
	"errors"
	"testing"
)

// badPatterns are refused by Python and by pyre alike.
var badPatterns = []string{
	`(`, `)`, `(a`, `a)`, `a(b(c)`, `[`, `[a`, `[^`, `[]`, `[^]`, `[\`, `\`, `a\`, `*`, `+a`, `?`, `^*`, `$+`, `\b*`, `a**`, `a*?+`, `a*++`, `a{2}{3}`, `a{3,2}`,
	`|*`, `(*)`, `(?`, `(?P`, `(?P<`, `(?P<a`, `(?P<>x)`, `(?P<1a>x)`, `(?P<a b>x)`, `(?P<a>x)(?P<a>y)`, `(?P=a)`, `(?P=`, `(?P=a`, `(?P>x)`, `(?Px)`,
	`(?P<a>(?P=a))`, `\1`, `(a)\2`, `(a\1)`, `(?#x`, `(?<x)`, `(?<`, `(?<=a*)`, `(?<!a|bc)`, `(?<=(a)\1)`, `(?(1)a)`, `(?(2)a|b)(c)`, `(a)(?(1)b|c|d)`, `(?(x)a)`,
	`(?(0)a)`, `(?(`, `(?()a)`, `(?(-1)a)`, `(a)(?(1)b`, `(?i`, `(?i-`, `(?-:a)`, `(?i-i:a)`, `(?z)`, `(?iz)`, `(?i-z:a)`, `(?L)`, `(?au)`, `(?-a:x)`, `(?i;a)`, `(?-i)a`,
	`\q`, `\Q`, `[\q]`, `\x1`, `\xg`, `[\x1]`, `\u12`, `\U0011`, `\U00110000`, `\400`, `[\400]`, `[\8]`, `[b-a]`, `[\d-x]`, `[a-\w]`, `(?:a`, `(?=a`, `(?>a`, `(?!a`,
	`é(`, `é[b-a]`, `(?P<é>a)(?P<é>b)`, `(?:(?P<a>x)|(?P<a>y))`, `x(?P<a`, `(a)(?<=\1x)(`,
}

func TestErrorsAreAsInPython(t *testing.T) {
	python := newOracle(t)
	for _, p := range badPatterns {
		a := python.ask(t, question{Op: "search", Pattern: p})
		_, err := Compile(p, 0)
		e := errors.AsType[*Error]
		got, ok := e(err)
		switch {
		case a.Error == "":
			t.Errorf("%q: Python takes it", p)
		case !ok:
			t.Errorf("%q: got %v, want an *Error that says %q", p, err, a.Error)
		case got.Msg != a.Error || a.Pos >= 0 && got.Pos != spansInBytes(p, []int{a.Pos})[0]:
			t.Errorf("%q: got %q at %d, want %q at %d", p, got.Msg, got.Pos, a.Error, a.Pos)
		}
	}
}
