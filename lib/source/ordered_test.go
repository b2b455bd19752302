package source

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// orderedLog is a log for tests: secondsOf reads its times.
func orderedLog(path string) Log {
	return Log{Path: path, TimeOf: func(line string, _ time.Time) (time.Time, bool) { return secondsOf(line) }}
}

// ordering merges the files and gives the lines as FILE:NO:TEXT. What is reported comes last.
func ordering(t testing.TB, paths []string, o OrderedOptions) []string {
	t.Helper()
	var logs []Log
	for _, path := range paths {
		logs = append(logs, orderedLog(path))
	}
	var got, said []string
	o.Report = func(err error) { said = append(said, err.Error()) }
	src := Ordered(logs, o)
	defer src.Close()
	for {
		l, err := src.Next()
		if err == io.EOF {
			return append(got, said...)
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s:%d:%s", filepath.Base(l.File), l.No, l.Text))
	}
}

// sorting does the same by reading all and sorting it.
func sorting(t testing.TB, paths []string) []string {
	t.Helper()
	type line struct {
		at   int64
		text string
	}
	var files [][]line
	for _, path := range slices.Sorted(slices.Values(paths)) {
		var all []line
		src := Files([]string{path}, Options{})
		for l, err := src.Next(); err == nil; l, err = src.Next() {
			at := int64(-1)
			if when, ok := secondsOf(l.Text); ok {
				at = when.Unix()
			}
			if n := len(all); n > 0 {
				at = max(at, all[n-1].at)
			}
			all = append(all, line{at, fmt.Sprintf("%s:%d:%s", filepath.Base(path), l.No, l.Text)})
		}
		files = append(files, all)
	}
	slices.SortStableFunc(files, func(a, b []line) int { return int(a[0].at - b[0].at) })
	all := slices.Concat(files...)
	slices.SortStableFunc(all, func(a, b line) int { return int(a.at - b.at) })
	var texts []string
	for _, l := range all {
		texts = append(texts, l.text)
	}
	return texts
}

// writeLogs writes logs that overlap more or less, some packed, with undated lines, a little disorder, and long lines.
func writeLogs(t testing.TB, r *rand.Rand, n, lines int) (paths []string) {
	dir := t.TempDir()
	for i := range n {
		var b bytes.Buffer
		at := 1_000_000 + i // no two begin alike
		if r.IntN(2) == 0 {
			at += n * r.IntN(lines*5)
		}
		fmt.Fprintf(&b, "%d begin\n", at)
		for range r.IntN(lines) {
			at += r.IntN(10)
			switch r.IntN(20) {
			case 0:
				b.WriteString("\tno date\n")
			case 1:
				fmt.Fprintf(&b, "%d a little late\r\n", at-r.IntN(5))
			case 2:
				fmt.Fprintf(&b, "%d %s\n", at, strings.Repeat("x", r.IntN(9000)))
			default:
				fmt.Fprintf(&b, "%d text\n", at)
			}
		}
		path, data := filepath.Join(dir, fmt.Sprintf("%04d.log", i)), b.Bytes()
		if kind := r.IntN(6); kind < 3 {
			data = pack(t, []string{"gzip", "xz", "zstd"}[kind], data)
		}
		must(t, os.WriteFile(path, data, 0o600))
		paths = append(paths, path)
	}
	return paths
}

// TestOrdered merges random logs, few and many at once, named in a random order.
func TestOrdered(t *testing.T) {
	for _, c := range []struct{ logs, lines int }{{1, 100}, {2, 3000}, {5, 2000}, {20, 300}, {150, 40}} {
		r := rand.New(rand.NewPCG(uint64(c.logs), 1))
		paths := writeLogs(t, r, c.logs, c.lines)
		want := sorting(t, paths)
		for range 2 {
			r.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
			got := ordering(t, paths, OrderedOptions{})
			if i := difference(got, want); i >= 0 {
				t.Fatalf("%d logs: line %d is %.60q, want %.60q (of %d and %d)", c.logs, i, got[min(i, len(got)-1)], want[min(i, len(want)-1)], len(got), len(want))
			}
		}
	}
}

func difference(a, b []string) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	if len(a) != len(b) {
		return min(len(a), len(b))
	}
	return -1
}

// TestOrderedBlocks holds blocks against single lines, and that none has lines of several logs when that is asked for.
func TestOrderedBlocks(t *testing.T) {
	paths := writeLogs(t, rand.New(rand.NewPCG(7, 7)), 6, 2000)
	want := ordering(t, paths, OrderedOptions{})
	for _, apart := range []bool{false, true} {
		var logs []Log
		for _, path := range paths {
			logs = append(logs, orderedLog(path))
		}
		var got []string
		var b Block
		src := Ordered(logs, OrderedOptions{Apart: apart}).(Blocker)
		for src.Block(&b) == nil {
			if len(b.Lines) == 0 || apart && len(b.Parts) > 0 {
				t.Fatalf("apart %v: a block of %d lines in %d parts", apart, len(b.Lines), len(b.Parts))
			}
			for i := range b.Lines {
				p := b.Place(i)
				got = append(got, fmt.Sprintf("%s:%d:%s", filepath.Base(p.File), p.No, b.Line(i)))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("apart %v: not what Next gives", apart)
		}
	}
}

// TestOrderedPeriod wants all of a stretch of time, with the right numbers, and little more.
func TestOrderedPeriod(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for i, name := range []string{"c", "b.gz", "a"} { // an hour each, a line each second
		var b bytes.Buffer
		for s := range 3600 {
			fmt.Fprintf(&b, "%d some text that is long enough to make the file large enough to be searched\n", 3600*i+s)
		}
		data := b.Bytes()
		if strings.HasSuffix(name, ".gz") {
			data = pack(t, "gzip", data)
		}
		paths = append(paths, filepath.Join(dir, name))
		must(t, os.WriteFile(paths[i], data, 0o600))
	}
	all := ordering(t, paths, OrderedOptions{})
	for _, c := range [][2]int64{{1800, 2000}, {3500, 3700}, {5000, 7300}, {0, 100}, {10000, 20000}, {20000, 30000}} {
		o := OrderedOptions{Since: time.Unix(c[0], 0), Until: time.Unix(c[1], 0)}
		got := ordering(t, paths, o)
		from, till := max(0, c[0]-600), min(int64(len(all)), c[1]+600)
		if want := all[min(from, till):till]; !slices.Equal(got, want) {
			t.Errorf("%d to %d: %d lines, want %d; the first is %.30q", c[0], c[1], len(got), len(want), append(got, "none")[0])
		}
		one := ordering(t, paths[:1], o)
		if want := all[min(from, 3600):min(till, 3600)]; !slices.Equal(one, want) {
			t.Errorf("%d to %d of one log: %d lines, want %d", c[0], c[1], len(one), len(want))
		}
	}
}

// TestOrderedStrays holds logs in order in which single lines have times of their own.
func TestOrderedStrays(t *testing.T) {
	for name, c := range map[string]struct{ a, b, want string }{
		"a date of the future":      {"10 a|99999999 stray|30 a", "20 b|40 b", "a:1 a:2 b:1 a:3 b:2"},
		"a date of the past":        {"900000 a|1 stray|900020 a", "900010 b|900030 b", "a:1 a:2 b:1 a:3 b:2"},
		"first of all":              {"99999999 stray|10 a|30 a", "20 b|40 b", "a:1 a:2 b:1 a:3 b:2"},
		"a clock without battery":   {"900000 a|900010 a|1 boot|2 boot|900030 a", "900005 b|900020 b", "a:1 b:1 a:2 a:3 a:4 b:2 a:5"},
		"quiet for days":            {"10 a|900000 a", "20 b|800000 b|950000 b", "a:1 b:1 b:2 a:2 b:3"},
		"last of all":               {"10 a|20 a|99999999 stray", "15 b|30 b", "a:1 b:1 a:2 b:2 a:3"},
		"undated at the begin":      {"x|y|20 a", "10 b|30 b", "b:1 a:1 a:2 a:3 b:2"},
		"the same time":             {"10 a|20 a|20 a", "11 b|20 b", "a:1 b:1 a:2 a:3 b:2"},
		"all at the same time":      {"10 x", "10 y", "b:1 a:1"}, // the name of the older one is the longer one, as a rule
		"no dates, but of the file": {"x|y", "10 b|800 b", "b:1 a:1 a:2 b:2"},
	} {
		dir := t.TempDir()
		var paths []string
		for _, f := range [][2]string{{"a", c.a}, {"b", c.b}} {
			path := filepath.Join(dir, f[0])
			must(t, os.WriteFile(path, []byte(strings.ReplaceAll(f[1], "|", "\n")), 0o600))
			must(t, os.Chtimes(path, time.Time{}, time.Unix(500, 0)))
			paths = append(paths, path)
		}
		for range 2 {
			var got []string
			for _, line := range ordering(t, paths, OrderedOptions{}) {
				got = append(got, strings.Join(strings.Split(line, ":")[:2], ":"))
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("%s: %s, want %s", name, s, c.want)
			}
			slices.Reverse(paths)
		}
	}
}

// TestOrderedDamage reads what there is of damaged and missing logs, and says each once.
func TestOrderedDamage(t *testing.T) {
	dir := t.TempDir()
	var whole bytes.Buffer
	for i := range 5000 {
		fmt.Fprintf(&whole, "%d %x\n", 2*i, rand.Int64())
	}
	packed := pack(t, "gzip", whole.Bytes())
	path := func(name string) string { return filepath.Join(dir, name) }
	must(t, os.WriteFile(path("cut.gz"), packed[:len(packed)/2], 0o600))
	must(t, os.WriteFile(path("b"), []byte("1 b\n99999 b\n"), 0o600))
	paths := []string{path("cut.gz"), path("missing"), path("b")}
	var crowded []string
	for i := range 2 * MaxUnpacked { // so that some are unpacked to a file
		name := path(fmt.Sprintf("cut%d.gz", i))
		must(t, os.WriteFile(name, packed[:len(packed)/2], 0o600))
		crowded = append(crowded, name)
	}
	for _, list := range [][]string{paths, append(crowded, paths...)} {
		got := strings.Join(ordering(t, list, OrderedOptions{}), "\n")
		if n := strings.Count(got, "gzip: unexpected EOF"); n != strings.Count(strings.Join(list, " "), "cut") {
			t.Errorf("%d damaged logs are said", n)
		}
		if n := strings.Count(got, path("missing")+": no such file"); n != 1 {
			t.Errorf("the missing log is said %d times", n)
		}
		if !strings.Contains(got, "b:1:1 b\n") || !strings.Contains(got, "b:2:99999 b\n") || strings.Count(got, "cut.gz:") < 2000 {
			t.Errorf("too little was read: %d lines", strings.Count(got, "\n"))
		}
	}
}

// TestOrderedPipes merges what cannot be opened twice.
func TestOrderedPipes(t *testing.T) {
	dir := t.TempDir()
	fifo, file := filepath.Join(dir, "fifo"), filepath.Join(dir, "file")
	must(t, syscall.Mkfifo(fifo, 0o600))
	must(t, os.WriteFile(file, []byte("2 file\n5 file\n"), 0o600))
	go os.WriteFile(fifo, []byte("3 fifo\n6 fifo\n"), 0o600)
	got := ordering(t, []string{Stdin, fifo, file}, OrderedOptions{Options: Options{Stdin: strings.NewReader("1 stdin\n4 stdin\n")}})
	if want := ".:1:1 stdin|file:1:2 file|fifo:1:3 fifo|.:2:4 stdin|file:2:5 file|fifo:2:6 fifo"; strings.Join(got, "|") != want {
		t.Errorf("%s", strings.Join(got, "|"))
	}
}

// TestOrderedMany merges logs that all overlap, more than may be open at once, in little memory, and leaves nothing open.
func TestOrderedMany(t *testing.T) {
	dir, before := t.TempDir(), openFiles(t)
	t.Setenv("TMPDIR", dir)
	const n, lines = 600, 200
	var paths []string
	var logs []Log
	for i := range n {
		var b bytes.Buffer
		for k := range lines {
			fmt.Fprintf(&b, "%d text of some length, so that it is not all in one buffer\n", k*n+i)
		}
		path, data := filepath.Join(dir, fmt.Sprintf("%d.log", i)), b.Bytes()
		if i%5 == 0 {
			data = pack(t, "gzip", data)
		}
		must(t, os.WriteFile(path, data, 0o600))
		paths, logs = append(paths, path), append(logs, orderedLog(path))
	}
	var counter Counter
	src := Ordered(logs, OrderedOptions{Options: Options{Counter: &counter}})
	var m runtime.MemStats
	most := 0
	for want := range n * lines {
		l, err := src.Next()
		if err != nil || !strings.HasPrefix(l.Text, fmt.Sprint(want)+" ") || l.No != int64(want/n+1) {
			t.Fatalf("line %d: %+v, %v", want, l, err)
		}
		if want%20_000 == 19_000 {
			most = max(most, openFiles(t)-before)
			runtime.GC()
			runtime.ReadMemStats(&m)
		}
	}
	if size, _ := Size(paths, nil); counter.Bytes.Load() != size || counter.Lines.Load() != n*lines {
		t.Errorf("%d bytes of %d and %d lines of %d are counted", counter.Bytes.Load(), size, counter.Lines.Load(), n*lines)
	}
	src.Close()
	if most > maxOpen+MaxUnpacked+2 {
		t.Errorf("%d files were open at once", most)
	}
	if m.HeapAlloc > 40<<20 {
		t.Errorf("%d MB in memory", m.HeapAlloc>>20)
	}
	if left := openFiles(t) - before; left != 0 {
		t.Errorf("%d files are left open", left)
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "f2b-*")); len(names) > 0 {
		t.Errorf("left behind: %q", names)
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	return len(entries)
}

// TestOrderedClose ends a read that waits.
func TestOrderedClose(t *testing.T) {
	waits, _, err := os.Pipe()
	must(t, err)
	defer waits.Close()
	fifo := filepath.Join(t.TempDir(), "fifo")
	must(t, syscall.Mkfifo(fifo, 0o600))
	writer, err := os.OpenFile(fifo, os.O_RDWR, 0)
	must(t, err)
	defer writer.Close()
	reading := make(chan bool, 1)
	src := Ordered([]Log{orderedLog(fifo), orderedLog("/dev/null")}, OrderedOptions{Options: Options{BeforeRead: func() error {
		select {
		case reading <- true:
		default:
		}
		return nil
	}}})
	done := make(chan error, 1)
	go func() {
		_, err := src.Next()
		done <- err
	}()
	<-reading
	src.Close()
	if err := <-done; err != io.EOF {
		t.Errorf("%v", err)
	}
}

// TestWritten tells what dates without a year are read against.
func TestWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	must(t, os.WriteFile(path, []byte("x\n"), 0o600))
	at := time.Date(2024, 12, 31, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		mtime   time.Time
		present bool
		want    time.Time
	}{{at, false, at}, {at, true, time.Time{}}, {time.Unix(0, 0), false, time.Time{}}} {
		must(t, os.Chtimes(path, time.Time{}, c.mtime))
		for _, src := range []Source{Files([]string{path}, Options{Present: c.present}),
			Ordered([]Log{orderedLog(path)}, OrderedOptions{Options: Options{Present: c.present}})} {
			if l, err := src.Next(); err != nil || !l.Written.Equal(c.want) {
				t.Errorf("%s, present %v: %s, %v", c.mtime, c.present, l.Written, err)
			}
		}
	}
}

func BenchmarkOrdered(b *testing.B) {
	for _, kind := range []string{"files", "rotated", "interleaved"} {
		b.Run(kind, func(b *testing.B) {
			var paths []string
			var logs []Log
			dir := b.TempDir()
			for i := range 4 {
				var text bytes.Buffer
				for k := range 100_000 {
					at := k*4 + i
					if kind != "interleaved" {
						at = i*100_000 + k
					}
					fmt.Fprintf(&text, "%d server sshd[24200]: Failed password for root from 192.0.2.77 port 38926 ssh2\n", at)
				}
				path := filepath.Join(dir, fmt.Sprint(i))
				must(b, os.WriteFile(path, text.Bytes(), 0o600))
				paths, logs = append(paths, path), append(logs, orderedLog(path))
			}
			var block Block
			for b.Loop() {
				src := Ordered(logs, OrderedOptions{})
				if kind == "files" {
					src = Files(paths, Options{})
				}
				for src.(Blocker).Block(&block) == nil {
				}
				src.Close()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(400_000*b.N), "ns/line")
		})
	}
}

// TestOrderedReplaced rotates a log that is closed between two reads: what it held from there on is said to be lost, and no
// line of the new one is taken for the old one's.
func TestOrderedReplaced(t *testing.T) {
	dir := t.TempDir()
	const n, lines = maxOpen + 8, 1000
	var logs []Log
	for i := range n {
		var b bytes.Buffer
		for k := range lines {
			fmt.Fprintf(&b, "%d text of log %d\n", k*n+i, i)
		}
		path := filepath.Join(dir, fmt.Sprint(i))
		must(t, os.WriteFile(path, b.Bytes(), 0o600))
		logs = append(logs, orderedLog(path))
	}
	var said []string
	src := Ordered(logs, OrderedOptions{Options: Options{Report: func(err error) { said = append(said, err.Error()) }}})
	defer src.Close()
	last := logs[n-1].Path
	seen := map[string]int{}
	for i := 0; ; i++ {
		l, err := src.Next()
		if err == io.EOF {
			break
		}
		if err != nil || strings.HasPrefix(l.Text, "new") {
			t.Fatalf("%+v, %v", l, err)
		}
		seen[l.File]++
		if i == n {
			write(t, last+".new", strings.Repeat("new\n", 20_000))
			must(t, os.Rename(last+".new", last))
		}
	}
	if len(said) != 1 || !strings.Contains(said[0], last+": it is another file now") {
		t.Errorf("said: %q", said)
	}
	for path, count := range seen {
		if (count == lines) != (path != last) {
			t.Errorf("%s: %d lines", path, count)
		}
	}
}
