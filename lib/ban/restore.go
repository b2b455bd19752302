package ban

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"f2b/lib/event"
	"f2b/lib/firewall"
	"f2b/lib/ledger"
)

// How many bans are restored at once: as many as take about pageTime, so that a new ban never waits longer for its turn.
const (
	pageFirst = 512
	pageMost  = 8192
	pageTime  = 50 * time.Millisecond
)

// restoring is how far the taking over of bans has come.
type restoring struct {
	active bool
	cursor ledger.Cursor
	size   int
	roles  map[string]bool // jails whose bans another process takes over
	idle   bool            // another process takes over all of them
}

// always is a channel that can always be read from.
var always = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// pending is ready while there is something left to restore.
func (r *restoring) pending() <-chan struct{} {
	if r.active {
		return always
	}
	return nil
}

// steward is the role of taking over bans that nobody keeps: of one backend, in one jail or in all.
func (k *Keeper) steward(jail string) string { return "steward\x00" + k.Backend.Name() + "\x00" + jail }

// finishRestore restores what is left, unless the process is told to end: it stays in the ledger for the next one.
func (k *Keeper) finishRestore(ctx context.Context) {
	for k.restore.active && ctx.Err() == nil {
		k.restoreSome()
	}
}

// restoreSome takes over the next page of bans.
func (k *Keeper) restoreSome() {
	r := &k.restore
	if r.idle = !k.book.usable() || !k.isSteward(); r.idle {
		r.active = false
		return
	}
	if r.size == 0 {
		r.size = pageFirst
	}
	begun := time.Now()
	page, err := k.book.ledger.Page(&r.cursor, k.Backend.Name(), r.size)
	if err != nil {
		r.active = false
		k.bookTrouble(err)
		return
	}
	k.adopt(page, false)
	switch took := time.Since(begun); {
	case took < pageTime/2:
		r.size = min(2*r.size, pageMost)
	case took > 2*pageTime:
		r.size = max(r.size/2, 1)
	}
	if r.cursor.Done {
		r.active = false
	}
}

// succeed takes over the bans of a process that took over all bans until it died.
func (k *Keeper) succeed() {
	if k.restore.idle && k.book.usable() && k.isSteward() {
		k.restore = restoring{active: true}
	}
}

// isSteward reports whether bans without a keeper are this process's business, and makes them so if they are nobody's.
func (k *Keeper) isSteward() bool {
	ok, err := k.book.ledger.TryRole(k.steward(k.Jail))
	if err != nil {
		k.once("role", "%v", err)
		return true
	}
	return ok
}

// adopt takes over those bans that nobody keeps, and ends those whose time was up before. They are announced, unless they
// are the fresh bans of a command, which has said so itself.
func (k *Keeper) adopt(rows []ledger.Ban, fresh bool) {
	now := k.Clock.Now()
	var over []ending
	var back []*change
	others := map[int64]bool{} // of each keeper, whether it lives; asking the kernel 100,000 times takes long
	for i := range rows {
		row := &rows[i]
		if !k.adoptable(row, others) {
			continue
		}
		if row.State == ledger.Lifting || row.Expired(now) {
			over = append(over, k.overdue(row, now))
			continue
		}
		back = append(back, &change{row: *row, timeout: remaining(row.Expires, now)})
	}
	k.endAll(over)
	readEvents(back)
	k.putBack(back, func(row *ledger.Ban) bool { return !fresh || row.Keeper != 0 })
}

// readEvents reads the events of rows, on all processors: of all that restoring takes it is the largest part.
func readEvents(all []*change) {
	var wait sync.WaitGroup
	part := max(len(all)/runtime.GOMAXPROCS(0)+1, 256)
	for some := range slices.Chunk(all, part) {
		wait.Go(func() {
			for _, c := range some {
				e := eventOf(&c.row)
				e.Restored = true
				c.event, c.line = &e, e.AppendJSON(nil)
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

// adoptable reports whether a ban is one that this process takes over. others holds which keepers live.
func (k *Keeper) adoptable(row *ledger.Ban, others map[int64]bool) bool {
	if row.Backend != k.Backend.Name() || k.bans[row.ID()] != nil {
		return false
	}
	if k.Jail != "" && row.Jail != k.Jail || k.Jail == "" && k.othersJail(row.Jail) {
		return false
	}
	kept, known := others[row.Keeper]
	if !known {
		kept = k.othersBan(row)
		others[row.Keeper] = kept
	}
	return !kept
}

// othersJail reports whether another process takes over the bans of a jail, because it keeps that jail alone.
func (k *Keeper) othersJail(jail string) bool {
	r := &k.restore
	if taken, known := r.roles[jail]; known {
		return taken
	}
	taken, err := k.book.ledger.RoleTaken(k.steward(jail))
	if err != nil {
		k.once("role", "%v", err)
	}
	if r.roles == nil {
		r.roles = map[string]bool{}
	}
	r.roles[jail] = taken
	return taken
}

// cede leaves bans to a process that has come to keep their jail alone.
func (k *Keeper) cede() {
	clear(k.restore.roles)
	if k.Jail != "" || k.book.ledger.Path() == "" {
		return
	}
	for _, e := range k.bans {
		if e.adopted && k.othersJail(e.id.Jail) {
			k.forget(e)
		}
	}
}

// putBack puts bans into the firewall that are in the ledger already, and announces those that it should.
func (k *Keeper) putBack(back []*change, announce func(*ledger.Ban) bool) {
	if len(back) == 0 {
		return
	}
	bans := make([]firewall.Ban, len(back))
	for i, c := range back {
		bans[i] = firewallBan(c.row.ID(), c.event, c.timeout)
	}
	failed := k.carryOut(bans)
	for i, c := range back {
		e := c.event
		if c.err = failed[i]; c.err != nil {
			e.Type, e.Error = event.Failed, c.err.Error()
			k.once("ban: "+c.err.Error(), "%s: %s: %v", e.Jail, e.Key(), c.err)
			k.out.Write(e)
			continue
		}
		k.kept(c, bans[i])
		if kept := k.bans[c.row.ID()]; kept != nil {
			kept.adopted = true
		}
		if announce(&c.row) {
			k.say(&answer{event: *e, line: c.line})
		}
	}
}
