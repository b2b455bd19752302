package source

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// tail follows paths in the background of a test; lines come one by one.
type tail struct {
	t     *testing.T
	lines chan Line
	idle  chan struct{} // gets a value each time the source is about to wait
	mu    sync.Mutex
	said  []string
	src   Source
}

func startFollow(t *testing.T, o FollowOptions, paths ...Path) *tail {
	t.Helper()
	f := &tail{t: t, lines: make(chan Line, 1), idle: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	o.BeforeRead = func() error {
		select {
		case f.idle <- struct{}{}:
		default:
		}
		return nil
	}
	o.Report = func(err error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.said = append(f.said, err.Error())
	}
	if o.Poll == 0 {
		o.Poll = 10 * time.Millisecond
	}
	f.src = Follow(ctx, paths, o)
	go func() {
		defer close(f.lines)
		for {
			l, err := f.src.Next()
			if err != nil {
				if err != io.EOF {
					t.Errorf("follow: %v", err)
				}
				return
			}
			f.lines <- l
		}
	}()
	t.Cleanup(func() {
		cancel()
		for range f.lines {
		}
		f.src.Close()
	})
	return f
}

// ready waits until the source waited for something to happen since ready was called last.
func (f *tail) ready() {
	f.t.Helper()
	select {
	case <-f.idle:
	case l := <-f.lines:
		f.t.Fatalf("unexpected line %+v", l)
	case <-time.After(20 * time.Second):
		f.t.Fatal("never idle")
	}
}

// want waits for these lines, in this order.
func (f *tail) want(want ...string) []Line {
	f.t.Helper()
	var all []Line
	for i, text := range want {
		select {
		case l := <-f.lines:
			if all = append(all, l); l.Text != text {
				f.t.Fatalf("line %d is %+v, want %q", i+1, l, text)
			}
		case <-time.After(20 * time.Second):
			f.t.Fatalf("got %q, waited in vain for %q", texts(all), text)
		}
	}
	return all
}

func (f *tail) reports() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.said)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err == nil {
		_, err = f.WriteString(text)
		f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// both runs a test with inotify and with polling alone.
func both(t *testing.T, run func(t *testing.T, o FollowOptions, dir string)) {
	for _, off := range []bool{false, true} {
		t.Run(map[bool]string{false: "notify", true: "poll"}[off], func(t *testing.T) {
			o := FollowOptions{NoNotify: off}
			if !off {
				o.Poll = time.Hour // nothing may depend on it
			}
			run(t, o, t.TempDir())
		})
	}
}

func TestFollowGrows(t *testing.T) {
	both(t, func(t *testing.T, o FollowOptions, dir string) {
		path := filepath.Join(dir, "a.log")
		write(t, path, "one\ntwo\nhal")
		f := startFollow(t, o, Path{Glob: path})
		f.want("one", "two")
		f.ready()
		write(t, path, "f\r\nthree\n")
		all := f.want("half", "three")
		if all[1].No != 4 || all[1].File != path {
			t.Errorf("%+v", all[1])
		}
	})
}

func TestFollowTail(t *testing.T) {
	both(t, func(t *testing.T, o FollowOptions, dir string) {
		whole, part := filepath.Join(dir, "whole.log"), filepath.Join(dir, "part.log")
		write(t, whole, "old\n")
		write(t, part, "old\nbegun before")
		f := startFollow(t, o, Path{Glob: whole, Tail: true}, Path{Glob: part, Tail: true})
		f.ready()
		write(t, whole, "new\n")
		if l := f.want("new"); l[0].No != 0 {
			t.Errorf("number %d of a line that cannot be known", l[0].No)
		}
		write(t, part, " the start\nnew too\n")
		f.want("new too")
	})
}

func TestFollowGlob(t *testing.T) {
	both(t, func(t *testing.T, o FollowOptions, dir string) {
		home := func(name string) string { return filepath.Join(dir, name, "logs") }
		must(t, os.MkdirAll(home("alice"), 0o700))
		write(t, filepath.Join(home("alice"), "a.log"), "alice\n")
		write(t, filepath.Join(home("alice"), ".hidden.log"), "hidden\n")
		must(t, os.Mkdir(filepath.Join(home("alice"), "dir.log"), 0o700))
		f := startFollow(t, o, Path{Glob: filepath.Join(dir, "*", "logs", "*.log")})
		f.want("alice")
		f.ready()
		write(t, filepath.Join(home("alice"), "b.log"), "b\n")
		f.want("b")
		must(t, os.MkdirAll(home("bob"), 0o700))
		write(t, filepath.Join(home("bob"), "a.log"), "bob\n")
		f.want("bob")
		write(t, filepath.Join(home("bob"), "a.log"), "bob again\n")
		if l := f.want("bob again")[0]; l.File != filepath.Join(home("bob"), "a.log") || l.No != 2 {
			t.Errorf("%+v", l)
		}
	})
}

// TestFollowGlobOfRotated follows a pattern that covers rotated logs too.
func TestFollowGlobOfRotated(t *testing.T) {
	both(t, func(t *testing.T, o FollowOptions, dir string) {
		path := filepath.Join(dir, "a.log")
		must(t, os.WriteFile(path+".2.gz", pack(t, "gzip", []byte("one\n")), 0o600))
		write(t, path+".1", "two\n")
		write(t, path, "three\n")
		write(t, path+"ger", "another log\n")
		old := time.Now().Add(-time.Hour)
		must(t, os.Chtimes(path+".2.gz", old, old))
		must(t, os.Chtimes(path+".1", old.Add(time.Minute), old.Add(time.Minute)))
		f := startFollow(t, o, Path{Glob: path + "*"})
		f.want("one", "another log", "two", "three")
		f.ready()
		must(t, os.Rename(path+".1", path+".2"))
		must(t, os.Rename(path, path+".1"))
		write(t, path, "four\n")
		f.want("four")
		data, err := os.ReadFile(path + ".1")
		must(t, err)
		must(t, os.WriteFile(path+".1.gz", pack(t, "gzip", data), 0o600))
		must(t, os.Remove(path+".1"))
		write(t, path, "five\n")
		f.want("five")
		f.ready()
	})
}

func TestFollowLink(t *testing.T) {
	both(t, func(t *testing.T, o FollowOptions, dir string) {
		first, second := filepath.Join(t.TempDir(), "first"), filepath.Join(t.TempDir(), "second")
		path := filepath.Join(dir, "current.log")
		write(t, first, "one\n")
		must(t, os.Symlink(first, path))
		f := startFollow(t, o, Path{Glob: path}, Path{Glob: first})
		f.want("one")
		f.ready()
		write(t, first, "two\n")
		f.want("two")
		write(t, second, "three\n")
		must(t, os.Symlink(second, path+".new"))
		must(t, os.Rename(path+".new", path))
		f.want("three")
		write(t, second, "four\n")
		f.want("four")
		write(t, first, "five\n")
		f.want("five")
	})
}

func TestFollowRefuses(t *testing.T) {
	dir := t.TempDir()
	packed := filepath.Join(dir, "a.gz")
	must(t, os.WriteFile(packed, pack(t, "gzip", []byte("x\n")), 0o600))
	f := startFollow(t, FollowOptions{}, Path{Glob: dir}, Path{Glob: packed}, Path{Glob: filepath.Join(dir, "*.log")})
	f.ready()
	f.ready()
	said := f.reports()
	want := []string{dir + ": not a regular file", packed + ": compressed", "*.log: no such file or directory; it is followed once there is one"}
	if len(said) != len(want) {
		t.Fatalf("said %q", said)
	}
	for i := range want {
		if !strings.Contains(said[i], want[i]) {
			t.Errorf("said %q, want %q", said[i], want[i])
		}
	}
	if _, err := Follow(t.Context(), []Path{{Glob: dir, Encoding: "x"}}, FollowOptions{}).Next(); err == nil {
		t.Error("an unknown encoding is taken")
	}
}

func TestFollowEncodings(t *testing.T) {
	both(t, func(t *testing.T, o FollowOptions, dir string) {
		wide, big, latin := filepath.Join(dir, "wide"), filepath.Join(dir, "big"), filepath.Join(dir, "latin")
		write(t, wide, "\xff\xfea\x00\r\x00\n\x00\x0a\x0a\n")
		f := startFollow(t, o, Path{Glob: wide, Encoding: "utf-16"}, Path{Glob: big, Encoding: "utf-16"}, Path{Glob: latin, Encoding: "latin-1"})
		f.want("a")
		f.ready()
		write(t, wide, "\x00b")
		f.want("\u0a0a")
		write(t, wide, "\x00\n\x00")
		f.want("b")
		write(t, big, "\xfe\xff\x00a\x00\r\x00\n")
		f.want("a")
		write(t, latin, "gr\xfc\xdfe\n")
		f.want("grüße")
	})
}

func TestFollowLongLine(t *testing.T) {
	both(t, func(t *testing.T, o FollowOptions, dir string) {
		path := filepath.Join(dir, "a.log")
		o.MaxLine = 10
		write(t, path, "0123456789\r\n01 3456789a\r\n")
		f := startFollow(t, o, Path{Glob: path})
		f.want("0123456789")
		if l := f.want("01 …")[0]; l.Dropped != 1 {
			t.Errorf("%+v", l)
		}
		f.ready()
		for range 100 {
			write(t, path, strings.Repeat("x", 1000))
		}
		f.ready()
		write(t, path, "\nok\n")
		if l := f.want("…")[0]; l.Dropped != 100*1000-10 {
			t.Errorf("dropped %d", l.Dropped)
		}
		f.want("ok")
	})
}

func TestFollowEnds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.log")
	write(t, path, "one\n")
	for _, byClose := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		waits := make(chan struct{}, 100)
		src := Follow(ctx, []Path{{Glob: path, Tail: true}}, FollowOptions{Options: Options{BeforeRead: func() error { waits <- struct{}{}; return nil }}})
		done := make(chan error)
		go func() { _, err := src.Next(); done <- err }()
		<-waits
		if byClose {
			must(t, src.Close())
		} else {
			cancel()
		}
		if err := <-done; err != io.EOF {
			t.Errorf("Next: %v", err)
		}
		must(t, src.Close())
	}
	broken := fmt.Errorf("broken pipe")
	src := Follow(t.Context(), []Path{{Glob: path, Tail: true}}, FollowOptions{Options: Options{BeforeRead: func() error { return broken }}})
	if _, err := src.Next(); err != broken {
		t.Errorf("error of BeforeRead: %v", err)
	}
}
