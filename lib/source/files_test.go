package source

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"f2b/lib/bounds"
)

// collect reads a source to its end.
func collect(t *testing.T, s Source) []Line {
	t.Helper()
	var all []Line
	for {
		l, err := s.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("after %d lines: %v", len(all), err)
		}
		all = append(all, l)
	}
	if _, err := s.Next(); err != io.EOF {
		t.Errorf("after the end: %v, want io.EOF again", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	return all
}

func texts(all []Line) []string {
	list := make([]string, len(all))
	for i, l := range all {
		list[i] = l.Text
	}
	return list
}

func TestReaderLines(t *testing.T) {
	long := strings.Repeat("x", 70<<10)
	tests := []struct {
		name, in string
		want     []string
	}{
		{"empty", "", nil},
		{"one", "a\n", []string{"a"}},
		{"last without end", "a\nb", []string{"a", "b"}},
		{"crlf", "a\r\nb\r\n", []string{"a", "b"}},
		{"more than one cr", "a\r\r\nb\r", []string{"a", "b"}},
		{"cr inside", "a\rb\n", []string{"a\rb"}},
		{"empty lines", "\n\na\n\n", []string{"", "", "a", ""}},
		{"nul", "a\x00b\n", []string{"a\x00b"}},
		{"white space stays", " a \t\n", []string{" a \t"}},
		{"utf-8", "grüße\n", []string{"grüße"}},
		{"cut utf-8", "gr\xc3\n", []string{"gr\ufffd"}},
		{"latin-1 bytes", "gr\xfc\xdfe\n", []string{"gr\ufffd\ufffde"}},
		{"surrogate", "\xed\xa0\x80\n", []string{"\ufffd\ufffd\ufffd"}},
		{"cut sequence is one", "\xf0\x9f\x98 x\n", []string{"\ufffd x"}},
		{"too long", long + "\nb\n", []string{cutMark, "b"}},
		{"begins like gzip", "\x1f\x8bz\n", []string{"\x1f\ufffdz"}},
		{"begins like bzip2", "BZh9 is a word\n", []string{"BZh9 is a word"}},
		{"only a part of a magic number", "BZ", []string{"BZ"}},
	}
	for _, test := range tests {
		for _, one := range []bool{false, true} {
			var r io.Reader = strings.NewReader(test.in)
			if one {
				r = iotest.OneByteReader(r)
			}
			all := collect(t, Reader(r, Options{Encoding: "utf-8"}))
			if !slices.Equal(texts(all), test.want) {
				t.Errorf("%s: %.80q, want %.80q", test.name, texts(all), test.want)
			}
			for i, l := range all {
				if l.No != int64(i+1) || l.File != "" || !l.Time.IsZero() {
					t.Errorf("%s: line %d is %d of %q at %v", test.name, i+1, l.No, l.File, l.Time)
				}
			}
		}
	}
}

func TestDropped(t *testing.T) {
	all := collect(t, Reader(strings.NewReader("0123 56789abc\r\nok\n"), Options{MaxLine: 10}))
	if len(all) != 2 || all[0].Text != "0123 …" || all[0].Dropped != 3 || all[1].Dropped != 0 {
		t.Errorf("got %+v", all)
	}
}

// pack compresses with the tool of that name.
func pack(t testing.TB, tool string, data []byte) []byte {
	t.Helper()
	cmd := exec.Command(tool, "-c")
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", tool, err)
	}
	return out
}

var packers = []string{"gzip", "xz", "zstd", "bzip2"}

func TestCompressed(t *testing.T) {
	for _, tool := range packers {
		first, second := pack(t, tool, []byte("a\nb")), pack(t, tool, []byte("c\nd\n"))
		tests := []struct {
			name string
			in   []byte
			want []string
		}{
			{"one member", second, []string{"c", "d"}},
			{"two members", append(slices.Clone(first), second...), []string{"a", "bc", "d"}},
			{"nothing", pack(t, tool, nil), nil},
		}
		for _, test := range tests {
			path := filepath.Join(t.TempDir(), "no-telling-name")
			if err := os.WriteFile(path, test.in, 0o600); err != nil {
				t.Fatal(err)
			}
			for i := range 2 {
				s := Reader(iotest.OneByteReader(bytes.NewReader(test.in)), Options{})
				if i == 1 {
					s = Files([]string{path}, Options{})
				}
				if got := texts(collect(t, s)); !slices.Equal(got, test.want) {
					t.Errorf("%s, %s: %q, want %q", tool, test.name, got, test.want)
				}
			}
		}
	}
}

// TestDamaged cuts archives short and breaks them: what comes before is given, the damage is reported, the next file is
// read.
//
// Fault: log: a packed one is damaged. Outcome: what can be unpacked is read, that is said, and the other logs are read.
func TestDamaged(t *testing.T) {
	var log bytes.Buffer
	for i := range 50_000 {
		log.WriteString("line ")
		log.WriteString(strings.Repeat(string(rune('a'+i%26)), i%7))
		log.WriteByte('\n')
	}
	for _, tool := range packers {
		whole := pack(t, tool, log.Bytes())
		broken := slices.Clone(whole)
		copy(broken[len(broken)-len(broken)/4:], bytes.Repeat([]byte{0x55}, 64))
		for name, data := range map[string][]byte{"cut": whole[:len(whole)-8], "head": whole[:11], "broken": broken} {
			dir := t.TempDir()
			bad, good := filepath.Join(dir, "bad"), filepath.Join(dir, "good")
			os.WriteFile(bad, data, 0o600)
			os.WriteFile(good, []byte("good\n"), 0o600)
			var said []error
			all := collect(t, Files([]string{bad, good}, Options{Report: func(err error) { said = append(said, err) }}))
			if len(said) != 1 || !strings.Contains(said[0].Error(), bad+": ") || !strings.Contains(said[0].Error(), tool+": ") {
				t.Errorf("%s, %s: said %v", tool, name, said)
			}
			if last := all[len(all)-1]; last.Text != "good" || last.No != 1 || last.File != good {
				t.Errorf("%s, %s: last line is %+v", tool, name, last)
			}
			if tool == "gzip" && name != "head" && len(all) < 1000 {
				t.Errorf("%s, %s: only %d lines of the damaged file", tool, name, len(all)-1)
			}
		}
	}
}

func TestUnreadable(t *testing.T) {
	dir := t.TempDir()
	missing, good := filepath.Join(dir, "missing.log"), filepath.Join(dir, "good.log")
	if err := os.WriteFile(good, []byte("good"), 0o600); err != nil {
		t.Fatal(err)
	}
	paths := []string{missing, dir, Stdin, good}
	want := []string{missing + ": no such file", dir + ": is a directory", "standard input: not open"}

	var said []error
	all := collect(t, Files(paths, Options{Report: func(err error) { said = append(said, err) }}))
	if len(all) != 1 || all[0].Text != "good" || all[0].File != good {
		t.Errorf("lines: %+v", all)
	}
	// The same without anybody to report to: Next says it and goes on.
	s := Files(paths, Options{})
	for range want {
		_, err := s.Next()
		said = append(said, err)
	}
	if l, err := s.Next(); err != nil || l.Text != "good" {
		t.Errorf("after the errors: %+v, %v", l, err)
	}
	if len(said) != 2*len(want) {
		t.Fatalf("said %v", said)
	}
	for i, err := range said {
		if err == nil || !strings.Contains(err.Error(), want[i%len(want)]) {
			t.Errorf("error %d: %v, want %q", i, err, want[i%len(want)])
		}
	}
}

func TestReadError(t *testing.T) {
	broken := errors.New("disk on fire")
	r := io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(broken))
	var said []error
	all := collect(t, Reader(r, Options{Report: func(err error) { said = append(said, err) }}))
	if got := texts(all); !slices.Equal(got, []string{"a"}) {
		t.Errorf("lines %q", got)
	}
	if len(said) != 1 || !errors.Is(said[0], broken) || said[0].Error() != "standard input: after line 1: disk on fire" {
		t.Errorf("said %v", said)
	}
}

// TestFlushRule holds that nothing is read before BeforeRead was called, not even to look for a magic number, and that
// its error ends all.
func TestFlushRule(t *testing.T) {
	var asked, reads int
	r := readerFunc(func(p []byte) (int, error) {
		if reads++; reads != asked {
			t.Errorf("read %d after BeforeRead was called %d times", reads, asked)
		}
		if reads > 4 {
			return 0, io.EOF
		}
		return copy(p, "a"), nil
	})
	all := collect(t, Reader(r, Options{BeforeRead: func() error { asked++; return nil }}))
	if got := texts(all); !slices.Equal(got, []string{"aaaa"}) {
		t.Errorf("lines %q", got)
	}

	closed := errors.New("closed pipe")
	s := Files([]string{Stdin, "x", "y"}, Options{
		Stdin:      strings.NewReader("a\n"),
		BeforeRead: func() error { return closed },
		Report:     func(err error) { t.Errorf("reported %v", err) },
	})
	for range 2 {
		if _, err := s.Next(); err != closed {
			t.Errorf("error %v, want %v", err, closed)
		}
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func FuzzCompressed(f *testing.F) {
	for _, tool := range packers {
		whole := pack(f, tool, []byte(strings.Repeat("some line\n", 50)))
		f.Add(whole)
		f.Add(whole[:len(whole)/2])
		f.Add(append(slices.Clone(whole), whole...))
		f.Add(append(slices.Clone(whole), 0, 0, 0))
	}
	f.Add([]byte("BZh9plain\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		said := 0
		s := Reader(bytes.NewReader(data), Options{MaxLine: 1000, Report: func(error) { said++ }})
		for n := 0; n < 100_000; n++ {
			l, err := s.Next()
			if err != nil {
				break
			}
			if len(l.Text) > 3*1000 || strings.Contains(l.Text, "\n") || strings.ToValidUTF8(l.Text, "") != l.Text {
				t.Fatalf("line %d: %q", n, l.Text)
			}
		}
		if said > 1 {
			t.Errorf("%d reports of one stream", said)
		}
		s.Close()
	})
}
