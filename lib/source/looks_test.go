package source

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// stepped is a follower that goes on when a test wants it to, poll by poll.
type stepped struct {
	t    *testing.T
	f    *follower
	said []string
}

func startStepped(t *testing.T, paths ...Path) *stepped {
	s := &stepped{t: t}
	s.f = Follow(t.Context(), paths, FollowOptions{NoNotify: true, Poll: time.Hour, Options: Options{
		Report: func(err error) { s.said = append(s.said, err.Error()) },
	}}).(*follower)
	t.Cleanup(func() { s.f.Close() })
	return s
}

// read gives what there is to read now.
func (s *stepped) read() (lines []string) {
	for s.f.cur != nil || len(s.f.queue) > 0 {
		for s.f.cur != nil {
			l, ok := s.f.cur.next()
			if !ok {
				s.f.cur = nil
				break
			}
			lines = append(lines, l.Text)
		}
		if len(s.f.queue) > 0 {
			must(s.t, s.f.step())
		}
	}
	return lines
}

// want polls so often and wants these lines in the end.
func (s *stepped) want(polls int, want ...string) {
	s.t.Helper()
	got := s.read()
	for range polls {
		s.f.poll()
		got = append(got, s.read()...)
	}
	if !slices.Equal(got, want) {
		s.t.Errorf("got %q, want %q", got, want)
	}
}

// shift renames LOG.2 to LOG.3, LOG.1 to LOG.2 and LOG to LOG.1, as far as they are there.
func shift(t *testing.T, path string) {
	t.Helper()
	for _, names := range [][2]string{{".2", ".3"}, {".1", ".2"}, {"", ".1"}} {
		if err := os.Rename(path+names[0], path+names[1]); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
}

// What stood in a log's last line when it was copied and emptied is no line, whatever follows in the log.
func TestFollowCopyEndsInLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.log")
	write(t, path, "one\nfrom 192.0.2.1")
	s := startStepped(t, Path{Glob: path})
	s.want(0, "one")
	data, err := os.ReadFile(path)
	must(t, err)
	must(t, os.WriteFile(path+".1", data, 0o600))
	must(t, os.Truncate(path, 0))
	write(t, path, "99 failed\n")
	s.want(idleLast+5, "99 failed")
	if len(s.said) != 1 || !strings.Contains(s.said[0], "emptied in the middle of a line") {
		t.Errorf("said %q", s.said)
	}
}

// The rotated files of a linked log are those of where it leads, also while that is not there.
func TestFollowLinkToNothing(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "app.log"), filepath.Join(t.TempDir(), "a.log")
	must(t, os.Symlink(path, link))
	write(t, path+".1", "old\n")
	write(t, path, "now\n")
	s := startStepped(t, Path{Glob: link, Tail: true})
	shift(t, path)
	s.want(maxGone + 5)
	write(t, path, "new\n")
	s.want(3, "new")
}

// Of two names for one file neither takes the files that were there before for new ones.
func TestFollowTwoNames(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "a.log"), filepath.Join(dir, "link.log")
	must(t, os.Symlink(path, link))
	write(t, path+".1", "old\n")
	write(t, path, "now\n")
	s := startStepped(t, Path{Glob: path, Tail: true}, Path{Glob: link, Tail: true})
	s.want(0)
	shift(t, path)
	write(t, path, "new\n")
	s.f.enqueue(s.f.logs[link])
	s.want(1, "new")
}

// Logs that begin alike are told apart by what follows.
func TestFollowBeginAlike(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.log")
	write(t, path, "one\n")
	s := startStepped(t, Path{Glob: path})
	s.want(0, "one")
	shift(t, path)
	write(t, path, "--\n")
	s.want(1, "--")
	write(t, path, "two\n")
	s.want(1, "two")
	shift(t, path)
	write(t, path, "--\nthree\n")
	shift(t, path)
	write(t, path, "--\nfour\n")
	s.want(3, "--", "three", "--", "four")
}

// A packed file that was there at the start is not new when somebody unpacks it.
func TestFollowUnpacked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.log")
	must(t, os.WriteFile(path+".2.gz", pack(t, "gzip", []byte("long ago\n")), 0o600))
	write(t, path, "now\n")
	s := startStepped(t, Path{Glob: path, Tail: true})
	s.want(0)
	must(t, os.Remove(path+".2.gz"))
	write(t, path+".9", "long ago\n")
	long := time.Now().Add(-48 * time.Hour)
	must(t, os.Chtimes(path+".9", long, long))
	shift(t, path)
	write(t, path, "new\n")
	s.want(2, "new")
}

// The members of an archive may have half a character each.
func TestFollowWidePacked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.log")
	var text []byte
	for _, u := range utf16.Encode([]rune("first\nsecond\nthird\n")) {
		text = append(text, byte(u), byte(u>>8))
	}
	packed := append(pack(t, "gzip", text[:15]), pack(t, "gzip", text[15:])...)
	must(t, os.WriteFile(path+".1.gz", packed, 0o600))
	write(t, path, "")
	s := startStepped(t, Path{Glob: path + "*", Encoding: "utf-16le"})
	s.want(0, "first", "second", "third")
}

// What cannot be read, or has nothing in it, makes no work once it was looked at.
func TestFollowRests(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.log")
	must(t, os.WriteFile(path+".3.gz", pack(t, "gzip", nil), 0o600))
	must(t, os.WriteFile(path+".2.gz", []byte("\x1f\x8b\x08 damaged"), 0o600))
	long := time.Now().Add(-time.Hour) // nobody is writing it
	must(t, os.Chtimes(path+".2.gz", long, long))
	write(t, path+".1", "")
	must(t, os.Symlink("nowhere", path+".9"))
	write(t, path, "one\n")
	s := startStepped(t, Path{Glob: path + "*"})
	s.want(0, "one")
	if len(s.said) != 1 || !strings.Contains(s.said[0], "a.log.2.gz: gzip: ") {
		t.Errorf("said %q", s.said)
	}
	write(t, path+".7", "found\n")
	shift(t, path)
	write(t, path, "two\n")
	s.want(2, "found", "two")
	if log := s.f.logs[path]; log.rescan || log.unsure {
		t.Errorf("it goes on looking: rescan %v, unsure %v", log.rescan, log.unsure)
	}
	must(t, os.Truncate(path, 0))
	write(t, path, "3\n")
	s.want(3, "3")
	if log := s.f.logs[path]; log.rescan || log.unsure || len(log.cut) > 0 {
		t.Errorf("it goes on looking: rescan %v, unsure %v, cut %d", log.rescan, log.unsure, len(log.cut))
	}
}
