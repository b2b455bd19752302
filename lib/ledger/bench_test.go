package ledger

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkPut writes bans with a kilobyte of event each, in changes of 256, to a file: a row an iteration.
func BenchmarkPut(b *testing.B) {
	l, err := Open(filepath.Join(b.TempDir(), "f2b.sqlite3"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	event := bytes.Repeat([]byte("x"), 1000)
	n := 0
	for b.Loop() {
		if n%256 == 0 {
			batch(b, l, n, event)
		}
		n++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "bans/s")
}

func batch(b *testing.B, l *Ledger, from int, event []byte) {
	now := time.Now()
	err := l.Update(func(tx *Tx) error {
		for i := range 256 {
			ban := Ban{Key: fmt.Sprintf("10.%d.%d.%d", (from+i)>>16&255, (from+i)>>8&255, (from+i)&255), Jail: "sshd",
				State: InForce, Time: now, Expires: now.Add(time.Hour), Bantime: 3600, Bancount: 1, Backend: "nftables", Event: event}
			if _, _, err := tx.Get(ban.ID()); err != nil {
				return err
			}
			if err := tx.Put(&ban); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
