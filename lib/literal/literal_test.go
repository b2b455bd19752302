package literal

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"f2b/lib/bounds"
)

// reference counts the places where groups have literals by looking everywhere.
func reference(groups [][]string, text string) map[int32]int {
	n := map[int32]int{}
	text = Fold(text)
	for i, g := range groups {
		for _, l := range Shortest(g) {
			for at := range len(text) {
				if strings.HasPrefix(text[at:], l) {
					n[int32(i)]++
				}
			}
		}
	}
	return n
}

// found counts those that a set finds, and checks that each stands where it says.
func found(t *testing.T, groups [][]string, text, sample string) map[int32]int {
	t.Helper()
	s := New(groups, sample)
	var h Hits
	s.Find(text, &h)
	n, last := map[int32]int{}, int32(0)
	h.Each(func(hit Hit) bool {
		n[hit.Group]++
		if hit.At < last {
			t.Errorf("a hit at %d comes behind one at %d", hit.At, last)
		}
		last = hit.At
		if !slices.ContainsFunc(groups[hit.Group], func(l string) bool { return holds(l, text, int(hit.At)) }) {
			t.Errorf("%q in %q: not at %d", groups[hit.Group], text, hit.At)
		}
		return true
	})
	return n
}

// holds tells whether a literal stands in text so that it covers a place.
func holds(l, text string, at int) bool {
	from, to := max(0, at-len(l)+1), min(len(text), at+len(l))
	return strings.Contains(Fold(text[from:to]), l)
}

func TestFindsAll(t *testing.T) {
	r := rand.New(rand.NewPCG(20240229, 1))
	word := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = "abcd [\xc3"[r.IntN(7)]
		}
		return string(b)
	}
	total := 0
	for range 400 {
		var groups [][]string
		for range 1 + r.IntN(4) {
			var g []string
			for range 1 + r.IntN(5) {
				g = append(g, word(MinLength+r.IntN(1+r.IntN(20))))
			}
			groups = append(groups, g)
		}
		for range 5 {
			var b strings.Builder
			for range r.IntN(30) {
				g := groups[r.IntN(len(groups))]
				piece := g[r.IntN(len(g))]
				if r.IntN(3) == 0 {
					piece = strings.ToUpper(piece[:r.IntN(len(piece))])
				}
				b.WriteString(piece + word(r.IntN(6)))
			}
			text := b.String()
			got, want := found(t, groups, text, text[:r.IntN(len(text)+1)]), reference(groups, text)
			if !maps.Equal(got, want) {
				t.Fatalf("%q in %q: %v, want %v", groups, text, got, want)
			}
			for _, n := range want {
				total += n
			}
		}
	}
	if total < 5000 {
		t.Errorf("only %d literals stood there", total)
	}
}

// TestManyLiterals has more pairs than there are buckets.
func TestManyLiterals(t *testing.T) {
	var groups [][]string
	var text strings.Builder
	for a := 'a'; a <= 'z'; a++ {
		for b := 'a'; b <= 'z'; b++ {
			literal := "xxx" + string(a) + string(b)
			groups = append(groups, []string{literal})
			text.WriteString(literal + " ")
		}
	}
	if got, want := found(t, groups, text.String(), ""), reference(groups, text.String()); !maps.Equal(got, want) {
		t.Errorf("%d hits, want %d", len(got), len(want))
	}
}

func TestTooShort(t *testing.T) {
	for _, short := range [][]string{nil, {"abc"}, {"long enough", "abc"}, {"long enough", ""}} {
		if LongEnough(short) {
			t.Errorf("%q", short)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("auth failed", "Disconnected (auth failed, 1 attempts)", "unknown user")
	f.Add("aaaa", strings.Repeat("a", 100), "baaa")
	f.Fuzz(func(t *testing.T, a, text, b string) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		groups := [][]string{{Fold(a)}, {Fold(b)}}
		if !LongEnough(groups[0]) || !LongEnough(groups[1]) {
			return
		}
		if got, want := found(t, groups, text, ""), reference(groups, text); !maps.Equal(got, want) {
			t.Errorf("%q, %q in %q: %v, want %v", a, b, text, got, want)
		}
	})
}

func BenchmarkFind(b *testing.B) {
	text := strings.Repeat("Mar  1 00:00:00 mail dovecot: imap(alice)<3><y>: Disconnected: Logged out in=120 out=1003 deleted=0 expunged=0\n"+
		"Mar  1 00:00:00 mail postfix/smtpd[1]: connect from client.example.com[198.51.100.102]\n", 1300)
	for _, bench := range []struct {
		name  string
		texts []string
	}{
		{"long", []string{"auth failed, ", "tried to use ", "unknown user", "invalid credent", "password mi", "(dovecot:auth): "}},
		{"short", []string{"query", "from ", "notice", "failed "}},
		{"frequent", []string{"mail", "00:00"}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			s := New([][]string{bench.texts}, text[:1000])
			var h Hits
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				s.Find(text, &h)
			}
		})
	}
}
