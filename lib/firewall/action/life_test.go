package action

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"f2b/lib/event"
	"f2b/lib/firewall"
	"f2b/lib/firewall/fwtest"
)

func TestMain(m *testing.M) { fwtest.Main(m) }

// A bench is a folder of actions that write what they are told to into a log.
type bench struct {
	t        testing.TB
	dir      string
	mu       sync.Mutex
	reported []string
}

func newBench(t testing.TB) *bench { return &bench{t: t, dir: t.TempDir()} }

// write writes an action. LOG stands for a command that appends its arguments to the log, DIR for the folder.
func (w *bench) write(name, text string) (spec string) {
	w.t.Helper()
	text = strings.NewReplacer("LOG", ">>"+w.dir+"/log echo", "DIR", w.dir).Replace(text)
	path := filepath.Join(w.dir, name)
	if err := os.WriteFile(path+".conf", []byte("[Definition]\n"+text), 0o644); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// open makes a backend of actions, the same in each jail.
func (w *bench) open(actions ...string) *Backend {
	w.t.Helper()
	b := New(func(name string) firewall.Jail { return firewall.Jail{Name: name, Actions: actions} }, Options{Report: func(err error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.reported = append(w.reported, err.Error())
	}})
	if err := b.Open(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { b.Close() })
	return b
}

// log is what the actions have written since it was asked for.
func (w *bench) log() string {
	w.t.Helper()
	text, err := os.ReadFile(w.dir + "/log")
	if errors.Is(err, os.ErrNotExist) {
		return ""
	}
	if err != nil {
		w.t.Fatal(err)
	}
	if err := os.Remove(w.dir + "/log"); err != nil {
		w.t.Fatal(err)
	}
	return strings.Join(strings.Split(strings.TrimSpace(string(text)), "\n"), ", ")
}

func (w *bench) want(log string) {
	w.t.Helper()
	if got := w.log(); got != log {
		w.t.Errorf("got  %s\nwant %s", got, log)
	}
}

func (w *bench) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Error(err)
	}
}

// bans makes bans in the jail j; change may make more of the event.
func bans(change func(*event.Event), addresses ...string) []firewall.Ban {
	all := fwtest.Bans("j", time.Minute, addresses...)
	for i := range all {
		all[i].Event = &event.Event{Type: event.Banned, Jail: "j", Bantime: 60, Bancount: 1, Failures: 3, Time: time.Unix(1700000000, 0)}
		if change != nil {
			change(all[i].Event)
		}
	}
	return all
}

func restored(e *event.Event)  { e.Restored = true }
func prolonged(e *event.Event) { e.Type = event.Prolonged }

// whole is an action with all commands, whose state is a file, in two families.
const whole = `
actionstart = LOG start <family> <name>; touch DIR/up<family>
actionstop = LOG stop <family>; rm -f DIR/up<family>
actionflush = LOG flush <family>
actioncheck = test -e DIR/up<family>
actionban = LOG ban <ip>; test -e DIR/up<family>
actionunban = LOG unban <ip>; test -e DIR/up<family>
actionprolong = LOG prolong <ip> <bantime>
actionreban = LOG reban <ip>
[Init]
x = 1
[Init?family=inet6]
x = 2
`

func TestLife(t *testing.T) {
	w := newBench(t)
	spec := w.write("whole", whole)
	b := w.open(spec)
	w.ok(b.Ban(bans(nil, "192.0.2.1", "2001:db8::1")))
	w.want("start inet4 j, ban 192.0.2.1, start inet6 j, ban 2001:db8::1")
	w.ok(b.Ban(bans(prolonged, "192.0.2.1")))
	w.want("prolong 192.0.2.1 60")
	w.ok(b.Ban(bans(nil, "192.0.2.1"))) // somebody else may have ended it: it must not be there twice
	w.want("unban 192.0.2.1, ban 192.0.2.1")
	w.ok(b.Unban(bans(nil, "192.0.2.1")))
	w.want("unban 192.0.2.1")

	second := w.open(spec) // after a restart: what is set up stays, what comes back is there once
	w.ok(second.Ban(bans(restored, "192.0.2.2", "2001:db8::1")))
	w.want("unban 192.0.2.2, ban 192.0.2.2, unban 2001:db8::1, ban 2001:db8::1")
	w.ok(w.open(spec).Unban(bans(nil, "192.0.2.2"))) // another process
	w.want("unban 192.0.2.2")
	w.ok(second.Flush())
	w.want("flush inet4, flush inet6, stop inet4, stop inet6")
	w.ok(second.Unban(bans(nil, "192.0.2.2"))) // there is nothing any more
	w.log()
	w.ok(w.open(spec).Ban(bans(restored, "192.0.2.9"))) // after a reboot
	w.want("start inet4 j, unban 192.0.2.9, ban 192.0.2.9")
	w.ok(w.open(spec).Flush("j"))
	w.want("flush inet4, stop inet4")
}

// What another program removed is noticed by the next ban, brought back, and told once.
func TestRepairByBan(t *testing.T) {
	for _, tc := range []struct{ more, want string }{
		{"", "ban 192.0.2.2, stop inet4, start inet4 j, ban 192.0.2.2"},
		{"actionrepair = LOG repair; touch DIR/up<family>\n", "ban 192.0.2.2, repair, ban 192.0.2.2"},
		{"actionrepair = LOG repair\n", "ban 192.0.2.2, repair"},
	} {
		w := newBench(t)
		b := w.open(w.write("whole", tc.more+whole))
		w.ok(b.Ban(bans(nil, "192.0.2.1", "2001:db8::1")))
		w.log()
		w.ok(os.Remove(w.dir + "/upinet4"))
		err := b.Ban(bans(nil, "192.0.2.2"))
		w.want(tc.want)
		if (err == nil) != strings.HasSuffix(tc.want, "ban 192.0.2.2") {
			t.Errorf("%s: %v", tc.want, err)
		}
		if lost, err := b.Check(); err != nil || len(lost) != 1 || lost[0] != "j" {
			t.Errorf("lost %q, %v", lost, err)
		}
		if err != nil {
			continue
		}
		w.ok(b.Ban(bans(restored, "192.0.2.1", "192.0.2.2", "2001:db8::1"))) // as the keeper answers it
		w.want("unban 192.0.2.1, reban 192.0.2.1")
	}
}

// Check finds out by itself, and once.
func TestCheck(t *testing.T) {
	w := newBench(t)
	b := w.open(w.write("whole", whole))
	w.ok(b.Ban(bans(nil, "192.0.2.1")))
	w.log()
	w.ok(os.Remove(w.dir + "/upinet4"))
	fwtest.Eventually(t, "the loss is told", func() bool {
		lost, err := b.Check()
		w.ok(err)
		return len(lost) == 1
	})
	w.ok(b.Unban(bans(nil, "192.0.2.1")))
	w.want("") // nothing is there to end
	w.ok(b.Ban(bans(restored, "192.0.2.1")))
	w.want("stop inet4, start inet4 j, unban 192.0.2.1, reban 192.0.2.1")
}

// Several actions run in their order. Nobody waits for those that only tell somebody, and what fails in them is said.
func TestSeveral(t *testing.T) {
	w := newBench(t)
	ban := "actionban = LOG NAME <ip>\nactionunban = LOG NAME ends <ip>\nactionstop = LOG NAME stops\n"
	first := w.write("first", strings.ReplaceAll(ban, "NAME", "first"))
	second := w.write("second", strings.ReplaceAll(ban, "NAME", "second"))
	mail := w.write("mail", "norestored = 1\nactionban = read x < DIR/fifo; LOG mail <ip>\n")
	page := w.write("page", "actionban = LOG page <ip>; exit 3\n")
	fwtest.Run(t, "mkfifo", w.dir+"/fifo")
	b := w.open(first, second, mail+"[timeout=20]", page)
	w.ok(b.Ban(bans(nil, "192.0.2.1"))) // the letter waits for us
	w.ok(b.Ban(bans(restored, "192.0.2.2")))
	w.ok(b.Unban(bans(nil, "192.0.2.2")))
	w.ok(os.WriteFile(w.dir+"/fifo", []byte("go\n"), 0))
	w.ok(b.Flush("j"))
	w.ok(b.Close())
	order := w.log()
	at := -1
	for _, step := range []string{"first 192.0.2.1", "second 192.0.2.1", "mail 192.0.2.1", "page 192.0.2.1", "first stops"} {
		next := strings.Index(order, step)
		if next <= at {
			t.Errorf("%q is not in its place in %s", step, order)
		}
		at = next
	}
	if strings.Contains(order, "mail 192.0.2.2") || !strings.Contains(order, "second ends 192.0.2.2") {
		t.Errorf("got %s", order)
	}
	if stops := strings.Index(order, "second stops"); stops < 0 || strings.Index(order, "first stops") < stops {
		t.Errorf("not stopped in the reverse order: %s", order)
	}
	if len(w.reported) != 1 || !strings.Contains(w.reported[0], "action page: actionban: exit status 3") {
		t.Errorf("reported %q", w.reported)
	}
}

// A ban is in force when one action has made it; one that all fail in is told to nobody.
func TestFailing(t *testing.T) {
	w := newBench(t)
	fails := w.write("fails", "actionban = LOG try <ip>; echo no luck; exit 4\nactionunban = LOG end <ip>; exit 5\n")
	works := w.write("works", "actionban = LOG works <ip>\nactionunban = LOG ends <ip>\n")
	mail := w.write("mail", "actionban = LOG mail <ip>\n")
	b := w.open(fails, mail)
	err := b.Ban(bans(nil, "192.0.2.1"))
	var partial *firewall.PartialError
	if !errors.As(err, &partial) || err.Error() != "action fails: actionban: exit status 4: no luck" {
		t.Errorf("got %v", err)
	}
	w.want("try 192.0.2.1, try 192.0.2.1")
	b = w.open(fails, works, mail)
	w.ok(b.Ban(bans(nil, "192.0.2.1")))
	w.ok(b.Close())
	w.want("try 192.0.2.1, try 192.0.2.1, works 192.0.2.1, mail 192.0.2.1")
	b = w.open(fails)
	for try := range 3 {
		if err := b.Unban(bans(nil, "192.0.2.1")); (err == nil) != (try == 2) {
			t.Errorf("unban %d: %v", try, err)
		}
	}
	if len(w.reported) != 2 || !strings.Contains(w.reported[1], "given up") {
		t.Errorf("reported %q", w.reported)
	}
}

// A command that takes too long is killed with all that it started; after the second in a row nothing is tried for a while.
func TestTimeout(t *testing.T) {
	w := newBench(t)
	b := w.open(w.write("slow", "timeout = 1\nactionban = (sleep 1000; LOG late) & echo $! $$ >> DIR/pids; wait\nactionunban = true\n"))
	err := b.Ban(bans(nil, "192.0.2.1", "192.0.2.2", "192.0.2.3"))
	var partial *firewall.PartialError
	if !errors.As(err, &partial) || len(partial.Failed) != 3 || !strings.Contains(err.Error(), "3 bans failed, the first: action slow: actionban: took too long: killed after 1s") {
		t.Errorf("got %v", err)
	}
	if last := partial.Failed[2].Err.Error(); !strings.Contains(last, "not tried: 2 commands in a row took too long") {
		t.Errorf("got %s", last)
	}
	pids, _ := os.ReadFile(w.dir + "/pids")
	if len(strings.Fields(string(pids))) != 4 {
		t.Fatalf("pids %q", pids)
	}
	for _, pid := range strings.Fields(string(pids)) {
		fwtest.Eventually(t, "the process is gone", func() bool {
			state, err := os.ReadFile("/proc/" + pid + "/stat")
			return err != nil || strings.Contains(string(state), ") Z ")
		})
	}
}

// Ids are banned by actions that have <fid>; an option or a control character is none.
func TestIDs(t *testing.T) {
	w := newBench(t)
	b := w.open(w.write("ids", "actionban = LOG ban <fid> <family>.\nactionunban = LOG unban \"<F-ID>\"\n"))
	for id, want := range map[string]string{"alice": "ban alice .", `a'b "c" $d`: `ban a'b "c" $d .`, "-n": "", "a\nb": "", strings.Repeat("x", 5000): ""} {
		all := bans(nil, "192.0.2.1")
		all[0].ID = id
		all[0].Prefix, all[0].Event.IP = bans(nil, "192.0.2.1")[0].Prefix, all[0].Prefix
		all[0].Prefix = firewall.Ban{}.Prefix
		if err := b.Ban(all); (err == nil) != (want != "") {
			t.Errorf("%.20q: %v", id, err)
		}
		w.want(want)
	}
	b = w.open(w.write("addresses", "actionban = LOG ban <ip>\nactionunban = LOG unban <ip>\n"))
	if err := b.Ban([]firewall.Ban{{Jail: "j", ID: "alice"}}); !errors.Is(err, firewall.ErrNoAddress) {
		t.Errorf("got %v", err)
	}
	w.ok(b.Unban([]firewall.Ban{{Jail: "j", ID: "alice"}}))
	b = w.open(w.write("letter", "actionban = LOG \"about <ip>\"\n"))
	w.ok(b.Ban([]firewall.Ban{{Jail: "j", ID: "alice"}}))
	w.want("about alice")
}

// Jails whose names could mean something to a shell have others in scripts.
func TestJailNames(t *testing.T) {
	w := newBench(t)
	b := w.open(w.write("name", "actionban = LOG \"<name>\"\n"))
	seen := map[string]bool{}
	for i, name := range []string{"sshd", "", "-x", "..", "a b", "$(touch DIR/x)", "`id`", "a/b", "';x", "<ip>", "x\ny", strings.Repeat("x", 300)} {
		w.ok(b.Ban([]firewall.Ban{{Jail: name, Prefix: bans(nil, fmt.Sprintf("192.0.2.%d", i+1))[0].Prefix}}))
		got := w.log()
		if seen[got] || got == "" || got[0] == '-' || got[0] == '.' || strings.Trim(got, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") != "" {
			t.Errorf("%.20q is %q", name, got)
		}
		seen[got] = true
	}
	if !seen["sshd"] {
		t.Error("sshd is not called sshd")
	}
}

func TestStart(t *testing.T) {
	w := newBench(t)
	waits, hurries := w.write("waits", whole), w.write("hurries", strings.ReplaceAll(whole, "DIR/up", "DIR/door"))
	b := w.open(waits, hurries+"[actionstart_on_demand=no]")
	w.ok(b.Start("j"))
	w.want("start inet4 j, start inet6 j")
	w.ok(b.Start("j"))
	w.want("")
}
