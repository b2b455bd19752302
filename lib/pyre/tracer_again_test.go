package pyre

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestAgain searches texts that begin alike, one after the other, as the lines of one process do, for patterns that take the rest of a text as it
// is, or nearly.
func TestAgain(t *testing.T) {
	patterns := []string{`^(\w+)\[(\d+)\]: (.+)$`, `^(\w+)\[(\d+)\]: (.+)`, `^(\S+: )?(.*)$`, `(\d+)(.*)$`, `^((?:a|b)+)(.+)$`, `^(?:(a)|(b)): ((.+))()$`,
		`^(\w*)(.+?)$`, `^(a[^x].*)$`, `(?s)^(\w+)(.+)$`, `(?m)^(\w+)(.+)$`, `^(?=a)(.)(.*)\Z`, `^(?:(\w)(?! x)(.*)|b(.+))$`, `^a(b?)(.+)\n?$`, `^(.+)$`, `^(.*)$`}
	begins := []string{"", "a", "ab", "abc[12]: ", "abc[13]: ", "abc[12]", "a: ", "b: ", "é: ", strings.Repeat("ab", 70), "12"}
	rests := []string{"", "x", "é", "\u2028", "\n", "\n\n", " x\n", "x\ny", "x\ny\n", "failed for b from 12\n", "failed for b", "\tü\n", "9", "b"}
	r := rand.New(rand.NewPCG(20261129, 1))
	all := 0
	for _, pattern := range patterns {
		re := MustCompile(pattern, 0)
		one := NewFinder([]*Regexp{re})
		queue := NewFinder([]*Regexp{re})
		q := NewQueue([]*Regexp{re})
		queue.Enqueue(q)
		again := 0
		for at := 0; at < 4000; at++ {
			begin := begins[r.IntN(len(begins))]
			for range 1 + r.IntN(4) {
				s := begin + rests[r.IntN(len(rests))]
				want, _ := re.FindSubmatchIndex(s, nil)
				if tracer := one.tracers[0]; tracer != nil {
					if _, ok := tracer.again(s, nil); ok {
						again++
					}
				}
				if got, _ := one.Find(0, s, nil); !slices.Equal(got, want) {
					t.Fatalf("%s in %q: %v, want %v", pattern, s, got, want)
				}
				if q == nil {
					continue
				}
				if _, got, ok := queue.First(s, nil); ok && !slices.Equal(got, want) {
					t.Fatalf("%s in %q, in a queue: %v, want %v", pattern, s, got, want)
				}
			}
		}
		t.Logf("%s: %d times again", pattern, again)
		all += again
	}
	if all < 10_000 {
		t.Errorf("only %d texts were found as those before them", all)
	}
}
