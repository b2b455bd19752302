package bounds

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// recorder is a test that keeps what is said of it.
type recorder struct {
	testing.TB
	said string
}

func (r *recorder) Errorf(format string, args ...any) { r.said = fmt.Sprintf(format, args...) }

var sink []byte

func TestHold(t *testing.T) {
	for name, test := range map[string]struct {
		most  time.Duration
		bytes uint64
		want  bool
	}{
		"within":    {time.Minute, 64 << 20, false},
		"too long":  {time.Nanosecond, 64 << 20, true},
		"too large": {time.Minute, 1 << 20, true},
	} {
		r := &recorder{TB: t}
		end := Hold(r, test.most, test.bytes)
		for range 2 {
			sink = make([]byte, 1<<20)
		}
		end()
		if got := r.said != ""; got != test.want {
			t.Errorf("%s: said %q", name, r.said)
		}
	}
}

// TestEndless starts this test anew as a process that hangs, and one that eats memory.
func TestEndless(t *testing.T) {
	if how := os.Getenv("F2B_ENDLESS"); how != "" {
		most := map[string]time.Duration{"hang": 20 * time.Millisecond, "eat": time.Hour}[how]
		Hold(t, most, 16<<20)
		for {
			if how == "eat" {
				sink = make([]byte, 1<<20)
			}
		}
	}
	for _, how := range []string{"hang", "eat"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestEndless$", "-test.timeout=30s")
		cmd.Env = append(os.Environ(), "F2B_ENDLESS="+how)
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "panic: goes on after") {
			t.Errorf("%q: %v\n%s", how, err, out)
		}
	}
}
