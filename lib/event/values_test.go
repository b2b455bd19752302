package event

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestTimesAreWrittenAsPackageTimeDoes compares random times in random zones.
func TestTimesAreWrittenAsPackageTimeDoes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		at := time.Unix(r.Int64N(253_402_214_400), 0).In(time.FixedZone("", 60*(r.IntN(24*60)-12*60)))
		if r.IntN(3) == 0 {
			at = at.UTC().Add(time.Duration(r.IntN(2) * r.IntN(1e9)))
		}
		if got, want := string(appendTime(nil, at)), at.Format(time.RFC3339Nano); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	}
}
