package ledger

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

func openIn(t *testing.T, dir string) *Ledger {
	t.Helper()
	l, err := Open(filepath.Join(dir, "state", "f2b.sqlite3"), Options{Busy: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func sample(key string) Ban {
	return Ban{Jail: "sshd", Key: key, State: InForce, Time: start, Expires: start.Add(time.Hour), Bantime: 3600,
		Bancount: 1, Backend: "nftables", Event: []byte(`{"v":1,"type":"banned"}`)}
}

func put(t *testing.T, l *Ledger, bans ...Ban) {
	t.Helper()
	err := l.Update(func(tx *Tx) error {
		for i := range bans {
			if err := tx.Put(&bans[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func keys(bans []Ban) (keys []string) {
	for _, b := range bans {
		keys = append(keys, b.Jail+" "+b.Key)
	}
	return keys
}

func want[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %+v, want %+v", what, got, want)
	}
}

func TestRowComesBackAsItWas(t *testing.T) {
	dir := t.TempDir()
	l := openIn(t, dir)
	timed, permanent := sample("192.0.2.1"), sample("2001:db8::/32")
	permanent.Expires, permanent.Bantime = time.Time{}, -1
	put(t, l, timed, permanent)
	l.Close()
	l = openIn(t, dir)
	for _, b := range []Ban{timed, permanent} {
		b.Rev = 1
		got, found, err := l.Get(b.ID())
		if err != nil || !found {
			t.Fatal(found, err)
		}
		want(t, b.Key, got, b)
	}
	if _, found, err := l.Get(ID{"sshd", "192.0.2.9", "nftables"}); found || err != nil {
		t.Errorf("an unknown address: found %v, %v", found, err)
	}
}

func TestFailedUpdateChangesNothing(t *testing.T) {
	l := openIn(t, t.TempDir())
	fault := errors.New("no")
	err := l.Update(func(tx *Tx) error {
		b := sample("192.0.2.1")
		if err := tx.Put(&b); err != nil {
			return err
		}
		return fault
	})
	if !errors.Is(err, fault) {
		t.Fatal(err)
	}
	rows, err := l.InForce("")
	want(t, "rows", keys(rows), nil)
	want(t, "error", err, nil)
	put(t, l, sample("192.0.2.2")) // the next change is possible
}

func TestEndKeepsTheCountAndDropsTheEvent(t *testing.T) {
	l := openIn(t, t.TempDir())
	b := sample("192.0.2.1")
	b.Bancount = 3
	put(t, l, b)
	over := start.Add(time.Minute)
	if err := l.Update(func(tx *Tx) error { return tx.End(b.ID(), over) }); err != nil {
		t.Fatal(err)
	}
	got, _, err := l.Get(b.ID())
	if err != nil {
		t.Fatal(err)
	}
	want(t, "state", got.State, Over)
	want(t, "count", got.Bancount, 3)
	want(t, "event", string(got.Event), "")
	want(t, "end", got.Expires, over)
	rows, _ := l.InForce("")
	want(t, "in force", keys(rows), nil)
}

func TestLiftMarksOnlyWhatStands(t *testing.T) {
	l := openIn(t, t.TempDir())
	stands, over := sample("192.0.2.1"), sample("192.0.2.2")
	over.State = Over
	put(t, l, stands, over)
	err := l.Update(func(tx *Tx) error { return errors.Join(tx.Lift(stands.ID()), tx.Lift(over.ID())) })
	if err != nil {
		t.Fatal(err)
	}
	a, _, _ := l.Get(stands.ID())
	b, _, _ := l.Get(over.ID())
	want(t, "stands", a.State, Lifting)
	want(t, "over", b.State, Over)
	rows, _ := l.Of("192.0.2.1")
	want(t, "still to be lifted", keys(rows), []string{"sshd 192.0.2.1"})
}

func TestCountOfAllJails(t *testing.T) {
	l := openIn(t, t.TempDir())
	a, b, other := sample("192.0.2.1"), sample("192.0.2.1"), sample("192.0.2.2")
	a.Bancount, b.Bancount, b.Jail = 3, 4, "dovecot"
	put(t, l, a, b, other)
	var n, none int
	err := l.Update(func(tx *Tx) (err error) {
		n, err = tx.Count("192.0.2.1")
		if err == nil {
			none, err = tx.Count("192.0.2.77")
		}
		return err
	})
	want(t, "error", err, nil)
	want(t, "count", []int{n, none}, []int{7, 0})
}

func TestTwoBackendsOfOneJail(t *testing.T) {
	l := openIn(t, t.TempDir())
	a, b := sample("192.0.2.1"), sample("192.0.2.1")
	a.Bancount, b.Bancount, b.Backend, b.Time = 3, 4, "iptables", b.Time.Add(time.Minute)
	put(t, l, a, b)
	var all, before, same int
	err := l.Update(func(tx *Tx) (err error) {
		all, err = tx.Count("192.0.2.1")
		other := ID{"sshd", "192.0.2.1", "ipset"}
		if err == nil {
			before, err = tx.Elsewhere(other, b.Time)
		}
		if err == nil {
			same, err = tx.Elsewhere(b.ID(), a.Time)
		}
		return errors.Join(err, tx.End(b.ID(), b.Time))
	})
	want(t, "error", err, nil)
	want(t, "counts", []int{all, before, same}, []int{4, 3, 0})
	rows, err := l.InForce("")
	if err != nil || len(rows) != 1 || rows[0].Backend != "nftables" {
		t.Errorf("in force are %+v, %v", rows, err)
	}
	totals, err := l.Totals()
	want(t, "error", err, nil)
	want(t, "totals", totals, []Total{{"sshd", 1, 4}})
}

func TestChangesOfOthersAreSeen(t *testing.T) {
	dir := t.TempDir()
	here, there := openIn(t, dir), openIn(t, dir)
	seen := func() bool {
		t.Helper()
		changed, err := here.Changed()
		if err != nil {
			t.Fatal(err)
		}
		return changed
	}
	seen() // the opening of the other may count
	seen() // that the other was opened may count
	put(t, here, sample("192.0.2.1"))
	want(t, "after an own change", seen(), false)
	rev, err := here.Rev()
	want(t, "error", err, nil)
	put(t, there, sample("192.0.2.2"), sample("192.0.2.3"))
	want(t, "after another's", seen(), true)
	want(t, "once", seen(), false)
	rows, err := here.Since(rev)
	want(t, "error", err, nil)
	want(t, "what is new", keys(rows), []string{"sshd 192.0.2.2", "sshd 192.0.2.3"})
}

func TestPagesHoldEveryRowOnce(t *testing.T) {
	l := openIn(t, t.TempDir())
	var all []string
	for i := range 25 {
		b := sample("198.51.100." + string(rune('a'+i)))
		switch i % 5 {
		case 3:
			b.Backend = "iptables"
		case 4:
			b.State = Over
		default:
			all = append(all, "sshd "+b.Key)
		}
		put(t, l, b)
	}
	var c Cursor
	var got []string
	for pages := 0; !c.Done; pages++ {
		page, err := l.Page(&c, "nftables", 4)
		if err != nil || len(page) > 4 || pages > 10 {
			t.Fatal(len(page), pages, err)
		}
		got = append(got, keys(page)...)
	}
	slices.Sort(got)
	slices.Sort(all)
	want(t, "rows", got, all)
}

func TestJailsAndTotals(t *testing.T) {
	l := openIn(t, t.TempDir())
	a, b, over := sample("192.0.2.1"), sample("192.0.2.2"), sample("192.0.2.3")
	b.Jail = "dovecot"
	over.State, over.Bancount = Over, 5
	put(t, l, a, b, over)
	err := l.Update(func(tx *Tx) error {
		return errors.Join(tx.PutJail("sshd", "nftables", []byte(`{}`), start), tx.PutJail("empty", "iptables", []byte(`{"x":1}`), start.Add(time.Second)))
	})
	want(t, "error", err, nil)
	jails, err := l.Jails()
	want(t, "error", err, nil)
	want(t, "jails, the last used first", jails, []Jail{
		{"empty", "iptables", []byte(`{"x":1}`), start.Add(time.Second)}, {"sshd", "nftables", []byte(`{}`), start}})
	totals, err := l.Totals()
	want(t, "error", err, nil)
	want(t, "totals", totals, []Total{{"dovecot", 1, 1}, {"empty", 0, 0}, {"sshd", 1, 6}})
	rows, _ := l.InForce("dovecot")
	want(t, "of one jail", keys(rows), []string{"dovecot 192.0.2.2"})
}

func TestPurgeGivesSpaceBack(t *testing.T) {
	l := openIn(t, t.TempDir())
	event := []byte(strings.Repeat("x", 4000))
	for i := range 30 {
		var bans []Ban
		for j := range 100 {
			b := sample("k" + string(rune('a'+i)) + strings.Repeat("x", j))
			b.Event = event
			bans = append(bans, b)
		}
		put(t, l, bans...)
	}
	young := sample("young")
	young.Expires = start.Add(48 * time.Hour)
	permanent := sample("permanent")
	permanent.Expires = time.Time{}
	put(t, l, young, permanent)
	before := l.pages(t)
	for more := true; more; {
		var err error
		if more, err = l.Purge(start.Add(24 * time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := l.InForce("")
	want(t, "error", err, nil)
	want(t, "rows", keys(rows), []string{"sshd permanent", "sshd young"})
	if after := l.pages(t); after > before/10 {
		t.Errorf("%d pages of %d are left", after, before)
	}
}

func (l *Ledger) pages(t *testing.T) (n int) {
	t.Helper()
	if err := l.row("PRAGMA page_count").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestMemoryLeavesNoFile(t *testing.T) {
	t.Chdir(t.TempDir())
	l, err := Memory()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	put(t, l, sample("192.0.2.1"))
	rows, err := l.InForce("")
	want(t, "error", err, nil)
	want(t, "rows", keys(rows), []string{"sshd 192.0.2.1"})
	files, err := os.ReadDir(".")
	want(t, "error", err, nil)
	want(t, "files", len(files), 0)
}

func TestFileIsPrivate(t *testing.T) {
	l := openIn(t, t.TempDir())
	for path, mode := range map[string]os.FileMode{l.Path(): 0o600, filepath.Dir(l.Path()): 0o700} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		want(t, path, info.Mode().Perm(), mode)
	}
}

func TestDefaultPath(t *testing.T) {
	for _, c := range []struct {
		root      bool
		xdg, home string
		want      string
	}{
		{true, "/x", "/root", "/var/lib/f2b/f2b.sqlite3"},
		{false, "", "/home/u", "/home/u/.local/state/f2b/f2b.sqlite3"},
		{false, "/x", "/home/u", "/x/f2b/f2b.sqlite3"},
		{false, "relative", "/home/u", "/home/u/.local/state/f2b/f2b.sqlite3"},
	} {
		want(t, "path", DefaultPath(c.root, c.xdg, c.home), c.want)
	}
}
