package source

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// fakeJournalctl makes a program that notes its arguments and then does what a shell script says; $run is how often it
// was started.
func fakeJournalctl(t *testing.T, script string) (path string, calls func() []string) {
	t.Helper()
	dir := t.TempDir()
	path, log := filepath.Join(dir, "journalctl"), filepath.Join(dir, "calls")
	write(t, log, "")
	must(t, os.WriteFile(path, []byte("#!/bin/sh\necho \"$*\" >>"+log+"\nrun=$(wc -l <"+log+")\n"+script), 0o700))
	return path, func() []string {
		data, err := os.ReadFile(log)
		must(t, err)
		return strings.Split(strings.TrimSpace(string(data)), "\n")
	}
}

func TestJournalctlOnce(t *testing.T) {
	path, calls := fakeJournalctl(t, `echo '{"MESSAGE":"a","__CURSOR":"c1"}'; echo '{"MESSAGE":"b","__CURSOR":"c2"}'`)
	m, err := ParseMatch("_COMM=sshd + A=b")
	must(t, err)
	o := JournalctlOptions{Path: path, Since: time.Unix(1000, 5)}
	if got := texts(collect(t, Journalctl(t.Context(), o))); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("%q", got)
	}
	o.Match, o.Args = m, []string{"--directory=/x"}
	collect(t, Journalctl(t.Context(), o))
	want := []string{
		"--output=json --all --no-pager --quiet --since=@1000 --system",
		"--output=json --all --no-pager --quiet --since=@1000 --directory=/x _COMM=sshd + A=b",
	}
	if got := calls(); !slices.Equal(got, want) {
		t.Errorf("started with %q, want %q", got, want)
	}
}

// TestJournalctlRestart kills the process again and again: each new one begins with the last entry, which is given once, and where it is gone
// with the one after it.
func TestJournalctlRestart(t *testing.T) {
	path, calls := fakeJournalctl(t, `
entry() { echo "{\"MESSAGE\":\"entry $1\",\"__CURSOR\":\"c$1\"}"; }
[ $run != 2 ] || entry 1
entry $run
case $run in
1) kill -9 $$ ;;
2) echo 'no space left' >&2; exit 3 ;;
3) exit 0 ;;
*) exec sleep 600 ;;
esac`)
	var said []string
	ctx, cancel := context.WithCancel(t.Context())
	s := Journalctl(ctx, JournalctlOptions{Path: path, Follow: true, Rest: time.Millisecond, Options: Options{
		Report: func(err error) { said = append(said, err.Error()) },
	}})
	for _, want := range []string{"entry 1", "entry 2", "entry 3", "entry 4"} {
		if l, err := s.Next(); err != nil || l.Text != want {
			t.Fatalf("%+v, %v; want %s", l, err, want)
		}
	}
	time.AfterFunc(10*time.Millisecond, cancel)
	if _, err := s.Next(); err != io.EOF {
		t.Errorf("after the end: %v", err)
	}
	must(t, s.Close())
	if want := []string{"journalctl: signal: killed", "journalctl: exit status 3: no space left", "journalctl: ended"}; !slices.Equal(said, want) {
		t.Errorf("said %q, want %q", said, want)
	}
	for i, call := range calls() {
		if cursor := " --cursor=c" + string(rune('0'+i)); !strings.Contains(call, "--follow --no-tail") || strings.Contains(call, cursor) != (i > 0) {
			t.Errorf("start %d: %s", i+1, call)
		}
	}
}

func TestJournalctlFails(t *testing.T) {
	path, _ := fakeJournalctl(t, "echo 'Failed to open files' >&2; exit 1")
	s := Journalctl(t.Context(), JournalctlOptions{Path: path})
	if _, err := s.Next(); err == nil || err.Error() != "journalctl: exit status 1: Failed to open files" {
		t.Errorf("%v", err)
	}
	if _, err := s.Next(); err != io.EOF {
		t.Errorf("then %v", err)
	}
	s = Journalctl(t.Context(), JournalctlOptions{Path: filepath.Join(t.TempDir(), "none"), Follow: true})
	for range 2 {
		if _, err := s.Next(); err == nil || !strings.Contains(err.Error(), "cannot read the journal: ") {
			t.Errorf("%v", err)
		}
	}
	if _, err := Journalctl(t.Context(), JournalctlOptions{Options: Options{Encoding: "x"}}).Next(); err == nil {
		t.Error("an unknown encoding is taken")
	}
}

// TestJournalctlItself runs the real one on a journal without entries.
func TestJournalctlItself(t *testing.T) {
	var said []error
	o := JournalctlOptions{Args: []string{"--directory=" + t.TempDir()}, Since: time.Unix(1, 0), Options: Options{
		Report: func(err error) { said = append(said, err) },
	}}
	if all := collect(t, Journalctl(t.Context(), o)); len(all) != 0 || len(said) != 0 {
		t.Errorf("%d entries, said %v", len(all), said)
	}
}
