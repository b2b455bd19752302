package pyre

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// befores are patterns that others come behind.
var befores = []string{
	"",
	`^(?:a|b )?(?P<content>.+)$`,
	`(?P<content>\S.*)$`,
	`^\w*\W?(?:1|A)?(?P<content>(?:a|b).*)$`,
	`[ab]?\b(?P<content>.+)$`,
}

// holdUnion checks that a union names every pattern that matches. It returns how many matched and how many were named.
func holdUnion(t *testing.T, before *Regexp, patterns []*Regexp, s *Scanner, head, tail string) (matched, named int) {
	t.Helper()
	text := head + tail + "\n"
	if before != nil {
		loc, err := before.FindSubmatchIndex(text, nil)
		if err != nil || loc == nil {
			return 0, 0
		}
		g := slices.Index(before.Names(), "content")
		text = text[loc[2*g]:loc[2*g+1]] + "\n"
	}
	v := s.Scan(head, tail)
	for i, re := range patterns {
		if ok, err := re.MatchString(text); ok && err == nil {
			matched++
			if v != nil && !slices.Contains(v.Patterns, int32(i)) {
				t.Errorf("%q, pattern %d of %q behind %v: not named in %q + %q", re, i, patterns, before, head, tail)
			}
		}
	}
	if v != nil {
		named = len(v.Patterns)
	}
	return matched, named
}

func TestUnionNamesWhatMatches(t *testing.T) {
	r := rand.New(rand.NewPCG(seed, 3))
	unions, matched, named := 0, 0, 0
	for range 3000 {
		var patterns []*Regexp
		flags := []Flags{0, 0, IgnoreCase, Multiline, Dotall, ASCII}[r.IntN(6)]
		for len(patterns) < 1+r.IntN(4) {
			if re, err := Compile((&grammar{r: r}).pattern(3), flags); err == nil {
				patterns = append(patterns, re)
			}
		}
		var before *Regexp
		if b := befores[r.IntN(len(befores))]; b != "" {
			before = MustCompile(b, flags&^Dotall)
		}
		u := NewUnion(before, "content", patterns)
		if u == nil {
			continue
		}
		unions++
		s := u.NewScanner()
		if r.IntN(2) == 0 {
			for i := range s.trust {
				s.trust[i] = maxTrust
			}
		}
		for range 20 {
			m, n := holdUnion(t, before, patterns, s, randomText(r), randomText(r))
			matched, named = matched+m, named+n
		}
	}
	if unions < 1500 || matched < 1000 {
		t.Errorf("%d unions, %d matches: too few to tell anything", unions, matched)
	}
	t.Logf("%d unions, %d matches, %d patterns named", unions, matched, named)
}

// TestScannerForgets sends texts that make a new state with nearly every byte.
func TestScannerForgets(t *testing.T) {
	re := MustCompile(`a[ab]{14}c.*d$`, 0)
	u := NewUnion(nil, "", []*Regexp{re})
	s := u.NewScanner()
	r := rand.New(rand.NewPCG(seed, 4))
	rested := false
	for range 3000 {
		var b strings.Builder
		for range 200 {
			b.WriteByte("ab"[r.IntN(2)])
		}
		if r.IntN(2) == 0 {
			b.WriteString("c d")
		}
		holdUnion(t, nil, []*Regexp{re}, s, b.String(), "")
		rested = rested || s.resting > 0
		if len(s.sets) > maxStates {
			t.Fatalf("%d states", len(s.sets))
		}
	}
	if !rested {
		t.Error("it never took a rest")
	}
}

// TestScannerTrusts sends texts that match, and then others that only begin as they do.
func TestScannerTrusts(t *testing.T) {
	a, b := MustCompile(`^alpha beta (\S+) gamma$`, 0), MustCompile(`^beta (?:\d|x)+$`, 0)
	s := NewUnion(nil, "", []*Regexp{a, b}).NewScanner()
	named := func(text string) int { return len(s.Scan("", text).Patterns) }
	for range 2 * trusted {
		if named("alpha beta x gamma") != 1 || named("alpha beta x delta") != 0 {
			t.Fatal("a text was misjudged")
		}
	}
	for range trusted {
		named("alpha beta x gamma")
	}
	if named("alpha beta x delta") != 1 {
		t.Error("the whole text was looked through, where what begins so always matched")
	}
	if s.Scan("", "alpha beta \n gamma") != nil {
		t.Error("a newline was overlooked")
	}
	for range maxTrust / misled {
		s.Misled(0)
	}
	if named("alpha beta x delta") != 0 {
		t.Error("the text was not looked through, where what begins so did not match")
	}
}

func TestUnionWhereItIsNoUse(t *testing.T) {
	some := []*Regexp{MustCompile(`^a`, 0)}
	for _, before := range []string{`^x(?P<content>.*)$`, `^x(?P<content>.+)y$`, `^(?:x(?P<content>.+))?$`, `(x)(?P<content>.+)(?:\n|$)`, `^(?P<content>\s+)$`} {
		if NewUnion(MustCompile(before, 0), "content", some) != nil {
			t.Errorf("%s: its group may be empty or end early", before)
		}
	}
}

func BenchmarkScan(b *testing.B) {
	prefix := MustCompile(`^\s*(?:\S+ )?sshd(?:\[\d+\])?: (?:error: )?(?P<content>.+)$`, 0)
	rules := []*Regexp{
		MustCompile(`^Failed \S+ for (?P<user>.*) from (?P<ip>\S+) port \d+(?: ssh\d*)?$`, 0),
		MustCompile(`^[iI]nvalid user (?P<user>.*?) from (?P<ip>\S+)$`, 0),
		MustCompile(`^Connection closed by (?P<ip>\S+) \[preauth\]$`, 0),
	}
	s := NewUnion(prefix, "content", rules).NewScanner()
	for _, bench := range []struct{ name, line string }{
		{"match", " host sshd[1234]: Failed password for root from 192.0.2.1 port 22 ssh2"},
		{"near", " host sshd[1234]: Failed password for root from 192.0.2.1 port 22 ssh2 and more"},
		{"miss", " host postfix/smtpd[1234]: connect from mail.example.com[192.0.2.1], which is no failure"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(bench.line)))
			for b.Loop() {
				s.Scan("", bench.line)
			}
		})
	}
}
