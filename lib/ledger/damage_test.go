package ledger

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"f2b/lib/bounds"
)

// Fault: ledger: the file is text, zeros, cut off or of another program. Outcome: a file that was once a ledger is kept aside and a
// new one begun; one that never was is refused and left alone.
func TestDamagedFileIsNamed(t *testing.T) {
	for name, content := range map[string][]byte{
		"text":         []byte(strings.Repeat("this is no database\n", 100)),
		"zeros":        make([]byte, 8192),
		"header":       append([]byte("SQLite format 3\x00"), bytes.Repeat([]byte{0xff}, 4000)...),
		"other tables": foreign(t, "PRAGMA user_version = 1"),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "f2b.sqlite3")
			write(t, path, content)
			if _, err := Open(path, Options{}); !errors.Is(err, ErrForeign) || !strings.Contains(err.Error(), path) {
				t.Errorf("a file that was never a ledger: %v", err)
			}
			write(t, path+lockSuffix, nil)
			if _, err := Open(path, Options{}); !errors.Is(err, ErrDamaged) || strings.Count(err.Error(), "damaged") != 1 {
				t.Fatalf("a file that was one: %v", err)
			}
			aside, err := SetAside(path, start)
			if err != nil {
				t.Fatal(err)
			}
			want(t, "new name", aside, path+".damaged-20260301T120000Z")
			l, err := Open(path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			l.Close()
			again, err := SetAside(path, start)
			if err != nil || again == aside {
				t.Errorf("a second one of the same second is %s, %v", again, err)
			}
		})
	}
}

func TestEmptiedFileIsNoted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f2b.sqlite3")
	for _, c := range []struct {
		what    string
		prepare func()
		emptied bool
	}{
		{"a new one", func() {}, false},
		{"one that is whole", func() {}, false},
		{"one cut to nothing", func() { write(t, path, nil) }, true},
		{"the one begun then", func() {}, false},
		{"one that was removed", func() { os.Remove(path) }, false},
	} {
		c.prepare()
		l, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		other, err := Open(path, Options{}) // while it is in use
		if err != nil {
			t.Fatal(err)
		}
		if l.Emptied() != c.emptied || other.Emptied() {
			t.Errorf("%s: emptied %v, and then %v", c.what, l.Emptied(), other.Emptied())
		}
		l.Close()
		other.Close()
	}
}

func TestAnothersDatabaseIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f2b.sqlite3")
	write(t, path, foreign(t))
	write(t, path+lockSuffix, nil)
	if _, err := Open(path, Options{}); !errors.Is(err, ErrForeign) || errors.Is(err, ErrDamaged) {
		t.Errorf("got %v", err)
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// foreign is a database of another program.
func foreign(t *testing.T, more ...string) []byte {
	path := filepath.Join(t.TempDir(), "other.sqlite3")
	makeDatabase(t, path, append(more, "CREATE TABLE bans (x)")...)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestNewerFileIsLeftAlone(t *testing.T) {
	l := openIn(t, t.TempDir())
	if _, err := l.exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	l.Close()
	if _, err := Open(l.Path(), Options{}); !errors.Is(err, ErrNewer) {
		t.Errorf("got %v", err)
	}
}

func TestLockedFileIsNamed(t *testing.T) {
	dir := t.TempDir()
	holder, waiter := openIn(t, dir), openIn(t, dir)
	held := errors.New("held")
	err := holder.Update(func(*Tx) error {
		err := waiter.Update(func(*Tx) error { return nil })
		if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), waiter.Path()) {
			t.Errorf("got %v", err)
		}
		if _, err := openIn(t, dir).InForce(""); err != nil {
			t.Errorf("opening and reading has to be possible: %v", err)
		}
		return held
	})
	if !errors.Is(err, held) {
		t.Error(err)
	}
	put(t, waiter, sample("192.0.2.1"))
}

func TestReplacedFileIsNoticed(t *testing.T) {
	l := openIn(t, t.TempDir())
	want(t, "at first", l.Replaced(), false)
	if _, err := SetAside(l.Path(), time.Now()); err != nil {
		t.Fatal(err)
	}
	want(t, "when it is gone", l.Replaced(), true)
	other, err := Open(l.Path(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	want(t, "when there is another", l.Replaced(), true)
	want(t, "the other", other.Replaced(), false)
}

func TestKeepersLiveAsLongAsTheirLedger(t *testing.T) {
	dir := t.TempDir()
	a, b := openIn(t, dir), openIn(t, dir)
	ids := map[*Ledger]int64{}
	for _, l := range []*Ledger{a, b} {
		id, err := l.BecomeKeeper()
		if err != nil {
			t.Fatal(err)
		}
		ids[l] = id
	}
	alive := func(l *Ledger, id int64) bool {
		t.Helper()
		alive, err := l.Alive(id)
		if err != nil {
			t.Fatal(err)
		}
		return alive
	}
	want(t, "b of a", alive(b, ids[a]), true)
	want(t, "a of a", alive(a, ids[a]), true)
	want(t, "nobody", alive(a, 0), false)
	want(t, "unborn", alive(a, 1000), false)
	a.Close()
	want(t, "b of a that is gone", alive(b, ids[a]), false)
}

func TestARoleHasOneHolder(t *testing.T) {
	dir := t.TempDir()
	a, b := openIn(t, dir), openIn(t, dir)
	try := func(l *Ledger, role string) bool {
		t.Helper()
		got, err := l.TryRole(role)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	want(t, "the first", try(a, "steward"), true)
	want(t, "again", try(a, "steward"), true)
	want(t, "the second", try(b, "steward"), false)
	want(t, "another role", try(b, "other"), true)
	taken, err := b.RoleTaken("steward")
	want(t, "taken", taken && err == nil, true)
	a.Close()
	want(t, "the heir", try(b, "steward"), true)
}

// FuzzOpen opens files with bytes changed: whatever they hold, there is an error or a ledger that works, or says that it does not.
func FuzzOpen(f *testing.F) {
	path := filepath.Join(f.TempDir(), "f2b.sqlite3")
	l, err := Open(path, Options{})
	if err != nil {
		f.Fatal(err)
	}
	b := sample("192.0.2.1")
	if err := l.Update(func(tx *Tx) error { return tx.Put(&b) }); err != nil {
		f.Fatal(err)
	}
	l.Close()
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	seedChanges(f)
	f.Fuzz(func(t *testing.T, changes []byte) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		path := filepath.Join(t.TempDir(), "f2b.sqlite3")
		if err := os.WriteFile(path, changed(good, changes), 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := Open(path, Options{})
		if err != nil {
			return
		}
		defer l.Close()
		l.InForce("")
		l.Totals()
		l.Update(func(tx *Tx) error { return tx.Put(&b) })
		l.Purge(start)
	})
}

// changed is a file with bytes changed: of each four the first three say where, and the last one what to.
func changed(good, changes []byte) []byte {
	bad := bytes.Clone(good)
	for change := range slices.Chunk(changes, 4) {
		if len(change) == 4 {
			bad[int(binary.BigEndian.Uint32(change)>>8)%len(bad)] = change[3]
		}
	}
	return bad
}

// seedChanges begins with none, few and many.
func seedChanges(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 0))
	for n := range 4 {
		var changes []byte
		for range n * n * 10 {
			changes = binary.BigEndian.AppendUint32(changes, r.Uint32())
		}
		f.Add(changes)
	}
}
