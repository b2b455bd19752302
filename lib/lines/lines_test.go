package lines

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"f2b/lib/bounds"
)

// all reads everything and writes each line as text, with "+N" behind one that lost N bytes.
func all(t testing.TB, r *Reader) ([]string, error) {
	t.Helper()
	var got []string
	for {
		line, dropped, err := r.Next()
		if err != nil {
			if _, _, again := r.Next(); again != err {
				t.Errorf("after %v came %v", err, again)
			}
			return got, err
		}
		text := string(line)
		if dropped > 0 {
			text += fmt.Sprintf("+%d", dropped)
		}
		got = append(got, text)
	}
}

func TestLines(t *testing.T) {
	tests := []struct {
		name, input string
		max         int
		want        []string
	}{
		{"nothing", "", 4, nil},
		{"one", "ab\n", 4, []string{"ab"}},
		{"no final newline", "ab\ncd", 4, []string{"ab", "cd"}},
		{"empty lines", "\n\na\n", 4, []string{"", "", "a"}},
		{"crlf", "ab\r\n\r\ncd\r\n", 4, []string{"ab", "", "cd"}},
		{"a return inside stays", "a\rb\n\r\r\n", 4, []string{"a\rb", "\r"}},
		{"a return without a newline stays", "ab\r", 4, []string{"ab\r"}},
		{"just the cap", "abcd\nabcd\r\nabcd", 4, []string{"abcd", "abcd", "abcd"}},
		{"one above", "abcde\nabcde\r\nabcde", 4, []string{"abcd+1", "abcd+1", "abcd+1"}},
		{"two above", "abcdef\nabcdef\r\nabcdef", 4, []string{"abcd+2", "abcd+2", "abcd+2"}},
		{"far above", strings.Repeat("x", 5000) + "\nab\n", 4, []string{"xxxx+4996", "ab"}},
		{"far above with a return", strings.Repeat("x", 5000) + "\r\nab\n", 4, []string{"xxxx+4996", "ab"}},
		{"returns only", strings.Repeat("\r", 9) + "\n", 4, []string{"\r\r\r\r+4"}},
		{"bytes of any kind", "\x00\xff\n\x00", 4, []string{"\x00\xff", "\x00"}},
	}
	readers := map[string]func(io.Reader) io.Reader{
		"at once":       func(r io.Reader) io.Reader { return r },
		"byte by byte":  iotest.OneByteReader,
		"halves":        iotest.HalfReader,
		"data with EOF": iotest.DataErrReader,
	}
	for _, test := range tests {
		for how, wrap := range readers {
			t.Run(test.name+"/"+how, func(t *testing.T) {
				got, err := all(t, NewReader(wrap(strings.NewReader(test.input)), test.max))
				if err != io.EOF || !slices.Equal(got, test.want) {
					t.Errorf("got %q, %v; want %q", got, err, test.want)
				}
			})
		}
	}
}

// endless gives n bytes of "x" without keeping them.
func endless(n int64) io.Reader { return io.LimitReader(xs{}, n) }

type xs struct{}

func (xs) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestHugeLineCostsNoMemory(t *testing.T) {
	const size = 100 << 20
	r := NewReader(io.MultiReader(strings.NewReader("first\n"), endless(size), strings.NewReader("\nlast")), 0)
	if line, _, _ := r.Next(); string(line) != "first" {
		t.Errorf("the line before is %q", line)
	}
	line, dropped, err := r.Next()
	if len(line) != DefaultMax || dropped != size-DefaultMax || err != nil {
		t.Errorf("got %d bytes, %d dropped, %v", len(line), dropped, err)
	}
	if line, dropped, err := r.Next(); string(line) != "last" || dropped != 0 || err != nil {
		t.Errorf("the line after is %q, %d dropped, %v", line, dropped, err)
	}
	if len(r.buf) > DefaultMax+firstBuffer {
		t.Errorf("the buffer grew to %d bytes", len(r.buf))
	}
}

// What was read of the line at which reading fails is left out: an address in it may be cut off.
func TestErrorsComeAfterTheLines(t *testing.T) {
	broken := errors.New("broken")
	src := io.MultiReader(strings.NewReader("ab\ncd"), iotest.ErrReader(broken))
	got, err := all(t, NewReader(src, 10))
	if err != broken || !slices.Equal(got, []string{"ab"}) {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := all(t, NewReader(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("ab"))), 10)); err != iotest.ErrTimeout {
		t.Errorf("a failing second read gave %v", err)
	}
	got, err = all(t, NewReader(io.MultiReader(strings.NewReader("abcdefghij"), iotest.ErrReader(broken)), 4))
	if err != broken || !slices.Equal(got, []string{"abcd+6"}) {
		t.Errorf("a line over the cap, then an error: got %q, %v", got, err)
	}
}

// mute gives neither bytes nor an error.
type mute struct{}

func (mute) Read([]byte) (int, error) { return 0, nil }

func TestReaderThatGivesNothing(t *testing.T) {
	if _, err := all(t, NewReader(mute{}, 10)); err != io.ErrNoProgress {
		t.Errorf("got %v", err)
	}
}

// TestBeforeReadComesBeforeWaiting holds the flush rule: when the reader waits, BeforeRead has been called since the
// last line was given out, and it is not called for lines that are at hand.
func TestBeforeReadComesBeforeWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, out := io.Pipe()
		r := NewReader(in, 0)
		calls := 0
		r.BeforeRead = func() error { calls++; return nil }
		var got []string
		go func() { got, _ = all(t, r) }()
		synctest.Wait()
		if calls != 1 {
			t.Errorf("%d calls before the first byte", calls)
		}
		io.WriteString(out, "a\nb\nc\nd")
		synctest.Wait()
		if calls != 2 || len(got) != 0 {
			t.Errorf("%d calls when it waits for the second write", calls)
		}
		out.Close()
		synctest.Wait()
		if want := []string{"a", "b", "c", "d"}; !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
	})
}

func TestBeforeReadCanEndTheReading(t *testing.T) {
	stop := errors.New("stdout is closed")
	r := NewReader(strings.NewReader("a\n"), 0)
	r.BeforeRead = func() error { return stop }
	if got, err := all(t, r); err != stop || got != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestNoAllocationPerLine(t *testing.T) {
	input := bytes.Repeat([]byte("Nov 21 19:46:34 host sshd[1]: a line of a log\r\n"), 20000)
	allocs := testing.AllocsPerRun(3, func() {
		r := NewReader(bytes.NewReader(input), 0)
		for {
			if _, _, err := r.Next(); err != nil {
				break
			}
		}
	})
	if allocs > 5 {
		t.Errorf("%v allocations for 20000 lines", allocs)
	}
}

// FuzzReader holds the Reader against cutting the whole input up in memory, whatever sizes the reads have.
func FuzzReader(f *testing.F) {
	f.Add([]byte("abc\r\ndef\n\nlast"), 4, 3)
	f.Add([]byte("\r\r\n\r"), 1, 1)
	f.Add(bytes.Repeat([]byte("abcdefg\r"), 40), 5, 7)
	f.Fuzz(func(t *testing.T, input []byte, max, size int) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		max, size = 1+max&63, 1+size&63
		got, err := all(t, NewReader(&bySize{input, size}, max))
		if want := reference(input, max); err != io.EOF || !slices.Equal(got, want) {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	})
}

// bySize gives size bytes a read.
type bySize struct {
	rest []byte
	size int
}

func (b *bySize) Read(p []byte) (int, error) {
	if len(b.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, b.rest[:min(b.size, len(b.rest))])
	b.rest = b.rest[n:]
	return n, nil
}

// reference says what all must give for input.
func reference(input []byte, max int) (want []string) {
	for line := range strings.Lines(string(input)) {
		if text, whole := strings.CutSuffix(line, "\n"); whole {
			line = strings.TrimSuffix(text, "\r")
		}
		if over := len(line) - max; over > 0 {
			line = fmt.Sprintf("%s+%d", line[:max], over)
		}
		want = append(want, line)
	}
	return want
}

func BenchmarkReader(b *testing.B) {
	input := bytes.Repeat([]byte("Nov 21 19:46:34 host sshd[24200]: Failed password for root from 192.0.2.1 port 38926 ssh2\n"), 10000)
	b.SetBytes(int64(len(input)))
	b.ReportAllocs()
	for b.Loop() {
		r := NewReader(bytes.NewReader(input), 0)
		for {
			if _, _, err := r.Next(); err != nil {
				break
			}
		}
	}
}
