package filter

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"
)

// TestForesight holds filters that match lines together and foresee which cannot complete anything against the same without foresight, on
// their own samples: in order, with others between them, with lines missing, repeated and changed.
func TestForesight(t *testing.T) {
	now := time.Date(2016, 12, 1, 12, 0, 0, 0, time.UTC)
	for _, spec := range []string{"slapd", "mongodb-auth", "guacamole", `^a (\w+) <HOST>$<SKIPLINES>^b \1$`, `(?i)FROM=<HOST>[^\n]*\n.*Err=49`, `<HOST>\s+x`} {
		t.Run(strings.ReplaceAll(spec, "/", "|"), func(t *testing.T) {
			t.Parallel()
			load := func(maxlines int) *Filter {
				f, err := Load(spec, Options{Dirs: []string{installed}, Usedns: "raw", Maxlines: maxlines, Location: time.UTC, Now: func() time.Time { return now }})
				if err != nil {
					t.Fatal(err)
				}
				return f
			}
			samples := []string{"a x 192.0.2.1", "b x", "b y", "x", "a y 2001:db8::1", "bind From=192.0.2.7 (", "res eRR=49", ""}
			if data, err := os.ReadFile(sampleLogs + "/" + spec); err == nil {
				samples = append(strings.Split(strings.TrimSpace(string(data)), "\n"), samples[:2]...)
			}
			r := rand.New(rand.NewPCG(20240229, 11))
			found := 0
			for _, maxlines := range []int{0, 2, 5} {
				var lines []Line
				for at := 0; len(lines) < 3000; at++ {
					line := samples[at%len(samples)]
					switch r.IntN(8) {
					case 0:
						continue
					case 1:
						lines = append(lines, Line{Text: samples[r.IntN(len(samples))]})
					case 2:
						line = mutated(r, line)
					case 3:
						at = r.IntN(len(samples))
					}
					lines = append(lines, Line{Text: line})
				}
				want := together(load(maxlines), lines)
				found += strings.Count(want, "\n")
				if got := inSteps(load(maxlines), lines, 1, 100, false); got != want {
					t.Errorf("maxlines %d: %s", maxlines, firstDifference(got, want))
				}
			}
			if found < 50 {
				t.Errorf("only %d failures were found", found)
			}
		})
	}
}
