package ledger

import (
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"f2b/lib/bounds"
	"f2b/lib/event"
)

func makeDatabase(t testing.TB, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
}

// writeFail2ban has fail2ban itself write a database, through the classes that its server uses.
func writeFail2ban(t testing.TB, path string) {
	t.Helper()
	script := `
import sys, time
from fail2ban.server.database import Fail2BanDb
from fail2ban.server.ticket import BanTicket
class Actions:
    def getBanTime(self): return 600
class Jail:
    def __init__(self, name): self.name, self.actions = name, Actions()
db = Fail2BanDb(sys.argv[1])
sshd, mail = Jail("sshd"), Jail("mail")
db.addJail(sshd); db.addJail(mail)
def ban(jail, ip, at, bantime, count, matches):
    t = BanTicket(ip, at, matches)
    t.setAttempt(len(matches)); t.setBanTime(bantime); t.setBanCount(count)
    db.addBan(jail, t)
ban(sshd, "192.0.2.1", 1700000000, 3600, 1, ["first", "second"])
ban(sshd, "192.0.2.1", 1700010000, 7200, 2, ["third"])
ban(sshd, "2001:db8::1", 1700000001, -1, 1, [["Nov 14 22:13:21", "", " host sshd: x"]])
ban(mail, "192.0.2.1", 1700000002, 600, 1, [])
ban(mail, "someone@example.com", 1700000003, 600, 4, ["y"])
db.close()
`
	if out, err := exec.Command("/usr/bin/python3", "-c", script, path).CombinedOutput(); err != nil {
		t.Fatalf("fail2ban could not write its database: %v\n%s", err, out)
	}
}

func TestReadFail2banOwnDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fail2ban.sqlite3")
	writeFail2ban(t, path)
	bans, err := ReadFail2ban(path, 600)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "rows", keys(bans), []string{"mail 192.0.2.1", "mail someone@example.com", "sshd 2001:db8::1", "sshd 192.0.2.1"})
	id, permanent, last := bans[1], bans[2], bans[3]
	want(t, "count of an id", id.Bancount, 4)
	want(t, "a permanent one", []any{permanent.Bantime, permanent.Expires.IsZero()}, []any{int64(-1), true})
	want(t, "the last of two", []any{last.Bancount, last.Bantime, last.Time.Unix(), last.Expires.Unix()},
		[]any{2, int64(7200), int64(1700010000), int64(1700017200)})
	e, err := event.Parse(last.Event)
	want(t, "error", err, nil)
	want(t, "matches", e.Matches, []string{"third"})
	want(t, "failures", e.Failures, 1)
	e, err = event.Parse(permanent.Event)
	want(t, "error", err, nil)
	want(t, "a match in three parts", e.Matches, []string{"Nov 14 22:13:21 host sshd: x"})
}

func TestReadFail2banBefore011(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.sqlite3")
	makeDatabase(t, path, "CREATE TABLE bans (jail TEXT NOT NULL, ip TEXT, timeofban INTEGER NOT NULL, data JSON)",
		`INSERT INTO bans VALUES ('sshd', '192.0.2.1', 1700000000, '{"failures": 3}'), ('sshd', '192.0.2.1', 1700000900, '{"failures": 4}'),
			('sshd', '', 1, '{}'), ('sshd', '192.0.2.2', 1700000000, 'no json')`)
	bans, err := ReadFail2ban(path, 1200)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "rows", keys(bans), []string{"sshd 192.0.2.2", "sshd 192.0.2.1"})
	want(t, "the last ban", bans[1].Time, time.Unix(1700000900, 0).UTC())
	want(t, "bantime and count", []any{bans[1].Bantime, bans[1].Bancount}, []any{int64(1200), 2})
}

func TestReadFail2banRefuses(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"text": "no database at all, but long enough to be looked at as one", "empty": ""} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadFail2ban(path, 600); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := ReadFail2ban(filepath.Join(dir, "missing"), 600); err == nil {
		t.Error("a missing file: no error")
	}
}

// FuzzReadFail2ban reads databases with bytes changed.
func FuzzReadFail2ban(f *testing.F) {
	path := filepath.Join(f.TempDir(), "fail2ban.sqlite3")
	writeFail2ban(f, path)
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	seedChanges(f)
	f.Fuzz(func(t *testing.T, changes []byte) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		path := filepath.Join(t.TempDir(), "fail2ban.sqlite3")
		if err := os.WriteFile(path, changed(good, changes), 0o600); err != nil {
			t.Fatal(err)
		}
		bans, _ := ReadFail2ban(path, 600)
		for _, b := range bans {
			if _, err := event.Parse(b.Event); err != nil || b.Key == "" || b.Bancount < 1 {
				t.Errorf("%+v: %v", b, err)
			}
		}
	})
}
