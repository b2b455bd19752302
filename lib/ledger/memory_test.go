package ledger

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"
)

// change is one of the changes that a ledger knows, at random.
func change(r *rand.Rand, tx *Tx) error {
	at := start.Add(time.Duration(r.IntN(10)) * 10 * time.Minute)
	b := sample(fmt.Sprintf("192.0.2.%d", r.IntN(5)))
	b.Jail, b.Backend = []string{"sshd", "dovecot"}[r.IntN(2)], []string{"nftables", "iptables"}[r.IntN(2)]
	switch r.IntN(8) {
	case 0:
		return tx.End(b.ID(), at)
	case 1:
		return tx.Lift(b.ID())
	case 2:
		return tx.Delete(b.ID())
	case 3:
		return tx.PutJail(b.Jail, b.Backend, []byte(at.String()), at.Add(time.Nanosecond))
	}
	b.State, b.Time, b.Expires, b.Bancount, b.Keeper = State(r.IntN(3)), at.Add(time.Nanosecond), at.Add(time.Hour), r.IntN(9), r.Int64N(3)
	if r.IntN(4) == 0 {
		b.Expires, b.Bantime = time.Time{}, -1
	}
	return tx.Put(&b)
}

// answers is all that a ledger can be asked.
func answers(t *testing.T, l *Ledger, page int) map[string]any {
	t.Helper()
	all := map[string]any{}
	note := func(what string, answer any, err error) {
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		all[what] = answer
	}
	bans := func(what string, rows []Ban, err error) {
		for i := range rows {
			rows[i].Event = append([]byte{}, rows[i].Event...) // nil is as good
		}
		note(what, append([]Ban{}, rows...), err)
	}
	for _, jail := range []string{"", "sshd"} {
		rows, err := l.InForce(jail)
		bans("in force "+jail, rows, err)
	}
	rows, err := l.Of("192.0.2.1")
	bans("of", rows, err)
	rev, err := l.Rev()
	note("rev", rev, err)
	if rows, err = l.Since(rev - 1); len(rows) < 2 { // of one change the order is open
		bans("since", rows, err)
	}
	for name, read := range map[string]func(*Cursor, string, int) ([]Ban, error){"pages": l.Page, "pages of keys": l.PageOfKeys} {
		var c Cursor
		for i := 0; !c.Done; i++ {
			rows, err := read(&c, "iptables", page)
			bans(fmt.Sprint(name, i), rows, err)
		}
	}
	jails, err := l.Jails()
	var lines []string // those used at the same time are in no order
	for _, j := range jails {
		lines = append(lines, fmt.Sprintf("%s %s %s %v", j.Name, j.Backend, j.Settings, j.Used))
	}
	slices.Sort(lines)
	note("jails", lines, err)
	standing, err := l.Standing()
	note("standing", fmt.Sprint(standing), err)
	totals, err := l.Totals()
	note("totals", fmt.Sprint(totals), err)
	var counts []int
	err = l.Update(func(tx *Tx) (err error) {
		for i := range 50 {
			key := fmt.Sprintf("192.0.2.%d", i/10)
			count, err := tx.Count(key)
			elsewhere, err2 := tx.Elsewhere(ID{"sshd", key, "iptables"}, start.Add(time.Duration(i%10)*10*time.Minute))
			b, found, err3 := tx.Get(ID{"sshd", key, "iptables"})
			if err := errors.Join(err, err2, err3); err != nil {
				return err
			}
			b.Event = append([]byte{}, b.Event...)
			counts = append(counts, count, elsewhere)
			all["row "+key], all["found "+key] = b, found
		}
		return nil
	})
	note("counts", counts, err)
	return all
}

// TestMemoryAnswersAsAFileDoes makes the same changes, of which some fail, to a ledger in memory and to one in a file.
func TestMemoryAnswersAsAFileDoes(t *testing.T) {
	fault := errors.New("no")
	for seed := range uint64(4) {
		here, err := Memory()
		if err != nil {
			t.Fatal(err)
		}
		there := openIn(t, t.TempDir())
		for i := range uint64(60) {
			for _, l := range []*Ledger{here, there} {
				r := rand.New(rand.NewPCG(seed, i))
				err := l.Update(func(tx *Tx) error {
					for range 1 + r.IntN(4) {
						if err := change(r, tx); err != nil {
							return err
						}
					}
					if r.IntN(3) == 0 {
						return fault
					}
					return nil
				})
				if err != nil && !errors.Is(err, fault) {
					t.Fatal(err)
				}
				if i%20 == 19 {
					if _, err := l.Purge(start.Add(90 * time.Minute)); err != nil {
						t.Fatal(err)
					}
				}
			}
			got, wanted := answers(t, here, int(1+i%4)), answers(t, there, int(1+i%4))
			for what := range wanted {
				if !reflect.DeepEqual(got[what], wanted[what]) {
					t.Fatalf("seed %d, change %d, %s:\n got %+v\nwant %+v", seed, i, what, got[what], wanted[what])
				}
			}
		}
	}
}
