package ban

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"f2b/lib/ledger"
)

// Fault: ledger: another program holds its lock. Outcome: bans and unbans go on, which is said once; what was missed is written
// down when the lock is gone.
func TestALockedLedgerDoesNotStopBans(t *testing.T) {
	path := statePath(t)
	bubble(t, func(t *testing.T, b *bench) {
		b.inFile(path).start()
		b.send(decision("192.0.2.1"))
		holder, err := ledger.Open(path, ledger.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer holder.Close()
		done := errors.New("done")
		err = holder.Update(func(*ledger.Tx) error {
			b.send(decision("192.0.2.2"), decision("192.0.2.3"))
			want(t, "said", b.events(), []string{"banned 192.0.2.1 600", "banned 192.0.2.2 600", "banned 192.0.2.3 600"})
			want(t, "in force", len(b.wall.banned()), 3)
			b.send(`{"type":"unban","ip":"192.0.2.3"}`, `{"type":"unban","ip":"192.0.2.1"}`)
			want(t, "unbans too", b.events(), []string{"unbanned 192.0.2.3 600", "unbanned 192.0.2.1 600"})
			return done
		})
		if !errors.Is(err, done) {
			t.Error(err)
		}
		if said := b.voice.said(); strings.Count(said, "locked by another program") != 1 {
			t.Errorf("said %q", said)
		}
		time.Sleep(2 * bookRetry)
		synctest.Wait()
		rows, err := holder.InForce("")
		if err != nil || len(rows) != 1 || rows[0].Key != "192.0.2.2" || len(rows[0].Event) == 0 {
			t.Errorf("written down later: %+v, %v", rows, err)
		}
		b.stop()
	})
}

func TestTheLastChanceToWriteDown(t *testing.T) {
	for _, freed := range []bool{true, false} {
		t.Run(fmt.Sprintf("freed %v", freed), func(t *testing.T) {
			path := statePath(t)
			bubble(t, func(t *testing.T, b *bench) {
				b.inFile(path).start()
				holder, err := ledger.Open(path, ledger.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer holder.Close()
				holder.Update(func(*ledger.Tx) error {
					b.send(decision("192.0.2.1"))
					if !freed {
						b.stop()
					}
					return errors.New("undone")
				})
				if freed {
					b.stop()
				}
				rows, err := holder.InForce("")
				said := strings.Contains(b.voice.said(), "1 ban not written down")
				if err != nil || freed != (len(rows) == 1) || freed == said {
					t.Errorf("%d rows, %v; said %q", len(rows), err, b.voice.said())
				}
			})
		})
	}
}

// Fault: ledger: it is damaged while in use. Outcome: the file is kept aside as .damaged-TIME, a new one is begun with all the bans
// in force, and nobody is released.
func TestADamagedLedgerIsReplaced(t *testing.T) {
	path := statePath(t)
	bubble(t, func(t *testing.T, b *bench) {
		b.inFile(path).start()
		b.send(decision("192.0.2.1"))
		damage(t, path)
		b.send(decision("192.0.2.2"))
		watched()
		want(t, "said", b.events(), []string{"banned 192.0.2.1 600", "banned 192.0.2.2 600"})
		asides, err := filepath.Glob(path + ".damaged-*")
		if err != nil || len(asides) == 0 {
			t.Errorf("nothing was kept aside: %v; said %q", err, b.voice.said())
		}
		time.Sleep(2 * bookRetry)
		synctest.Wait()
		b.stop()
		b = b.reboot().start()
		want(t, "the new one has them all", slices.Sorted(slices.Values(b.events())), []string{"banned 192.0.2.1 600 restored", "banned 192.0.2.2 600 restored"})
		b.stop()
	})
}

// damage makes a ledger unreadable while it is in use.
func damage(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, s := range []string{"PRAGMA writable_schema = on", "UPDATE sqlite_schema SET sql = 'CREATE TABLE broken'", "PRAGMA schema_version = 12345"} {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
}

// Fault: ledger: its files are removed while in use. Outcome: within a second another is begun with all the bans in force.
func TestARemovedLedgerIsBegunAnew(t *testing.T) {
	path := statePath(t)
	bubble(t, func(t *testing.T, b *bench) {
		b.inFile(path).start()
		b.send(decision("192.0.2.1"))
		for _, suffix := range []string{"", "-wal", "-shm"} {
			if err := os.Remove(path + suffix); err != nil {
				t.Fatal(err)
			}
		}
		watched()
		b.send(decision("192.0.2.2"))
		watched()
		b.stop()
		b = b.reboot().start()
		want(t, "restored", slices.Sorted(slices.Values(b.events())), []string{"banned 192.0.2.1 600 restored", "banned 192.0.2.2 600 restored"})
		b.stop()
	})
}

func TestPurge(t *testing.T) {
	path := statePath(t)
	bubble(t, func(t *testing.T, b *bench) {
		b.o.PurgeAge = 24 * time.Hour
		b.inFile(path).start()
		b.send(decision("192.0.2.1"))
		b.stop()
		for _, c := range []struct {
			later time.Duration
			want  int
		}{{23 * time.Hour, 1}, {3 * time.Hour, 0}} {
			time.Sleep(c.later)
			b = b.reboot().start()
			watched()
			b.stop()
			l, err := ledger.Open(path, ledger.Options{})
			if err != nil {
				t.Fatal(err)
			}
			totals, err := l.Totals()
			if err != nil || len(totals) != 1 || totals[0].Ever != c.want {
				t.Errorf("%v later: %+v, %v; want %d", c.later, totals, err, c.want)
			}
			l.Close()
		}
	})
}
