package pyre

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"testing"
	"time"
)

// python is the interpreter whose re module and whose fail2ban package the tests compare with.
const python = "/usr/bin/python3"

// oracle is a Python process that answers what its re module makes of patterns.
type oracle struct {
	in  *json.Encoder
	out *json.Decoder
}

type question struct {
	Op      string   `json:"op"`
	Pattern string   `json:"pattern"`
	Flags   int      `json:"flags"`
	Texts   []string `json:"texts"`
}

type answer struct {
	Error string // Python's message where it refuses the pattern
	Pos   int
	Spans [][]int // by text; nil where nothing matches
	Names []string

	Filters []filterCase
	Dates   []patternCase
	Folds   map[string]string
	Classes map[string]ranges
}

type patternCase struct {
	Pattern string
	Flags   int
}

type filterCase struct {
	Name     string
	Patterns []patternCase
	Texts    []string
}

func newOracle(t testing.TB) *oracle {
	cmd := exec.Command(python, "testdata/oracle.py")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("these tests compare with Debian's python3 and fail2ban: %v", err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("oracle.py: %v", err)
		}
	})
	return &oracle{json.NewEncoder(in), json.NewDecoder(bufio.NewReader(out))}
}

func (o *oracle) ask(t testing.TB, q question) answer {
	t.Helper()
	var a answer
	if err := o.in.Encode(q); err != nil {
		t.Fatal(err)
	}
	if err := o.out.Decode(&a); err != nil {
		t.Fatalf("oracle.py, asked for %s %q: %v", q.Op, q.Pattern, err)
	}
	return a
}

// pythonFlags are the values of Python's flags.
var pythonFlags = map[Flags]int{IgnoreCase: 2, Multiline: 8, Dotall: 16, Verbose: 64, ASCII: 256}

func toPython(f Flags) (n int) {
	for flag, value := range pythonFlags {
		if f&flag != 0 {
			n |= value
		}
	}
	return n
}

func fromPython(n int) (f Flags) {
	for flag, value := range pythonFlags {
		if n&value != 0 {
			f |= flag
		}
	}
	return f
}

// patient is a time limit no search of these tests comes near, so that a busy machine changes no result.
const patient = 20 * time.Second

// spansInBytes turns Python's offsets in characters into bytes.
func spansInBytes(text string, spans []int) []int {
	if spans == nil {
		return nil
	}
	offsets := make([]int, 0, len(text)+1)
	for i := range text {
		offsets = append(offsets, i)
	}
	offsets = append(offsets, len(text))
	out := make([]int, len(spans))
	for i, at := range spans {
		out[i] = at
		if at >= 0 {
			out[i] = offsets[at]
		}
	}
	return out
}
