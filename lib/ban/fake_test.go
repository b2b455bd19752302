package ban

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"f2b/lib/event"
	"f2b/lib/firewall"
	"f2b/lib/ledger"
)

// fakeWall is a firewall that keeps its bans in a map, and notes each call.
type fakeWall struct {
	name   string
	kernel bool // it ends bans by itself
	jail   func(string) firewall.Jail

	mu    sync.Mutex
	bans  map[string]time.Duration // "jail address" -> what was left when it was banned
	calls []string
	lost  []string // what the next Check names
	fail  func(b firewall.Ban) error
	whole error         // the next Ban fails altogether
	slow  time.Duration // of each ban
}

func (f *fakeWall) Name() string               { return f.name }
func (f *fakeWall) Open(context.Context) error { return nil }
func (f *fakeWall) Close() error               { return nil }
func (f *fakeWall) KernelExpiry() bool         { return f.kernel }

func (f *fakeWall) Ban(bans []firewall.Ban) error {
	time.Sleep(f.slow * time.Duration(len(bans))) // a lock held meanwhile would stop the bubble's time
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, fmt.Sprintf("ban %d", len(bans)))
	if err := f.whole; err != nil {
		f.whole = nil
		return err
	}
	var failed []firewall.Failure
	for i, b := range bans {
		if f.fail != nil {
			if err := f.fail(b); err != nil {
				failed = append(failed, firewall.Failure{Index: i, Err: err})
				continue
			}
		}
		f.bans[name(b)] = b.Timeout
	}
	return firewall.Partial(failed)
}

func (f *fakeWall) Unban(bans []firewall.Ban) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, fmt.Sprintf("unban %d", len(bans)))
	for i, b := range bans {
		if f.fail != nil {
			if err := f.fail(b); err != nil {
				return firewall.Partial([]firewall.Failure{{Index: i, Err: err}})
			}
		}
		delete(f.bans, name(b))
	}
	return nil
}

func (f *fakeWall) Flush(jails ...string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, "flush "+strings.Join(jails, ","))
	maps.DeleteFunc(f.bans, func(name string, _ time.Duration) bool {
		jail, _, _ := strings.Cut(name, " ")
		return len(jails) == 0 || slices.Contains(jails, jail)
	})
	return nil
}

func (f *fakeWall) Check() ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	lost := f.lost
	f.lost = nil
	return lost, nil
}

// wreck is what another program does.
func (f *fakeWall) wreck(jails ...string) {
	f.Flush(jails...)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lost = jails
}

// refuse makes calls fail for those bans for which fail returns an error.
func (f *fakeWall) refuse(fail func(firewall.Ban) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = fail
}

func (f *fakeWall) banned() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(maps.Keys(f.bans))
}

func (f *fakeWall) left(name string) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.bans[name]
}

func (f *fakeWall) said() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	calls := f.calls
	f.calls = nil
	return calls
}

func name(b firewall.Ban) string {
	e := event.Event{IP: b.Prefix, ID: b.ID}
	return b.Jail + " " + e.Key()
}

// voice notes what was said to people.
type voice struct {
	mu    sync.Mutex
	lines []string
}

func (v *voice) Warnf(format string, args ...any)  { v.add("warning: ", format, args...) }
func (v *voice) Errorf(format string, args ...any) { v.add("error: ", format, args...) }
func (v *voice) add(kind, format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.lines = append(v.lines, kind+fmt.Sprintf(format, args...))
}

func (v *voice) said() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return strings.Join(v.lines, "\n")
}

// bench is one keeper under test, in a bubble of its own time.
type bench struct {
	t      *testing.T
	wall   *fakeWall
	voice  *voice
	o      Options
	policy Policy

	in     *io.PipeWriter
	out    bytes.Buffer
	mu     sync.Mutex
	read   int
	cancel context.CancelFunc
	done   chan error
}

// Write is the keeper's stdout.
func (b *bench) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.out.Write(p)
}

// newBench prepares a keeper whose ledger is in memory.
func newBench(t *testing.T) *bench {
	b := &bench{t: t, wall: newFake("nftables"), voice: &voice{}, policy: Policy{Bantime: 600}}
	b.o = Options{Backend: b.wall, Clock: Wall{}, Voice: b.voice, Open: ledger.Memory}
	return b
}

func newFake(name string) *fakeWall {
	return &fakeWall{name: name, bans: map[string]time.Duration{}}
}

// inFile gives the keeper a ledger that others can open too.
func (b *bench) inFile(path string) *bench {
	b.o.Open = func() (*ledger.Ledger, error) { return ledger.Open(path, ledger.Options{Busy: time.Millisecond}) }
	return b
}

func statePath(t *testing.T) string { return filepath.Join(t.TempDir(), "f2b.sqlite3") }

// keeper makes a keeper of the bench's options.
func (b *bench) keeper() *Keeper {
	b.o.Jails = NewJails(func(string) Policy { return b.policy })
	b.wall.jail = b.o.Jails.Firewall
	return New(b.o)
}

// start runs the keeper until stop or kill.
func (b *bench) start() *bench {
	r, w := io.Pipe()
	b.in = w
	ctx, cancel := context.WithCancel(context.Background())
	b.cancel = cancel
	b.done = make(chan error, 1)
	k := b.keeper()
	go func() { b.done <- k.Run(ctx, r, b) }()
	synctest.Wait()
	return b
}

// idle makes a keeper that does only what the test calls: the hours of a bubble pass faster without it.
func (b *bench) idle() *Keeper {
	k := b.keeper()
	k.out = event.NewWriter(b)
	k.begin()
	b.t.Cleanup(k.book.close)
	return k
}

// items reads lines as a keeper does.
func items(t *testing.T, lines ...string) []*hand {
	t.Helper()
	in := newIntake(strings.NewReader(strings.Join(lines, "\n")))
	in.read()
	all, _, err := in.take()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// stop ends the input and waits for the keeper.
func (b *bench) stop() {
	b.t.Helper()
	b.in.Close()
	if err := <-b.done; err != nil {
		b.t.Errorf("the keeper ended with %v", err)
	}
	b.cancel()
}

// send writes lines to the keeper and waits until it has done what there is to do.
func (b *bench) send(lines ...string) {
	b.in.Write([]byte(strings.Join(lines, "\n") + "\n"))
	synctest.Wait()
}

// events returns what the keeper has written since the last call, one word each for type, address, and what is of interest.
func (b *bench) events() (said []string) {
	b.t.Helper()
	for _, e := range b.parsed() {
		s := e.Type + " " + e.Key()
		if e.Bantime != 0 {
			s += fmt.Sprintf(" %d", e.Bantime)
		}
		if e.Bancount > 1 {
			s += fmt.Sprintf(" x%d", e.Bancount)
		}
		if e.Restored {
			s += " restored"
		}
		if e.Error != "" {
			s += ": " + e.Error
		}
		said = append(said, s)
	}
	return said
}

func (b *bench) parsed() (events []event.Event) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for line := range strings.Lines(b.out.String()[b.read:]) {
		e, err := event.Parse([]byte(strings.TrimSuffix(line, "\n")))
		if err != nil {
			b.t.Fatalf("%v in %q", err, line)
		}
		events = append(events, e)
	}
	b.read = b.out.Len()
	return events
}

// decision is a "ban" of an address that is decided now.
func decision(ip string, more ...string) string {
	return decisionAt(time.Now(), ip, more...)
}

func decisionAt(at time.Time, ip string, more ...string) string {
	s := fmt.Sprintf(`{"v":1,"type":"ban","time":%q,"ip":%q,"filter":"sshd"`, at.UTC().Format(time.RFC3339Nano), ip)
	for _, m := range more {
		s += "," + m
	}
	return s + "}"
}

func want[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if g, w := fmt.Sprintf("%q", any(got)), fmt.Sprintf("%q", any(want)); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

var errRefused = errors.New("the kernel refuses")
