package source

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

func TestFollowRename(t *testing.T) {
	both(t, func(t *testing.T, o FollowOptions, dir string) {
		path := filepath.Join(dir, "a.log")
		write(t, path, "one\n")
		f := startFollow(t, o, Path{Glob: path})
		f.want("one")
		must(t, os.Rename(path, path+".1"))
		write(t, path+".1", "written after the renaming\n")
		f.want("written after the renaming")
		write(t, path, "two\n")
		f.want("two")
		write(t, path+".1", "and still\n")
		f.want("and still")
		if l := append(f.reports(), "end"); l[0] != "end" {
			t.Errorf("said %q", l)
		}
	})
}

// nextOf returns what wants a line to come next.
func nextOf(t *testing.T, src Source) func(want string) {
	return func(want string) {
		t.Helper()
		if l, err := src.Next(); err != nil || l.Text != want {
			t.Fatalf("got %+v, %v; want %q", l, err, want)
		}
	}
}

// TestFollowManyRotations rotates several times before the source is given a chance to look, packing too.
func TestFollowManyRotations(t *testing.T) {
	both(t, func(t *testing.T, o FollowOptions, dir string) {
		path := filepath.Join(dir, "a.log")
		write(t, path+".1", "before the start\n")
		must(t, os.WriteFile(path+".2.gz", pack(t, "gzip", []byte("long before the start\n")), 0o600))
		write(t, path, "one\n")
		src := Follow(t.Context(), []Path{{Glob: path}}, o)
		defer src.Close()
		next := nextOf(t, src)
		next("one")
		write(t, path, "more of one\n")
		rotate := func(text string) {
			os.Rename(path+".2.gz", path+".3.gz")
			if data, err := os.ReadFile(path + ".1"); err == nil {
				packSibling(t, path+".1", path+".2.gz", data)
			}
			must(t, os.Rename(path, path+".1"))
			write(t, path, text)
		}
		rotate("two\nmore of two\n")
		rotate("three\n")
		rotate("four\n")
		for _, want := range []string{"more of one", "two", "more of two", "three", "four"} {
			next(want)
		}
	})
}

// packSibling compresses a file as gzip does, which keeps the time of the last writing.
func packSibling(t *testing.T, from, to string, data []byte) {
	t.Helper()
	info, err := os.Stat(from)
	must(t, err)
	must(t, os.WriteFile(to, pack(t, "gzip", data), 0o600))
	must(t, os.Chtimes(to, info.ModTime(), info.ModTime()))
}

// A listing made while files are renamed may lack one of them. When it turns up again it is what it was: read long ago, or not
// wanted, be it one of several that were compressed at the start.
func TestFollowPassedOver(t *testing.T) {
	both(t, func(t *testing.T, o FollowOptions, dir string) {
		path := filepath.Join(dir, "a.log")
		for n := 2; n <= 4; n++ {
			must(t, os.WriteFile(fmt.Sprintf("%s.%d.gz", path, n), pack(t, "gzip", fmt.Appendf(nil, "old %d\n", n)), 0o600))
		}
		write(t, path, "one\n")
		src := Follow(t.Context(), []Path{{Glob: path}}, o)
		defer src.Close()
		next := nextOf(t, src)
		next("one")
		hidden := filepath.Join(dir, "between two names")
		must(t, os.Rename(path+".4.gz", hidden))
		must(t, os.Rename(path, path+".1"))
		write(t, path, "two\n")
		next("two")
		must(t, os.Rename(hidden, path+".5.gz"))
		must(t, os.Rename(path, path+".0"))
		write(t, path, "three\n")
		next("three")
	})
}

func TestFollowCopyTruncate(t *testing.T) {
	both(t, func(t *testing.T, o FollowOptions, dir string) {
		path := filepath.Join(dir, "a.log")
		write(t, path, "one 1\none 2\n")
		src := Follow(t.Context(), []Path{{Glob: path}}, o)
		defer src.Close()
		next := nextOf(t, src)
		rotate := func(packed bool) {
			data, err := os.ReadFile(path)
			must(t, err)
			name := path + ".1"
			if packed {
				data, name = pack(t, "xz", data), name+".xz"
				os.Remove(path + ".1")
			}
			must(t, os.WriteFile(name, data, 0o600))
			must(t, os.Truncate(path, 0))
		}
		next("one 1")
		next("one 2")
		write(t, path, "one 3, not read yet\none 4, not ready y")
		rotate(false)
		write(t, path, "two 1\n")
		next("one 3, not read yet")
		next("two 1")
		// Larger than it was, so that its size tells nothing.
		write(t, path, "two 2, not read yet\n")
		rotate(true)
		write(t, path, "three 1, which is longer than what was read before the file was emptied\n")
		next("two 2, not read yet")
		next("three 1, which is longer than what was read before the file was emptied")
		// Without a copy, what was read stays read.
		must(t, os.Truncate(path, 0))
		write(t, path, "four\n")
		next("four")
	})
}

// A line that was emptied away before its end came is none: what was there of it may be a part of an address.
func TestFollowEmptiedInLine(t *testing.T) {
	both(t, func(t *testing.T, o FollowOptions, dir string) {
		path := filepath.Join(dir, "a.log")
		write(t, path, "one\nfrom 192.0.2.1")
		f := startFollow(t, o, Path{Glob: path})
		f.want("one")
		f.ready()
		must(t, os.Truncate(path, 0))
		write(t, path, "two\n")
		f.want("two")
		if said := f.reports(); len(said) != 1 || !strings.Contains(said[0], "emptied in the middle of a line") {
			t.Errorf("said %q", said)
		}
	})
}

// Rotated files that are old when their turn comes, because those before them took long to read, are read all the same.
func TestFollowInTurn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.log")
	var want []string
	for n := 3; n > 0; n-- {
		line := fmt.Sprintf("line of %d", n)
		write(t, fmt.Sprintf("%s.%d", path, n), line+"\n")
		at := time.Now().Add(-time.Duration(n) * time.Hour)
		must(t, os.Chtimes(fmt.Sprintf("%s.%d", path, n), at, at))
		want = append(want, line)
	}
	write(t, path, "last\n")
	src := Follow(t.Context(), []Path{{Glob: path + "*"}}, FollowOptions{})
	defer src.Close()
	for _, text := range append(want, "last") {
		if l, err := src.Next(); err != nil || l.Text != text {
			t.Fatalf("got %+v, %v; want %q", l, err, text)
		}
		for range idleLast + 1 {
			src.(*follower).poll()
		}
	}
}

// Of a copy that was not packed to its end the last line is none either.
func TestFollowTornCopy(t *testing.T) {
	both(t, func(t *testing.T, o FollowOptions, dir string) {
		path := filepath.Join(dir, "a.log")
		write(t, path, "one\n")
		f := startFollow(t, o, Path{Glob: path})
		f.want("one")
		f.ready()
		text := []byte("one\ntwo\nfrom 192.0.2.199\n")
		var torn bytes.Buffer
		z, err := gzip.NewWriterLevel(&torn, gzip.NoCompression)
		must(t, err)
		z.Write(text)
		must(t, z.Close())
		torn.Truncate(bytes.Index(torn.Bytes(), []byte("99")))
		must(t, os.WriteFile(path+".1.gz", torn.Bytes(), 0o600))
		must(t, os.Truncate(path, 0))
		write(t, path, "three\n")
		f.want("two", "three")
		f.ready()
		if said := f.reports(); len(said) != 1 || !strings.Contains(said[0], "a.log.1.gz: gzip: unexpected EOF") {
			t.Errorf("said %q", said)
		}
	})
}

func TestFollowRemoved(t *testing.T) {
	both(t, func(t *testing.T, o FollowOptions, dir string) {
		sub := filepath.Join(dir, "sub", "deeper")
		path := filepath.Join(sub, "a.log")
		f := startFollow(t, o, Path{Glob: path})
		f.ready()
		if said := f.reports(); len(said) != 1 || !strings.Contains(said[0], path+": no such file") || !strings.Contains(said[0], "once it is there") {
			t.Errorf("said %q", said)
		}
		must(t, os.MkdirAll(sub, 0o700))
		write(t, path, "one\n")
		f.want("one")
		must(t, os.Remove(path))
		f.ready()
		write(t, path, "two\n")
		f.want("two")
	})
}
