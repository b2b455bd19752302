package pyre

import (
	"testing"
	"unicode/utf8"
)

func TestClassesAreAsInPython(t *testing.T) {
	a := newOracle(t).ask(t, question{Op: "classes"}).Classes
	if len(a) != 4 {
		t.Fatalf("oracle.py knows %d classes, want 4", len(a))
	}
	for name, got := range map[string]*charset{"d": classes().digit, "s": classes().space, "w": classes().word} {
		for c := rune(0); c <= maxRune; c++ {
			// Go's Unicode is newer than that of Python 3.11; what Python does not know yet, it has in no class.
			if got.has(c) != a[name].has(c) && !a["unassigned"].has(c) {
				t.Errorf(`\%s and %U: got %v`, name, c, got.has(c))
			}
		}
		for c := rune(0); c <= maxRune; c += 7 {
			if got.negate().has(c) == got.has(c) {
				t.Fatalf(`%U is in \%s and in its complement, or in neither`, c, name)
			}
		}
	}
}

func TestCaseFoldsAsInPython(t *testing.T) {
	folds := newOracle(t).ask(t, question{Op: "folds"}).Folds
	if len(folds) < 2000 {
		t.Fatalf("oracle.py knows %d characters with case", len(folds))
	}
	for s, want := range folds {
		c, _ := utf8.DecodeRuneInString(s)
		got := ""
		for d := range single(c).foldCase(false).each {
			got += string(d)
		}
		if got != want {
			t.Errorf("%q: ignoring case that is %+q, in Python %+q", s, got, want)
		}
	}
}

// charsets that reach over the border between bitmap and ranges, checked character by character.
func TestCharset(t *testing.T) {
	a := span('b', 0x90).union(single('é')).union(span(0x1000, 0x2000))
	b := span('x', 0xf0).union(span(0x1800, maxRune))
	for _, c := range []struct {
		name string
		got  *charset
		want func(rune) bool
	}{
		{"union", a.union(b), func(c rune) bool { return a.has(c) || b.has(c) }},
		{"intersection", a.intersect(b), func(c rune) bool { return a.has(c) && b.has(c) }},
		{"complement", a.negate(), func(c rune) bool { return !a.has(c) }},
		{"complement twice", a.negate().negate(), a.has},
	} {
		for r := rune(0); r <= 0x2100; r++ {
			if c.got.has(r) != c.want(r) {
				t.Errorf("%s: %U is wrong", c.name, r)
			}
		}
	}
	switch {
	case !a.intersect(b).within(a), a.within(b), !a.disjoint(a.negate()), a.disjoint(b):
		t.Error("within or disjoint are wrong")
	}
	if c, ok := single('é').only(); !ok || c != 'é' {
		t.Errorf("the only character of é is %q, %v", c, ok)
	}
	if c, ok := single('}').only(); !ok || c != '}' {
		t.Errorf("the only character of } is %q, %v", c, ok)
	}
}
