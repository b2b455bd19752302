package filter

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"
)

// sampleLines are the lines of all sample logs, each followed by a mutation of it.
func sampleLines(t testing.TB) []Line {
	paths, _ := filepath.Glob(sampleLogs + "/*")
	r := rand.New(rand.NewPCG(20240229, 7))
	var out []Line
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // a folder
		}
		for line := range strings.Lines(string(data)) {
			line = strings.ToValidUTF8(strings.TrimRight(line, "\r\n"), "\ufffd")
			if line != "" && line[0] != '#' {
				out = append(out, Line{Text: line}, Line{Text: mutated(r, line)})
			}
		}
	}
	if len(out) < 2000 {
		t.Fatalf("%d lines in %s: is the package fail2ban whole?", len(out), sampleLogs)
	}
	return out
}

// mutated changes a line in a few places.
func mutated(r *rand.Rand, line string) string {
	pieces := []string{"", "x", "7", " ", "é", "\u2028", "[", ":", "\n", " from 192.0.2.1", "::1", "\x00"}
	for range 1 + r.IntN(3) {
		at, n := r.IntN(len(line)+1), r.IntN(3)
		line = line[:at] + pieces[r.IntN(len(pieces))] + line[min(at+n, len(line)):]
	}
	return strings.ToValidUTF8(line, "\ufffd")
}

// events writes the failures that are found as events.
type events struct{ bytes.Buffer }

func (e *events) add(m *Match) error {
	ev := m.Event()
	e.Write(ev.AppendJSON(nil))
	return nil
}

// together runs lines through a filter one by one and without steps.
func together(f *Filter, lines []Line) string {
	f.plain = true
	var out events
	for _, l := range lines {
		for i, r := 0, f.Process(l); i < len(r.Matches); i++ {
			out.add(&r.Matches[i])
		}
	}
	return out.String()
}

// batchOf makes a batch of lines.
func batchOf(lines []string) *Batch {
	b := &Batch{Text: strings.Join(lines, "\n") + "\n"}
	at := int32(0)
	for _, line := range lines {
		b.Lines = append(b.Lines, [2]int32{at, at + int32(len(line))})
		at += int32(len(line)) + 1
	}
	return b
}

// inSteps runs batches of lines through a filter with workers that work at the same time, perhaps behind a sieve.
func inSteps(f *Filter, lines []Line, workers, size int, sifted bool) string {
	var batches []*Batch
	for len(lines) > 0 {
		n := min(size, len(lines))
		var texts []string
		for _, l := range lines[:n] {
			texts = append(texts, l.Text)
		}
		batches = append(batches, batchOf(texts))
		lines = lines[n:]
	}
	todo := make(chan *Batch, len(batches))
	for _, b := range batches {
		f.Date(b)
		todo <- b
	}
	close(todo)
	var wg sync.WaitGroup
	for range workers {
		w := f.NewWorker()
		sieve := (*Sieve)(nil)
		if sifted {
			sieve = NewSieve([]*Filter{f})
		}
		wg.Go(func() {
			for b := range todo {
				if sieve.Sift([]*Batch{b}); !b.Empty() {
					w.Decide(b)
				}
			}
		})
	}
	wg.Wait()
	var out events
	for _, b := range batches {
		f.Finish(b, func(_ int, m *Match) error { return out.add(m) })
		scribble(b)
	}
	return out.String()
}

// scribble writes over the text of a batch, as its source may once it is finished, and over what was made of it.
func scribble(b *Batch) {
	for _, text := range [][]byte{unsafe.Slice(unsafe.StringData(b.Text), len(b.Text)), b.cuts} {
		for i := range text {
			text[i] = '?'
		}
	}
}

// TestSteps holds the steps against trying every pattern on one line after the other, which they must equal byte for
// byte: on all filters, over all sample logs and mutations of them.
func TestSteps(t *testing.T) {
	lines := sampleLines(t)
	now := time.Date(2005, 8, 14, 12, 0, 0, 0, time.UTC)
	var specs []string
	for _, dirs := range [][]string{{installed}, nil} {
		for _, name := range Names(dirs) {
			specs = append(specs, strings.Join(dirs, "")+"\x00"+name)
		}
	}
	modes := []string{"sshd[mode=aggressive]", "postfix[mode=aggressive]", "postfix[mode=auth]", "dovecot[mode=aggressive]", "nginx-http-auth[mode=aggressive]", "exim[mode=aggressive]"}
	for _, spec := range append(modes, `from <HOST>`, `^\s*<HOST> .*\d$`, `(?i)failed .* <HOST>\s*$`, `(?<!x)\b<ADDR>\Z`) {
		specs = append(specs, installed+"\x00"+spec)
	}
	var found atomic.Int64
	for i, s := range specs {
		dir, spec, _ := strings.Cut(s, "\x00")
		lines := everyThird(lines, i%3)
		t.Run(strings.ReplaceAll(spec, "/", "|"), func(t *testing.T) {
			t.Parallel()
			load := func() *Filter {
				f, err := Load(spec, Options{Dirs: strings.Fields(dir), Usedns: "raw", Location: time.UTC, Now: func() time.Time { return now }})
				if err != nil {
					t.Fatal(err)
				}
				return f
			}
			f := load()
			want := together(f, lines)
			found.Add(int64(strings.Count(want, "\n")))
			for _, way := range []struct {
				workers, size int
				sifted        bool
			}{{1, 500, false}, {2, 37, true}} {
				g := load()
				got := inSteps(g, lines, way.workers, way.size, way.sifted)
				if got != want {
					t.Errorf("%d workers, batches of %d: %s", way.workers, way.size, firstDifference(got, want))
				}
			}
		})
	}
	t.Cleanup(func() {
		if n := found.Load(); n < 1000 {
			t.Errorf("only %d failures were found in all", n)
		}
	})
}

// everyThird keeps the time of the test within bounds: a third of the lines for each filter, another one each time.
func everyThird(lines []Line, from int) []Line {
	var out []Line
	for i := from; i < len(lines); i += 3 {
		out = append(out, lines[i])
	}
	return out
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "\ngot  " + g[i] + "\nwant " + w[i]
		}
	}
	return "one of them ends early"
}
