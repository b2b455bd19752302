package cmd_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal makes a pseudo terminal of 40 columns: what programs write to tty can be read from screen.
func terminal(t *testing.T) (screen, tty *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { screen.Close() })
	control, err := screen.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var number int
	control.Control(func(fd uintptr) {
		if number, err = unix.IoctlGetInt(int(fd), unix.TIOCGPTN); err == nil {
			err = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0)
		}
		if err == nil {
			err = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 40})
		}
	})
	if err == nil {
		tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tty.Close() })
	return screen, tty
}

// started is a tool that waits in the middle of its log, for nobody reads its output yet.
type started struct {
	cmd            *exec.Cmd
	output, stderr *os.File
	seen           []byte // of stderr so far
}

// start runs a tool on a log with so many failures that its output fills the pipe.
func start(t *testing.T, stderrRead, stderrWrite *os.File, name string, args ...string) *started {
	t.Helper()
	read, write := pipe(t)
	s := &started{exec.Command(name, args...), read, stderrRead, nil}
	s.cmd.Env = append(os.Environ(), "TERM=xterm", "TZ=UTC")
	s.cmd.Stdout, s.cmd.Stderr = write, stderrWrite
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.cmd.Process.Kill(); s.cmd.Wait() })
	write.Close()
	stderrWrite.Close()
	return s
}

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}

// until reads stderr up to something that matches.
func (s *started) until(t *testing.T, pattern string) {
	t.Helper()
	if err := s.stderr.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 1024)
	for re := regexp.MustCompile(pattern); !re.Match(s.seen); {
		n, err := s.stderr.Read(buffer)
		s.seen = append(s.seen, buffer[:n]...)
		if err != nil {
			t.Fatalf("%s ended before %s was seen: %q", s.cmd, pattern, s.seen)
		}
	}
}

// end lets the tool run on to its end and returns what it wrote to stderr.
func (s *started) end(t *testing.T) string {
	t.Helper()
	go io.Copy(io.Discard, s.output)
	rest, _ := io.ReadAll(s.stderr) // of a terminal that nobody writes to any more: EIO
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("%s: %v", s.cmd, err)
	}
	return string(append(s.seen, rest...))
}

// onScreen is what stands on a terminal after all that was written to it.
func onScreen(written string) string {
	var screen, line []byte
	column := 0
	for written != "" {
		after, erase := strings.CutPrefix(written, "\x1b[K")
		switch c := written[0]; {
		case erase:
			line, written = line[:column], after
			continue
		case c == '\r':
			column = 0
		case c == '\n':
			screen, line, column = append(append(screen, line...), '\n'), nil, 0
		default:
			line = append(line[:column], append([]byte{c}, line[min(column+1, len(line)):]...)...)
			column++
		}
		written = written[1:]
	}
	return string(append(screen, line...))
}

// TestProgress shows how far f2b-match and f2b-regex have come where a person waits, and there alone. All are started before the
// first of them is seen to show something, so that the others would have, too.
func TestProgress(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	failure := []byte("Mar  1 10:00:01 mx sshd[9]: Failed password for root from 192.0.2.1 port 22 ssh2\n")
	text := append(bytes.Repeat(failure, 20_000), bytes.Repeat([]byte("x"), 70_000)...)
	if err := os.WriteFile(log, text, 0o600); err != nil {
		t.Fatal(err)
	}
	onTerminal := func(name string, args ...string) *started {
		screen, tty := terminal(t)
		return start(t, screen, tty, name, args...)
	}
	read, write := pipe(t)
	silent := []*started{
		start(t, read, write, "f2b-match", "sshd", log),
		onTerminal("f2b-match", "-progress", "never", "sshd", log),
		onTerminal("sh", "-c", "cat "+log+" | f2b-match sshd"),
	}
	showing := []*started{
		onTerminal("f2b-match", "sshd", log),
		onTerminal("sh", "-c", "f2b-match sshd <"+log),
		onTerminal("f2b-regex", "-o", "row", log, "sshd"),
		onTerminal("sh", "-c", "cat "+log+" | f2b-match -progress always sshd"),
	}
	for i, s := range showing {
		if i < 3 {
			s.until(t, `\x1b\[Kf2b-(match|regex): [1-9]\d?% of 1\.7 MB, \d+:\d\d left\r`)
		} else {
			s.until(t, `\x1b\[Kf2b-match: [1-9]\d+ kB read, [\d,]+ match`)
		}
	}
	tooLong := regexp.MustCompile(`^(f2b-match: 1 lines were longer than 65536 bytes: 4464 bytes at their ends were not looked at\r?\n)?$`)
	for i, s := range append(silent, showing...) {
		written := s.end(t)
		if i < len(silent) && strings.ContainsAny(written, "%\x1b") {
			t.Errorf("%s: %q", s.cmd, written)
		}
		if left := onScreen(written); !tooLong.MatchString(left) {
			t.Errorf("%s: left on the screen: %q", s.cmd, left)
		}
		for line := range strings.SplitSeq(written, "\r") {
			if len(line) > 39+len("\x1b[K") && !strings.Contains(line, "were longer") {
				t.Errorf("%s: wider than the terminal: %q", s.cmd, line)
			}
		}
	}
}
