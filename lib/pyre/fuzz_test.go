package pyre

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"f2b/lib/bounds"
)

// seeds are patterns that fuzzing starts from.
var seeds = []string{
	prefixPattern, plainPattern, lookPattern, quotePattern, `(?i)^a[^b-d\W]{2,}?(x|y)*+$`, `(?x) a # b` + "\n c", `(?s-i:.)`, `(?<!a)\b(?>b|bc)\B`,
	`(a)?(?(1)b|c)`, `(?:(?:a{1000}){1000}){1000}`, `(((((a{50}){50}){50}){50}){50})`, `(?:a?){5000}`, `[\]\-\\\x41\u00e9\101]`, `(a*)*`, `(?:(a|b*)*c)+`,
	`(?P<x>.)(?P=x)\1`, `{`, `a{,`, `a{,2}`, `(?a:\w\W\b)`, `^$\A\Z`, `(?=(?!(?<=a)))`, `(((((((((((((((((((((((((((((`,
}

// FuzzCompile wants an error or a pattern that works, both soon.
func FuzzCompile(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, uint8(0))
	}
	for _, s := range badPatterns {
		f.Add(s, uint8(Multiline))
	}
	f.Add("("+strings.Repeat("é", 2000)+"){5000}", uint8(0)) // a text that would be copied
	f.Fuzz(func(t *testing.T, pattern string, flags uint8) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		re, err := CompileTimeout(pattern, Flags(flags)&(ASCII<<1-1), time.Millisecond)
		if err != nil {
			if e, ok := errors.AsType[*Error](err); !ok || e.Pos < 0 || e.Pos > len(pattern) {
				t.Fatalf("error %v of type %[1]T, want a position in the pattern", err)
			}
			return
		}
		for _, text := range []string{"", "\n", sshLine, "aaaa é\x00 \nb", pattern} {
			if !utf8.ValidString(text) {
				continue
			}
			loc, err := re.FindSubmatchIndex(text, nil)
			checkSpans(t, re, text, loc, err)
		}
	})
}

func checkSpans(t *testing.T, re *Regexp, text string, loc []int, err error) {
	t.Helper()
	if err != nil && err != ErrTimeout {
		t.Fatalf("in %q: %v", text, err)
	}
	if loc != nil && len(loc) != 2*len(re.Names()) {
		t.Fatalf("in %q: %d offsets for %d groups", text, len(loc), len(re.Names()))
	}
	for i := 0; i < len(loc); i += 2 {
		from, to := loc[i], loc[i+1]
		if from == -1 && to == -1 && i > 0 {
			continue
		}
		if from < 0 || to < from || to > len(text) || !utf8.ValidString(text[from:to]) {
			t.Fatalf("in %q: spans %v", text, loc)
		}
	}
}

// FuzzMatch holds the engines against each other.
func FuzzMatch(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, uint8(0), sshLine)
		f.Add(s, uint8(Multiline), "ab\nab c")
	}
	f.Fuzz(func(t *testing.T, pattern string, flags uint8, text string) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		if len(pattern) > 300 || len(text) > 300 || !utf8.ValidString(text) {
			return
		}
		tree, err := parse(pattern, Flags(flags)&(ASCII<<1-1))
		if err != nil {
			return
		}
		plain := simplify(tree.root)
		tracker, ok := newTracker(expand(settle(plain, anything)), len(tree.names))
		if !ok {
			return
		}
		got, err := tracker.find(text, nil)
		if err != nil {
			t.Fatal(err)
		}
		if re, err := Compile(pattern, Flags(flags)&(ASCII<<1-1)); err == nil {
			finder := NewFinder([]*Regexp{re})
			for range 2 { // the second time it knows the steps
				if loc, err := finder.Find(0, text, nil); err != nil || !slices.Equal(loc, got) {
					t.Errorf("%q in %q: spans are %v, by a finder %v (%v)", pattern, text, got, loc, err)
				}
			}
		}
		if re := regexpFor(plain); re != nil && comparable(plain, text) {
			if want := re.FindStringSubmatchIndex(text); !slices.Equal(got, want) {
				t.Errorf("%q in %q: spans are %v, by package regexp %v", pattern, text, got, want)
			}
		}
		if plain.has(disputed) {
			return
		}
		slow := newBacktracker(plain, len(tree.names), 50*time.Millisecond)
		if want, err := slow.find(text, nil); err == nil && !slices.Equal(got, want) {
			t.Errorf("%q in %q: spans are %v, by package regexp2 %v", pattern, text, got, want)
		}
	})
}

// disputed tells whether regexp2 is known to differ from Python in n.
func disputed(n *node) bool {
	return n.op == opRepeat && n.max != 1 && (nullable(n.subs[0]) || n.subs[0].op == opAtomic || n.subs[0].op == opRepeat)
}
