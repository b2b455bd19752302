package cmd_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// flood is input that is made to fill memory. Behind it stands what has to come through all the same.
type flood struct {
	name    string
	command string // what reads it
	most    int    // MiB that the tool may have had in memory at once
	write   func(w io.Writer)
	last    string // the end of the input
	want    string // stands in the output
}

const (
	lastLine  = "\nMar  1 10:00:01 mx sshd[9]: Failed password for root from 192.0.2.99 port 22 ssh2\n"
	lastEvent = "\n" + `{"v":1,"type":"match","time":"2026-03-01T10:00:01Z","ip":"192.0.2.99","filter":"sshd"}` + "\n"
	lastBan   = "\n" + `{"v":1,"type":"ban","time":"2026-03-01T10:00:01Z","ip":"192.0.2.99","filter":"sshd","bantime":60}` + "\n"
	lastEntry = "\n" + `{"MESSAGE":"Failed password for root from 192.0.2.99 port 22 ssh2","SYSLOG_IDENTIFIER":"sshd","_PID":"9","_HOSTNAME":"mx",` +
		`"_COMM":"sshd","_SYSTEMD_UNIT":"ssh.service","__REALTIME_TIMESTAMP":"1772359201000000"}` + "\n"
	seen = `"ip":"192.0.2.99"`
)

// floods all stay far below what their input would take. The Go runtime, the ledger and the built-in filters are in it.
var floods = []flood{
	{"a line without end, matched", "f2b-match sshd", 96, repeat(200<<20, "x"), lastLine, seen},
	{"a line of many false starts", "f2b-match sshd", 96, repeat(8<<20, "sshd[1]: Failed password for root from "), lastLine, seen},
	{"a file of zeros", "f2b-match sshd", 96, repeat(200<<20, "\x00"), lastLine, seen},
	{"an entry of the journal without end", "f2b-match -input journal sshd", 96, repeat(200<<20, "x"), lastEntry, seen},
	{"entries of great depth", "f2b-match -input journal sshd", 96, entries(20, strings.Repeat("[", 1<<20)), lastEntry, seen},
	{"entries with huge numbers", "f2b-match -input journal sshd", 96, entries(20, strings.Repeat("9", 1<<20)), lastEntry, seen},
	{"a line without end, tried", "f2b-regex -print-all-matched - sshd", 128, repeat(100<<20, "x"), lastLine, "192.0.2.99"},
	{"lines that are missed, tried", "f2b-regex -print-all-matched - sshd", 160, numbered(300_000, "Mar  1 10:00:01 mx sshd[%d]: "+strings.Repeat("missed ", 100)+"\n"), lastLine, "192.0.2.99"},
	{"sessions that never end", "f2b-match sshd[mode=aggressive]", 128, numbered(300_000, "Mar  1 10:00:01 mx sshd[%d]: Connection from 192.0.2.1 port 22\n"), lastLine, seen},
	{"long lines that are matched together", `f2b-match -maxlines 100 (?s)^(?:(.*<SKIPLINES>)*begin.*end|.*Failed.*)from\s<HOST>`, 192,
		numbered(300, "%d "+strings.Repeat("begin or not, ", 4500)+"\n"), lastLine, seen},
	{"a line without end, counted", "f2b-count -maxretry 1", 64, repeat(200<<20, "x"), lastEvent, seen},
	{"a million addresses", "f2b-count -maxretry 2", 256, addresses(1_000_000, "match", ""), lastEvent + lastEvent, seen},
	{"a million addresses, of which few are kept", "f2b-count -maxretry 2 -max-tracked 10000", 64, addresses(1_000_000, "match", ""), lastEvent + lastEvent, seen},
	{"long lines of many addresses", "f2b-count -maxretry 3 -maxmatches 3", 768, addresses(10_000, "match", `,"line":"`+strings.Repeat("x", 60_000)+`"`), lastEvent + lastEvent + lastEvent, seen},
	{"short lines, then long ones", "f2b-count -maxretry 5", 1024, shortThenLong, strings.Repeat(lastEvent, 5), seen},
	{"long ids", "f2b-count -maxretry 2", 512, ids(20_000, strings.Repeat("x", 60_000)), lastEvent + lastEvent, seen},
	{"a million ids", "f2b-count -maxretry 2", 512, ids(1_000_000, strings.Repeat("x", 1000)), lastEvent + lastEvent, seen},
	{"a million jails", "f2b-count -maxretry 2", 64, numbered(1_000_000, ofJail("")), lastEvent + lastEvent, seen},
	{"jails of long names", "f2b-count -maxretry 2", 96, numbered(20_000, ofJail(strings.Repeat("x", 60_000))), lastEvent + lastEvent, seen},
	{"JSON of great depth", "f2b-count -maxretry 1", 64, badEvents(strings.Repeat("[", 1<<20)), lastEvent, seen},
	{"huge numbers", "f2b-count -maxretry 1", 64, badEvents(strings.Repeat("9", 1<<20)), lastEvent, seen},
	{"events of 10,000 fields", "f2b-count -maxretry 1", 64, manyFields(50), lastEvent, seen},
	{"a line without end, to be banned", "f2b-ban -backend dryrun", 64, repeat(200<<20, "x"), lastBan, seen},
	{"JSON of great depth, to be banned", "f2b-ban -backend dryrun", 64, badEvents(strings.Repeat("[", 1<<20)), lastBan, seen},
	{"bans of 10,000 fields", "f2b-ban -backend dryrun", 128, manyFields(50), lastBan, seen},
	{"100,000 bans", "f2b-ban -backend dryrun", 256, addresses(100_000, "ban", `,"bantime":3600`), lastBan, seen},
}

// TestSpace feeds each tool what should fill its memory. It must stay within bounds, as the kernel counts, and go on.
func TestSpace(t *testing.T) {
	dir := t.TempDir() // built without the race detector, which takes memory of its own
	if out, err := exec.Command("go", "build", "-o", dir, "./f2b-match", "./f2b-count", "./f2b-ban", "./f2b-regex").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, f := range floods {
		t.Run(f.name, func(t *testing.T) {
			words := strings.Fields(f.command)
			cmd := exec.Command(filepath.Join(dir, words[0]), words[1:]...)
			cmd.Env = append(os.Environ(), "TZ=UTC", "XDG_STATE_HOME="+dir)
			in, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			out, messages := tailOf{want: f.want, found: make(chan bool)}, tailOf{}
			cmd.Stdout, cmd.Stderr = &out, &messages
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			done := make(chan error, 1)
			w := bufio.NewWriterSize(in, 1<<16)
			f.write(w)
			io.WriteString(w, f.last)
			if err := w.Flush(); err != nil {
				t.Errorf("it stopped reading: %v", err)
			}
			go func() { done <- cmd.Wait() }() // status 2 where there were bad lines
			if words[0] != "f2b-regex" {       // which says nothing before the end of its input
				select {
				case <-out.found:
				case <-done:
					t.Fatalf("it ended; said %.500q", messages.last)
				case <-time.After(time.Minute):
					t.Errorf("it is silent")
				}
			}
			most := highWater(t, cmd.Process.Pid)
			in.Close()
			<-done
			if !bytes.Contains(out.last, []byte(f.want)) {
				t.Errorf("%s is not in the output, which ends with %.500q; said %.500q", f.want, out.last, messages.last)
			}
			t.Logf("%d MiB of %d; %d bytes of output, %d of messages", most, f.most, out.n, messages.n)
			if most > f.most {
				t.Errorf("it took %d MiB of memory, more than %d", most, f.most)
			}
			if messages.n > 16<<20 { // a dry run says what it would do
				t.Errorf("%d bytes of messages", messages.n)
			}
		})
	}
}

// highWater is how many MiB a process has had in memory at most. (What wait4 says of it counts the test itself, before the exec.)
func highWater(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "\nVmHWM:")
	var kib int
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		t.Fatalf("%v in %q", err, status)
	}
	return kib >> 10
}

// tailOf keeps the last of what is written, and closes a channel once that holds what is wanted.
type tailOf struct {
	last  []byte
	n     int
	want  string
	found chan bool
}

func (t *tailOf) Write(p []byte) (int, error) {
	const room = 128 << 10
	t.n += len(p)
	t.last = append(t.last, p...)
	t.last = t.last[max(0, len(t.last)-room):]
	if t.want != "" && bytes.Contains(t.last, []byte(t.want)) {
		close(t.found)
		t.want = ""
	}
	return len(p), nil
}

// repeat writes about so many bytes of a text, without a line end.
func repeat(size int, text string) func(io.Writer) {
	block := strings.Repeat(text, max(1, (1<<16)/len(text)))
	return func(w io.Writer) {
		for n := 0; n < size; n += len(block) {
			io.WriteString(w, block)
		}
	}
}

// numbered writes a line so often, with another number each time.
func numbered(n int, line string) func(io.Writer) {
	return func(w io.Writer) {
		for i := range n {
			fmt.Fprintf(w, line, i)
		}
	}
}

// addresses writes an event of each of so many addresses.
func addresses(n int, kind, more string) func(io.Writer) {
	return func(w io.Writer) {
		for i := range n {
			fmt.Fprintf(w, `{"v":1,"type":%q,"time":"2026-03-01T10:00:00Z","ip":"2001:db8::%x:%x","filter":"sshd"%s}`+"\n", kind, i>>16, i&0xffff, more)
		}
	}
}

// shortThenLong writes as many short lines as are kept of a million addresses, and then long ones, for which what kept the others
// is of no use.
func shortThenLong(w io.Writer) {
	for range 4 {
		addresses(1_000_000, "match", `,"line":"x"`)(w)
	}
	ids(20_000, strings.Repeat("x", 60_000))(w)
}

// ids writes an event of each of so many ids, which are as long as given, and longer.
func ids(n int, id string) func(io.Writer) {
	return numbered(n, `{"v":1,"type":"match","time":"2026-03-01T10:00:00Z","ip":"192.0.2.1","id":"%d`+id+`","filter":"sshd"}`+"\n")
}

// ofJail is an event of a jail with a number for a name, and more behind it.
func ofJail(more string) string {
	return `{"v":1,"type":"match","time":"2026-03-01T10:00:00Z","ip":"192.0.2.1","filter":"sshd","jail":"%d` + more + `"}` + "\n"
}

// entries writes entries of the journal with a value in a field of somebody's own.
func entries(n int, value string) func(io.Writer) {
	return func(w io.Writer) {
		for range n {
			fmt.Fprintf(w, `{"MESSAGE":"hello","SYSLOG_IDENTIFIER":"sshd","__REALTIME_TIMESTAMP":"1772359201000000","OWN":%s}`+"\n", value)
		}
	}
}

// badEvents writes events with a value at all places where there can be one.
func badEvents(value string) func(io.Writer) {
	return func(w io.Writer) {
		for _, name := range []string{"bantime", "fields", "unknown", "count", "ip", "v"} {
			for range 5 {
				fmt.Fprintf(w, `{"v":1,"type":"match","time":"2026-03-01T10:00:00Z","ip":"192.0.2.1","filter":"sshd",%q:%s}`+"\n", name, value)
			}
		}
	}
}

// manyFields writes events of 10,000 unknown members, and of as many fields.
func manyFields(n int) func(io.Writer) {
	var members strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&members, `,"x%d":"%d"`, i, i)
	}
	return func(w io.Writer) {
		for range n {
			fmt.Fprintf(w, `{"v":1,"type":"match","time":"2026-03-01T10:00:00Z","ip":"192.0.2.1","filter":"sshd","fields":{"y":""%s}%[1]s}`+"\n", members.String())
		}
	}
}
