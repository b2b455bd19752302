package pyre

import (
	"errors"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// traps are patterns that other dialects read otherwise. TestTraps asks Python too, so that the table cannot be wrong.
var traps = []struct {
	pattern, text string
	flags         Flags
	want          []int
}{
	// $ and \Z
	{`^x 192\.0\.2\.1$`, "x 192.0.2.1\n", 0, []int{0, 11}},
	{`^x 192\.0\.2\.1\s$`, "x 192.0.2.1\n", 0, []int{0, 12}},
	{`^x 192\.0\.2\.1\n$`, "x 192.0.2.1\n", 0, []int{0, 12}},
	{`^x 192\.0\.2\.1\Z`, "x 192.0.2.1\n", 0, nil},
	{`a$`, "a\n\n", 0, nil},
	{`a$`, "a\nb", 0, nil},
	{`a$`, "a\nb", Multiline, []int{0, 1}},
	{`(?m:^b)$`, "a\nb\n", 0, []int{2, 3}},
	{`$`, "ab\n", 0, []int{2, 2}},
	{`$\n`, "ab\n", 0, []int{2, 3}},
	{`(?s).+$`, "ab\n", 0, []int{0, 3}},
	{`^`, "a\n", Multiline, []int{0, 0}},
	{`\n^$`, "a\n", Multiline, []int{1, 2}},
	// Unicode
	{`\w+`, "-é中_Ⅷ²-", 0, []int{1, 12}},
	{`(\d+)`, "a٣", 0, []int{1, 3, 1, 3}},
	{`a\sb`, "a\u00a0b", 0, []int{0, 4}},
	{`a\sb`, "a\x1cb", 0, []int{0, 3}},
	{`\bfail\b`, "éfail", 0, nil},
	{`\bfail\b`, "éfail", ASCII, []int{2, 6}},
	{`\Bfail`, "éfail", 0, []int{2, 6}},
	{`\B`, "", 0, nil},
	{`\w+`, "aé", ASCII, []int{0, 1}},
	{`[\W\d]+`, "é٣-", 0, []int{2, 5}},
	{`.`, "\ufffd", 0, []int{0, 3}},
	{`(?i)straße`, "STRAẞE", 0, []int{0, 8}},
	{`(?i)k+i`, "kK\u212a\u0130", 0, []int{0, 7}},
	{`(?i)[^s]`, "ſ", 0, nil},
	{`(?ai)k`, "\u212a", 0, nil},
	{`(?i)(s)\1`, "sſ", 0, nil},
	// quantifiers and braces
	{`x{,2}y`, "xxxy", 0, []int{1, 4}},
	{`x{,y`, "x{,y", 0, []int{0, 4}},
	{`x{}`, "x{}", 0, []int{0, 3}},
	{`x{2,`, "x{2,", 0, []int{0, 4}},
	{`x{ 2}`, "x{ 2}", 0, []int{0, 5}},
	{`x{2}{`, "xx{", 0, []int{0, 3}},
	{`a*+a`, "aaa", 0, nil},
	{`(?>a|ab)c`, "abc", 0, nil},
	{`(?>a*)b`, "aab", 0, []int{0, 3}},
	{`a{2,3}?`, "aaa", 0, []int{0, 2}},
	{`(a*)*`, "aab", 0, []int{0, 2, 2, 2}},
	{`(a*)+`, "b", 0, []int{0, 0, 0, 0}},
	{`(?:(a)|b)*`, "ab", 0, []int{0, 2, 0, 1}},
	{`(a|ab)(c|bcd)(d*)`, "abcd", 0, []int{0, 4, 0, 1, 1, 4, 4, 4}},
	// sets
	{`[]a]+`, "]a", 0, []int{0, 2}},
	{`[^]a]`, "]ab", 0, []int{2, 3}},
	{`[a-]+`, "-a", 0, []int{0, 2}},
	{`[\w-]+`, "a-b", 0, []int{0, 3}},
	{`[\b]`, "\b", 0, []int{0, 1}},
	{`[\x41-\103]+`, "ABCD", 0, []int{0, 3}},
	{`[[a]+`, "[a", 0, []int{0, 2}},
	{`[&&|]`, "|", 0, []int{0, 1}},
	// escapes
	{`\x41\u0042\U00000043\104\0\07`, "ABCD\x00\x07", 0, []int{0, 6}},
	{`\<\>\ \-\:`, "<> -:", 0, []int{0, 5}},
	{`(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\10`, "abcdefghijj", 0, []int{0, 11, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10}},
	// groups
	{`(?P<q>["'])x(?P=q)`, `'x" "x"`, 0, []int{4, 7, 4, 5}},
	{`(?P<q>["']?)\w+(?P=q),`, `"x',z,`, 0, []int{4, 6, 4, 4}},
	{`(\w+) \1`, "ab abc", 0, []int{0, 5, 0, 2}},
	{`(a)?\1b`, "b", 0, nil},
	{`(a)?b(?(1)c|d)`, "bc abc", 0, []int{3, 6, 3, 4}},
	{`(?P<x>a)?b(?(x)c)`, "b", 0, []int{0, 1, -1, -1}},
	{`(?(1)a|b)(c)`, "bc", 0, []int{0, 2, 1, 2}},
	{`(?:(a)|b(?(1)c|d))+`, "abcbd", 0, []int{0, 3, 0, 1}},
	{`a(?#comment)b`, "ab", 0, []int{0, 2}},
	{`a(?#comment)*b`, "aab", 0, []int{0, 3}},
	{` a b # c` + "\n" + `\ d [ ] \#`, "ab d #", Verbose, []int{0, 6}},
	{`(?i:a)b`, "Ab AB", 0, []int{0, 2}},
	{`(?i)a(?-i:b)`, "AB Ab", 0, []int{3, 5}},
	{`(?s-i:.)`, "\n", 0, []int{0, 1}},
	// look-around
	{`a(?!b)`, "abac", 0, []int{2, 3}},
	{`a(?=(?:b|$))`, "acab", 0, []int{2, 3}},
	{`(?<=ab)c`, "c abc", 0, []int{4, 5}},
	{`(?<!é)c`, "écc", 0, []int{3, 4}},
	{`(?<=(?:ab|cd))x`, "abx", 0, []int{2, 3}},
	{`(?:(?! from ).)*?(?= from )`, "a from b from c", 0, []int{0, 1}},
	{`(?=(a+))a`, "aab", 0, []int{0, 1, 0, 2}},
	{`(?!(a)b)a`, "ac", 0, []int{0, 1, -1, -1}},
}

func TestTraps(t *testing.T) {
	python := newOracle(t)
	for _, c := range traps {
		a := python.ask(t, question{Op: "search", Pattern: c.pattern, Flags: toPython(c.flags), Texts: []string{c.text}})
		re, err := Compile(c.pattern, c.flags)
		if err != nil || a.Error != "" {
			t.Errorf("%q: %v, in Python %q", c.pattern, err, a.Error)
			continue
		}
		if want := spansInBytes(c.text, a.Spans[0]); !slices.Equal(want, c.want) {
			t.Errorf("%q in %q: the table says %v, Python %v", c.pattern, c.text, c.want, want)
		}
		got, err := re.FindSubmatchIndex(c.text, nil)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q in %q: got %v, %v, want %v", c.pattern, c.text, got, err, c.want)
		}
		if ok, err := re.MatchString(c.text); ok != (c.want != nil) || err != nil {
			t.Errorf("%q in %q: MatchString says %v, %v", c.pattern, c.text, ok, err)
		}
	}
}

// Flags for the whole pattern are taken anywhere, as Python did before 3.11.
func TestFlagsInTheMiddle(t *testing.T) {
	re := MustCompile(`^a(?i)b`, 0)
	if ok, _ := re.MatchString("AB"); !ok {
		t.Error("(?i) in the middle does not hold for the whole pattern")
	}
	if ok, _ := MustCompile(`a (?x) b`, 0).MatchString("ab"); !ok {
		t.Error("(?x) in the middle does not hold for the whole pattern")
	}
}

func TestAccessors(t *testing.T) {
	re := MustCompile(`(?P<ip>a)(b)(?P<ünï>c)`, 0)
	if want := []string{"", "ip", "", "ünï"}; !slices.Equal(re.Names(), want) {
		t.Errorf("names are %q, want %q", re.Names(), want)
	}
	if re.String() != `(?P<ip>a)(b)(?P<ünï>c)` {
		t.Errorf("the pattern is %q", re)
	}
	buf := make([]int, 0, 8)
	loc, _ := re.FindSubmatchIndex("abc", buf)
	if &loc[0] != &buf[:1][0] {
		t.Error("FindSubmatchIndex does not use dst")
	}
}

func TestQuote(t *testing.T) {
	for _, s := range []string{"", "a.b*c", "[x](y){2}|^$\\", "a b\t#\n", "é\x00-&~"} {
		for _, f := range []Flags{0, Verbose} {
			loc, err := MustCompile(Quote(s), f).FindSubmatchIndex("<"+s+">", nil)
			if err != nil || len(loc) != 2 || loc[1]-loc[0] != len(s) {
				t.Errorf("%q quoted is %q, which finds %v, %v", s, Quote(s), loc, err)
			}
		}
	}
}

func TestMustCompilePanics(t *testing.T) {
	defer func() {
		if _, ok := recover().(error); !ok {
			t.Error("a wrong pattern does not panic with its error")
		}
	}()
	MustCompile(`(`, 0)
}

func TestTooLarge(t *testing.T) {
	for _, p := range []string{
		`(?:(?:a{1000}){1000}){1000}`, `((((a{99}){99}){99}){99})\1`, `a{70000}`, `a{99999999999999999999}`, strings.Repeat("(", 1000) + strings.Repeat(")", 1000),
	} {
		_, err := Compile(p, 0)
		if _, ok := errors.AsType[*Error](err); !ok {
			t.Errorf("%.40q: got %v, want an *Error", p, err)
		}
	}
}

// What would take a backtracking engine longer than anyone waits is linear, and on the longest line there is.
func TestLinearPatterns(t *testing.T) {
	long := strings.Repeat("a", 64<<10) + "!"
	for _, p := range []string{
		`(a+)+$`, `^(a+)+$`, `(a|a)*b`, `(a|aa)+$`, `(?:a?){20}a{20}b`, `^(?:(?!b).)*b`, `(?:(a+)+(?=b))+`, `(?<=a)(a+)+\Z`, `(?>a+)+b`, `(?:a++)*b`, `(a)*(?(1)b|c)`,
		`(?=.*b)a`, `(?=(?:a|aa)+b)`, `.*.*.*.*b`, `(.*?,){11}P`, `(?:\w+\s?)+(?!x)\.`, `(["']?)a*a*a*\1b`, `(x*)*y`, `a*?a*?a*?b`, `(?:(?=a*b)a|a)*c`,
	} {
		re := MustCompile(p, 0)
		if !re.Linear() {
			t.Errorf("%q is not linear", p)
			continue
		}
		if loc, err := re.FindSubmatchIndex(long, nil); loc != nil || err != nil {
			t.Errorf("%q: got %v, %v, want no match", p, loc, err)
		}
	}
}

// Of a linear pattern that has thousands of choices as many can be tried at each place of a text. That has its bound too.
func TestLargePatterns(t *testing.T) {
	long := strings.Repeat("a", 64<<10) + "!"
	for _, p := range []string{`(?:a?){3000}b`, `(?:.?){3000}b`, `a{9000}[^!]!`, `(?:(?=a{3000})a)*b`, `(?=(?:a?){100}b)(?:a?){4000}x`, `(?:a{3000}){3}b`} {
		re := MustCompile(p, 0)
		if !re.Linear() {
			t.Errorf("%q is not linear", p)
		}
		if loc, err := re.FindSubmatchIndex(long, nil); loc != nil || err != ErrTimeout {
			t.Errorf("%q: got %v, %v, want %v", p, loc, err, ErrTimeout)
		}
		finder := NewFinder([]*Regexp{re})
		if loc, err := finder.Find(0, long, nil); loc != nil || err != ErrTimeout {
			t.Errorf("%q by a finder: got %v, %v, want %v", p, loc, err, ErrTimeout)
		}
		if _, err := re.FindSubmatchIndex(long[:500], nil); err != nil {
			t.Errorf("%q in a short text: %v", p, err)
		}
	}
}

// Runs of characters longer than what is looked at together are consumed as Go's regexp does, whatever their length in bytes.
func TestLongRuns(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 2026))
	for _, p := range []string{`([aé]*)([a世]*)b`, `(?:[aé世]+)+(世[^b]*)$`, `([^b]*)[a世]+(é*)b`, `(.*)é(.*)世(\w*)`, `^(?:(a+)|(é+)|世)*b`} {
		re, peer := MustCompile(p, 0), regexp.MustCompile(strings.ReplaceAll(p, `\w`, `[\pL]`))
		for range 200 {
			var text strings.Builder
			for text.Len() < 700 {
				text.WriteString(strings.Repeat([]string{"a", "é", "世", "b"}[r.IntN(100)%31%4], r.IntN(200)))
			}
			got, err := re.FindSubmatchIndex(text.String(), nil)
			if want := peer.FindStringSubmatchIndex(text.String()); err != nil || !slices.Equal(got, want) {
				t.Fatalf("%q in %q: got %v (%v), want %v", p, text.String(), got, err, want)
			}
		}
	}
}

// Steps between large states take long to make: that is let be in time, for a text and for all of them.
func TestLargeStates(t *testing.T) {
	patterns := []*Regexp{MustCompile(`[abx]{3000}c`, 0), MustCompile(`a[abx]{2000}d`, 0)}
	f := NewFinder(patterns)
	f.Enqueue(NewQueue(patterns))
	r := rand.New(rand.NewPCG(10, 2026))
	rested := false
	for range 200 {
		var text strings.Builder
		for range 4000 {
			text.WriteByte("abx"[r.IntN(3)])
		}
		before := f.work
		_, loc, ok := f.First(text.String(), nil)
		if ok && loc != nil {
			t.Fatalf("found %v", loc)
		}
		if made := f.work - before; made > mostMaking+2*len(patterns)*maxInsts {
			t.Fatalf("%d instructions were followed for one text", made)
		}
		rested = rested || f.resting > 0
	}
	if !rested {
		t.Errorf("no rest was taken: %d instructions", f.work)
	}
}

// References to what a group matched, of which it could match any number, leave only a limit.
func TestTimeout(t *testing.T) {
	long := strings.Repeat("a", 4000) + "!"
	for _, p := range []string{`(a+)+(?:\1[b-z])+`, `^(a|aa)*(?:\1)+\Z`, `(?:(a+)\1?)+$`, `^(a|b+)(?:\1|\1\1)*\Z`} {
		re, err := CompileTimeout(p, 0, 10*time.Millisecond)
		if err != nil || re.Linear() {
			t.Errorf("%q: linear, or %v", p, err)
			continue
		}
		if loc, err := re.FindSubmatchIndex(long, nil); loc != nil || err != ErrTimeout {
			t.Errorf("%q: got %v, %v, want %v", p, loc, err, ErrTimeout)
		}
		if loc, err := re.FindSubmatchIndex("xaab", nil); err != nil {
			t.Errorf("%q after a time-out: got %v, %v", p, loc, err)
		}
	}
}
