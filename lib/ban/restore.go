package ban

import (
	"context"
	"time"

	"f2b/lib/event"
	"f2b/lib/firewall"
	"f2b/lib/ledger"
)

// restoring is how far the taking over of bans has come. First all that stand are put into the firewall, by what their
// rows say; then, when the door is shut, their events are read and they are announced, and those that are over ended.
type restoring struct {
	active bool
	stands bool // all that should be is in the firewall
	cursor ledger.Cursor
	pace   pace
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
func (k *Keeper) steward(jail string) string { return steward(k.Backend.Name(), jail) }

func steward(backend, jail string) string { return "steward\x00" + backend + "\x00" + jail }

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
	if r.pace.size == 0 {
		r.pace.size = k.firstPage()
	}
	begun := time.Now()
	step := k.enforceSome
	if r.stands {
		step = k.announceSome
	}
	if err := step(); err != nil {
		r.active = false
		k.bookTrouble(err)
		return
	}
	r.turn(time.Since(begun))
}

// firstPage is how many bans the restoring begins with.
func (k *Keeper) firstPage() int {
	if k.readsEvents() {
		return 1
	}
	return pageFirst
}

// partSize is how many bans of a page are enforced at once: the next are read while the firewall takes the last.
const partSize = 1600

// enforceSome has the firewall enforce the bans of the next page.
func (k *Keeper) enforceSome() error {
	r := &k.restore
	read := k.book.ledger.PageOfKeys
	if k.readsEvents() {
		read = k.book.ledger.Page
	}
	var last *adoption
	for left := r.pace.size; left > 0; left -= partSize {
		rows, err := read(&r.cursor, k.Backend.Name(), min(left, partSize))
		if err != nil {
			k.adopted(last)
			return err
		}
		next := k.adopt(rows)
		k.adopted(last)
		if last = next; r.cursor.Done {
			break
		}
	}
	k.adopted(last)
	return nil
}

// turn ends a page that took so long, and perhaps the pass.
func (r *restoring) turn(took time.Duration) {
	r.pace.next(took)
	if r.cursor.Done {
		r.active, r.stands, r.cursor, r.pace = !r.stands, true, ledger.Cursor{}, pace{}
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

// adoption is some bans on their way into the firewall.
type adoption struct {
	rows []*ledger.Ban
	bans []firewall.Ban
	err  chan error
}

// adopt takes over those bans that nobody keeps and that have time left: it begins to have the firewall enforce them.
func (k *Keeper) adopt(rows []ledger.Ban) *adoption {
	now := k.Clock.Now()
	a := &adoption{err: make(chan error, 1)}
	mine := k.orphans()
	for i := range rows {
		if row := &rows[i]; mine(row) && row.State == ledger.InForce && !row.Expired(now) {
			a.rows, a.bans = append(a.rows, row), append(a.bans, k.restoredBan(row, now))
		}
	}
	go func() { a.err <- k.put(a.bans) }()
	return a
}

// adopted waits for an adoption, and keeps what came of it.
func (k *Keeper) adopted(a *adoption) {
	if a == nil {
		return
	}
	failed := k.tryAgain(a.bans, <-a.err)
	for i, row := range a.rows {
		if failed[i] != nil {
			k.sayFailed(row, failed[i])
			continue
		}
		k.kept(row, a.bans[i])
		if e := k.bans[row.ID()]; e != nil {
			e.adopted, e.untold = true, true
		}
	}
}

// sayFailed says that a ban could not be put back.
func (k *Keeper) sayFailed(row *ledger.Ban, err error) {
	if stored, found := k.lookUp(row.ID()); found {
		row = &stored
	}
	e := eventOf(row)
	e.Restored, e.Type, e.Error = true, event.Failed, err.Error()
	k.once("ban: "+err.Error(), "%s: %s: %v", e.Jail, e.Key(), err)
	k.out.Write(&e)
}

// orphans returns a test for bans that this process takes over: nobody keeps them. It asks the kernel once for each
// keeper whether it lives; to ask 100,000 times takes long.
func (k *Keeper) orphans() func(*ledger.Ban) bool {
	others := map[int64]bool{}
	return func(row *ledger.Ban) bool {
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

// othersAnyJail reports whether another process takes over the bans of any jail that there are bans of here.
func (k *Keeper) othersAnyJail() bool {
	for jail := range k.held {
		if k.othersJail(jail) {
			return true
		}
	}
	return false
}

// cede leaves bans to a process that has come to keep their jail alone.
func (k *Keeper) cede() {
	clear(k.restore.roles)
	if k.Jail != "" || k.book.ledger.Path() == "" || !k.othersAnyJail() {
		return
	}
	for _, e := range k.bans {
		if e.adopted && k.othersJail(e.id.Jail) {
			k.forget(e)
		}
	}
}

// restoredBan is a row as backends want it. Its event, which takes time to read, is for those that look at it, and for
// rows whose key is no address.
func (k *Keeper) restoredBan(row *ledger.Ban, now time.Time) firewall.Ban {
	left := remaining(row.Expires, now)
	prefix := prefixOf(&event.Event{}, row.Key)
	if prefix.IsValid() && !k.readsEvents() {
		return firewall.Ban{Jail: row.Jail, Prefix: prefix, Timeout: left}
	}
	if len(row.Event) == 0 {
		if stored, found := k.lookUp(row.ID()); found {
			row = &stored
		}
	}
	return firewallBan(row.ID(), restoredEvent(row), left)
}
