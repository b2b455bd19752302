package ban

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"f2b/lib/ledger"
)

// sqlitePage is the size of a ledger's pages.
const sqlitePage = 4096

// TestEveryPageDamaged starts a keeper on a ledger of which one page after the other is garbage, zeros or another page. It bans whom
// it is told to, and puts nobody into the firewall who was not in the ledger; the new decision is in the ledger it ends with.
//
// Fault: ledger: any one page of it is overwritten with garbage, zeros or another page. Outcome: what can be read is restored, or the
// file is kept aside as .damaged-TIME and a new one begun, which is said; nobody is banned who was not before, and new bans are made
// and written down.
func TestEveryPageDamaged(t *testing.T) {
	whole, known := manyPages(t)
	pages := len(whole) / sqlitePage
	if pages < 15 {
		t.Fatalf("a ledger of %d pages is too small a test", pages)
	}
	for how, damage := range map[string]func(page []byte){
		"garbage": func(page []byte) {
			for i := range page {
				page[i] = byte(i*i>>3) ^ 0x5a
			}
		},
		"zeros":        func(page []byte) { clear(page) },
		"another page": func(page []byte) { copy(page, whole[3*sqlitePage:4*sqlitePage]) },
	} {
		asides := 0
		for n := range pages {
			bad := bytes.Clone(whole)
			damage(bad[n*sqlitePage : (n+1)*sqlitePage])
			if startOn(t, fmt.Sprintf("%s in page %d", how, n), bad, known) {
				asides++
			}
		}
		t.Logf("%s: of %d damaged files %d were set aside", how, pages, asides)
		if asides == 0 {
			t.Errorf("%s: no damage was ever noticed", how)
		}
	}
}

// manyPages makes a ledger in one file, and says which bans it holds.
func manyPages(t *testing.T) (whole []byte, known map[string]bool) {
	path := statePath(t)
	known = map[string]bool{"sshd 192.0.2.1": true}
	bubble(t, func(t *testing.T, b *bench) {
		b.inFile(path).start()
		var lines []string
		for i := range 100 {
			lines = append(lines, decision(fmt.Sprintf("198.51.100.%d", i), `"line":"`+strings.Repeat("x", 300)+`"`))
			known[fmt.Sprintf("sshd 198.51.100.%d", i)] = true
		}
		b.send(lines...)
		b.stop()
	})
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		t.Fatalf("%d bytes are still in the log beside the file", info.Size())
	}
	return whole, known
}

// startOn runs a keeper on a file, and reports whether that was set aside.
func startOn(t *testing.T, what string, file []byte, known map[string]bool) (aside bool) {
	t.Helper()
	path := statePath(t)
	for name, content := range map[string][]byte{path: file, path + ".keepers": nil} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	said := ""
	bubble(t, func(t *testing.T, b *bench) {
		b.o.Open = func() (*ledger.Ledger, error) { return openOrReplace(path) }
		b.start()
		b.send(decision("192.0.2.1"))
		watched()
		time.Sleep(2 * bookRetry)
		watched()
		for _, name := range b.wall.banned() {
			if !known[name] {
				t.Errorf("%s: banned %s, which was never in the ledger", what, name)
			}
		}
		if !slices.Contains(b.wall.banned(), "sshd 192.0.2.1") {
			t.Errorf("%s: the new ban is not in force; said %q", what, b.voice.said())
		}
		b.stop()
		said = b.voice.said()
	})
	l, err := ledger.Open(path, ledger.Options{})
	if err != nil {
		t.Errorf("%s: afterwards: %v", what, err)
		return false
	}
	defer l.Close()
	rows, err := l.InForce("")
	if err != nil || !slices.ContainsFunc(rows, func(r ledger.Ban) bool { return r.Key == "192.0.2.1" }) {
		t.Errorf("%s: the new ban is not in the ledger: %d rows, %v; said %q", what, len(rows), err, said)
	}
	found, _ := filepath.Glob(path + ".damaged-*")
	return len(found) > 0
}

// openOrReplace opens a ledger as f2b-ban does.
func openOrReplace(path string) (*ledger.Ledger, error) {
	l, err := ledger.Open(path, ledger.Options{Busy: time.Millisecond})
	if !errors.Is(err, ledger.ErrDamaged) {
		return l, err
	}
	if _, err := ledger.SetAside(path, time.Now()); err != nil {
		return nil, err
	}
	return ledger.Open(path, ledger.Options{Busy: time.Millisecond})
}
