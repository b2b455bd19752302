package ban

import (
	"runtime"
	"sync"
	"time"

	"f2b/lib/event"
	"f2b/lib/ledger"
)

// announceSome announces the bans of the next page, and ends those that are over.
func (k *Keeper) announceSome() error {
	page, err := k.book.ledger.Page(&k.restore.cursor, k.Backend.Name(), k.restore.pace.size)
	k.endOverdue(page)
	k.announce(page)
	return err
}

// endOverdue ends those bans that nobody keeps and whose time was up before.
func (k *Keeper) endOverdue(rows []ledger.Ban) {
	now := k.Clock.Now()
	var over []ending
	mine := k.orphans()
	for i := range rows {
		if row := &rows[i]; (row.State == ledger.Lifting || row.Expired(now)) && mine(row) {
			over = append(over, k.overdue(row, now))
		}
	}
	k.endAll(over)
}

// announce says of bans that were taken over that they stand.
func (k *Keeper) announce(rows []ledger.Ban) {
	var told []*ledger.Ban
	for i := range rows {
		if e := k.bans[rows[i].ID()]; e != nil && e.untold {
			e.untold = false
			told = append(told, &rows[i])
		}
	}
	lines := make([][]byte, len(told))
	onAllProcessors(len(told), func(i int) {
		e := restoredEvent(told[i])
		lines[i] = e.AppendJSON(nil)
	})
	for _, line := range lines {
		k.out.WriteRaw(line[:len(line)-1])
	}
}

// restoredEvent is the event of a row that is put back.
func restoredEvent(row *ledger.Ban) *event.Event {
	e := eventOf(row)
	e.Restored = true
	return &e
}

// onAllProcessors does n things: to read the events is the largest part of all that restoring takes.
func onAllProcessors(n int, do func(i int)) {
	var wait sync.WaitGroup
	part := max(n/runtime.GOMAXPROCS(0)+1, 256)
	for from := 0; from < n; from += part {
		wait.Go(func() {
			for i := from; i < min(from+part, n); i++ {
				do(i)
			}
		})
	}
	wait.Wait()
}

// overdue prepares the end of a ban that ended, or was to be ended, while nobody kept it.
func (k *Keeper) overdue(row *ledger.Ban, now time.Time) ending {
	at := now
	if row.Expired(now) {
		at = row.Expires
	}
	return ending{id: row.ID(), event: unbanned(row, at), mine: true}
}
