package source

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"f2b/lib/bounds"
)

// secondsOf reads lines that begin with seconds since 1970.
func secondsOf(line string) (time.Time, bool) {
	word, _, _ := strings.Cut(line, " ")
	n, err := strconv.ParseInt(word, 10, 64)
	return time.Unix(n, 0), err == nil
}

func TestSeekTime(t *testing.T) {
	const lines = 50_000
	logs := map[string]func(i int) string{
		"plain":    func(i int) string { return fmt.Sprintf("%d some text\n", i) },
		"crlf":     func(i int) string { return fmt.Sprintf("%d some text\r\n", i) },
		"undated":  func(i int) string { return fmt.Sprintf("%d text\n\tmore of it\n\n\tand more\n", i) },
		"same":     func(i int) string { return fmt.Sprintf("%d some text\n", i/5000*5000) },
		"disorder": func(i int) string { return fmt.Sprintf("%d some text\n", i-i%50+(i*37)%50) },
		"long":     func(i int) string { return fmt.Sprintf("%d %s\n", i, strings.Repeat("x", i%1000/999*200_000)) },
		"stretch": func(i int) string {
			return fmt.Sprintf("%s some text\n", map[bool]string{true: "no date", false: strconv.Itoa(i)}[i > 10_000 && i < 40_000])
		},
	}
	for name, lineOf := range logs {
		var b bytes.Buffer
		for i := range lines {
			b.WriteString(lineOf(i))
		}
		log := b.Bytes()
		for _, since := range []int{-1, 0, 1, 777, 5_000, 9_999, 24_999, 25_000, 45_000, lines - 1, lines, 1 << 40} {
			read := 0
			got, err := SeekTime(bytes.NewReader(log), time.Unix(int64(since), 0), func(line string) (time.Time, bool) {
				read++
				return secondsOf(line)
			})
			if err != nil {
				t.Fatal(err)
			}
			want := firstSince(log, since)
			if name == "stretch" && got < want { // somewhere in the stretch without times is right too
				want -= firstSince(log[got:], since)
			}
			if got != want {
				t.Errorf("%s: from %d on: offset %d, want %d", name, since, got, want)
			}
			if most := len(log) / 50; read > most && name != "stretch" && name != "long" {
				t.Errorf("%s: %d lines looked at", name, read)
			}
		}
	}
}

// firstSince finds by reading everything what SeekTime finds by bisecting.
func firstSince(log []byte, since int) int64 {
	at := 0
	for line := range bytes.Lines(log) {
		if when, ok := secondsOf(strings.TrimRight(string(line), "\r\n")); ok && when.Unix() >= int64(since) {
			return int64(at)
		}
		at += len(line)
	}
	return int64(len(log))
}

func TestSeekTimeEdges(t *testing.T) {
	undated := strings.Repeat("no date here\n", 20_000)
	for in, want := range map[string]int64{
		"": 0, "\n": 0, undated: 0, "5 x": 3, "50 x": 0, "5 x\n50 y": 4, "x\n50 y": 2, "\xff\xfe\n50 y\n": 3,
	} {
		got, err := SeekTime(strings.NewReader(in), time.Unix(10, 0), secondsOf)
		if err != nil || got != want {
			t.Errorf("%.20q: %d, %v; want %d", in, got, err, want)
		}
	}
}

// countedReader counts what is read of it.
type countedReader struct {
	io.ReadSeeker
	n int
}

func (c *countedReader) Read(p []byte) (int, error) {
	n, err := c.ReadSeeker.Read(p)
	c.n += n
	return n, err
}

// TestSeekTimeInOneLine looks for a time in a log that is next to nothing but one line: that is not read again at each step.
func TestSeekTimeInOneLine(t *testing.T) {
	const size = 16 << 20
	log := &countedReader{ReadSeeker: strings.NewReader(strings.Repeat("x", size) + "\n50 y\n")}
	got, err := SeekTime(log, time.Unix(10, 0), secondsOf)
	if err != nil || got != size+1 {
		t.Errorf("%d, %v", got, err)
	}
	if log.n > 3*size {
		t.Errorf("%d bytes were read of %d", log.n, size)
	}
}

func FuzzSeekTime(f *testing.F) {
	f.Add(uint64(1), 3, int64(500))
	f.Add(uint64(7), 4000, int64(1))
	f.Fuzz(func(t *testing.T, seed uint64, width int, since int64) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		r := rand.New(rand.NewPCG(seed, 1))
		var b bytes.Buffer
		for i := range 300 {
			if r.IntN(4) == 0 {
				b.WriteString("\t")
			}
			fmt.Fprintf(&b, "%d %s\n", i*3, strings.Repeat("y", r.IntN(min(max(width, 1), 5000))))
		}
		got, err := SeekTime(bytes.NewReader(b.Bytes()), time.Unix(since%1000, 0), secondsOf)
		if err != nil {
			t.Fatal(err)
		}
		if want := firstSince(b.Bytes(), int(since%1000)); got != want {
			t.Errorf("offset %d, want %d", got, want)
		}
	})
}

// TestReplay starts with a log that was rotated a moment ago: what was written since then is read from where it stands
// now.
func TestReplay(t *testing.T) {
	both(t, func(t *testing.T, o FollowOptions, dir string) {
		path := filepath.Join(dir, "a.log")
		put := func(name, text string, at int64) {
			t.Helper()
			must(t, os.WriteFile(path+name, []byte(text), 0o600))
			must(t, os.Chtimes(path+name, time.Unix(at, 0), time.Unix(at, 0)))
		}
		put(".4", "10 too old\n", 10)
		put(".3.gz", string(pack(t, "gzip", []byte("20 too old\n\tmore\n1000 a\n\tmore of a\n"))), 1000)
		put(".2", "1001 b\n", 1001)
		put(".1", "1002 c\n1003 d\n", 1003)
		put("", "1004 e\n", 1004)
		since := Path{Glob: path, Since: time.Unix(1000, 0), TimeOf: secondsOf}
		f := startFollow(t, o, since)
		f.want("1000 a", "\tmore of a", "1001 b", "1002 c", "1003 d", "1004 e")
		f.ready()
		must(t, os.Rename(path, path+".0"))
		write(t, path, "1005 f\n")
		f.want("1005 f")

		since.Since = time.Unix(1003, 0)
		startFollow(t, o, since).want("1003 d", "1004 e", "1005 f")
		since.Since = time.Unix(1005, 0)
		startFollow(t, o, since).want("1005 f")
		must(t, os.Remove(path))
		startFollow(t, o, since).ready()
	})
}

func TestRotatedFrom(t *testing.T) {
	logs := map[string]bool{"/l/mail": true, "/l/a.log": true, "/l/node": true, "/l/error.log": true}
	for name, want := range map[string]string{
		"/l/a.log.1": "/l/a.log", "/l/a.log.12.gz": "/l/a.log", "/l/a.log-20240131": "/l/a.log", "/l/a.log-20240131.xz": "/l/a.log",
		"/l/a.log-2024-01-31": "/l/a.log", "/l/a.log.2024-01-31_12:00": "/l/a.log", "/l/a.log.1706700000": "/l/a.log", "/l/a.log.old": "/l/a.log",
		"/l/a.log~": "/l/a.log", "/l/a.log.gz": "/l/a.log", "/l/mail.1": "/l/mail", "/l/mail.log": "", "/l/mail.info": "", "/l/mail.log.1": "",
		"/l/node-2": "", "/l/node_12": "", "/l/node2": "", "/l/a.log": "", "/l/error.log.php": "", "/m/a.log.1": "", "/l/a.log.": "", "/l/a.log.x1": "",
	} {
		if got := rotatedFrom(name, func(base string) bool { return logs[base] }); got != want {
			t.Errorf("%s was rotated from %q, want %q", name, got, want)
		}
	}
}

func TestGlob(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a1", "a2", "b1", ".a1", "a[1]", `a\1`} {
		write(t, filepath.Join(dir, name), "")
	}
	for pattern, want := range map[string]string{
		"a*": `a1 a2 a[1] a\1`, "a?": "a1 a2", "[!a]*": "b1", "[ab]1": "a1 b1", ".a*": ".a1", "*1": `a1 a\1 b1`, "none": "none", "n*": "", "a[[]*": "a[1]", "b1[": "",
		`a\*`: `a\1`,
	} {
		var got []string
		for _, path := range Glob(filepath.Join(dir, pattern)) {
			got = append(got, filepath.Base(path))
			if !GlobMatches(filepath.Join(dir, pattern), path) {
				t.Errorf("%s lists %s and does not match it", pattern, path)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", pattern, got, want)
		}
	}
	if GlobMatches("/a/*", "/a/.b") || GlobMatches("/a/*", "/a/b/c") || !GlobMatches("/a/*", "/a/b") {
		t.Error("GlobMatches")
	}
}

// BenchmarkFollow is the time from the writing of a line to its delivery.
func BenchmarkFollow(b *testing.B) {
	path := filepath.Join(b.TempDir(), "a.log")
	f, err := appendTo(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	src := Follow(b.Context(), []Path{{Glob: path}}, FollowOptions{})
	defer src.Close()
	for b.Loop() {
		f.WriteString("Dec 10 06:55:48 server sshd[24200]: Failed password for root from 192.0.2.77 port 38926 ssh2\n")
		if _, err := src.Next(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFollowBulk reads what is there already.
func BenchmarkFollowBulk(b *testing.B) {
	path := filepath.Join(b.TempDir(), "a.log")
	const line = "Dec 10 06:55:48 server sshd[24200]: Failed password for root from 192.0.2.77 port 38926 ssh2\n"
	if err := os.WriteFile(path, []byte(strings.Repeat(line, 100_000)), 0o600); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		src := Follow(b.Context(), []Path{{Glob: path}}, FollowOptions{NoNotify: true})
		for range 100_000 {
			if _, err := src.Next(); err != nil {
				b.Fatal(err)
			}
		}
		src.Close()
	}
	b.ReportMetric(float64(100_000*b.N)/b.Elapsed().Seconds(), "lines/s")
}
