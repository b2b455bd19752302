package ban

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"f2b/lib/event"
	"f2b/lib/firewall"
	"f2b/lib/firewall/dryrun"
	"f2b/lib/ledger"
)

// nowall is a firewall that costs nothing.
type nowall struct{ fakeWall }

func (*nowall) Ban([]firewall.Ban) error   { return nil }
func (*nowall) Unban([]firewall.Ban) error { return nil }

// decisions are n lines as f2b-count writes them.
func decisions(n int) string {
	var b strings.Builder
	e := event.Event{V: 1, Type: event.Ban, Time: time.Now(), Filter: "sshd", Failures: 5, First: time.Now(), Findtime: 600, Maxretry: 5}
	for i := range 5 {
		e.Matches = append(e.Matches, fmt.Sprintf("Dec 10 07:%02d:01 host sshd[24200]: Failed password for root from 192.0.2.1 port 38926 ssh2", i))
	}
	for i := range n {
		e.IP = prefixOf(&event.Event{}, fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255))
		b.Write(e.AppendJSON(nil))
	}
	return b.String()
}

func benchKeeper(b *testing.B, path string) *Keeper {
	return New(Options{
		Backend: &nowall{}, Clock: Wall{}, Voice: &voice{}, Jails: NewJails(func(string) Policy { return Policy{Bantime: 3600} }),
		Open: func() (*ledger.Ledger, error) { return ledger.Open(path, ledger.Options{}) },
	})
}

// BenchmarkBans is the way of 10,000 decisions from stdin through the ledger to stdout, without a firewall.
func BenchmarkBans(b *testing.B) {
	lines := decisions(10000)
	for b.Loop() {
		k := benchKeeper(b, filepath.Join(b.TempDir(), "f2b.sqlite3"))
		if err := k.Run(b.Context(), strings.NewReader(lines), io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(10000*float64(b.N)/b.Elapsed().Seconds(), "bans/s")
}

// BenchmarkRestore reads 100,000 bans from the ledger, and says so, without a firewall.
func BenchmarkRestore(b *testing.B) {
	path := filepath.Join(b.TempDir(), "f2b.sqlite3")
	if err := benchKeeper(b, path).Run(b.Context(), strings.NewReader(decisions(100000)), io.Discard); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		k := benchKeeper(b, path)
		if err := k.Run(b.Context(), strings.NewReader(""), io.Discard); err != nil {
			b.Fatal(err)
		}
		if len(k.bans) != 100000 {
			b.Fatalf("%d restored", len(k.bans))
		}
	}
}

// BenchmarkDryRun is the way of 10,000 decisions through a dry run, of which half tell nothing new.
func BenchmarkDryRun(b *testing.B) {
	lines := decisions(5000)
	lines += lines
	b.SetBytes(int64(len(lines)))
	b.ReportAllocs()
	for b.Loop() {
		jails := NewJails(func(string) Policy { return Policy{Bantime: 3600} })
		k := New(Options{Backend: dryrun.New(jails.Firewall, nil), Clock: &EventTime{}, Voice: &voice{}, Jails: jails, Open: ledger.Memory})
		if err := k.Run(b.Context(), strings.NewReader(lines), io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/10000/float64(b.N)*1e9, "ns/decision")
}
