package source

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"f2b/lib/bounds"
)

// FuzzOrdered merges logs whose times are anything. Whatever they are, each line is given once, those of a log in their
// order, and the same in whatever order the logs are named. Each byte is a line: the log it stands in, and how far the time
// goes on, or back, or that there is none.
func FuzzOrdered(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 200, 33, 254, 9, 128, 64, 65, 66})
	f.Add([]byte("merged in the order of their times"))
	f.Add([]byte{255, 255, 0, 0, 127, 31, 95, 159, 223, 7, 39, 71, 103})
	f.Fuzz(func(t *testing.T, lines []byte) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		dir := t.TempDir()
		logs := map[string]*bytes.Buffer{}
		at := 1_000_000
		for i, b := range lines[:min(len(lines), 2000)] {
			name := fmt.Sprintf("log%d", b>>6)
			if logs[name] == nil {
				logs[name] = &bytes.Buffer{}
			}
			switch step := int(b & 0x3f); {
			case step == 0:
				fmt.Fprintf(logs[name], "no date %d\n", i)
				continue
			case step == 1:
				at += 100_000_000 // three years
			case step == 2:
				at -= 100_000_000
			default:
				at += (step - 20) * 1000
			}
			fmt.Fprintf(logs[name], "%d line %d\n", at, i)
		}
		var paths, want []string
		for name, text := range logs {
			path := filepath.Join(dir, name)
			must(t, os.WriteFile(path, text.Bytes(), 0o600))
			paths = append(paths, path)
			for i, line := range strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n") {
				want = append(want, fmt.Sprintf("%s:%d:%s", name, i+1, line))
			}
		}
		slices.Sort(paths)
		got := ordering(t, paths, OrderedOptions{})
		slices.Reverse(paths)
		if again := ordering(t, paths, OrderedOptions{}); !slices.Equal(got, again) {
			t.Errorf("named the other way round: %q, first it was %q", again, got)
		}
		byLog := slices.Clone(got)
		slices.SortStableFunc(byLog, func(a, b string) int { return strings.Compare(a[:4], b[:4]) })
		slices.SortStableFunc(want, func(a, b string) int { return strings.Compare(a[:4], b[:4]) })
		if !slices.Equal(byLog, want) {
			t.Errorf("%q, want %q", byLog, want)
		}
	})
}
