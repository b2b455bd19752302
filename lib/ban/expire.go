package ban

import (
	"time"

	"f2b/lib/event"
	"f2b/lib/firewall"
	"f2b/lib/ledger"
)

const (
	expireMost  = 4096             // bans that are ended at once
	expireRetry = 10 * time.Second // when ending one failed
)

// arm sets the timer to when the next ban is due.
func (k *Keeper) arm(t *time.Timer) {
	if len(k.due) == 0 {
		t.Stop()
		return
	}
	t.Reset(max(0, k.due[0].due.Sub(k.Clock.Now())))
}

// expire ends the bans whose time is up.
func (k *Keeper) expire() {
	now := k.Clock.Now()
	var up []*entry
	for len(k.due) > 0 && !k.due[0].due.After(now) && len(up) < expireMost {
		e := k.due[0]
		k.due.drop(e)
		up = append(up, e)
		k.Replay.note(e.expires)
	}
	if len(up) > 0 {
		k.finish(up, now)
	}
}

// finish ends bans whose time is up by this process's own knowledge; the ledger may know better.
func (k *Keeper) finish(up []*entry, now time.Time) {
	var ending []ending
	for _, e := range up {
		row, found := k.lookUp(e.id)
		switch {
		case found && k.othersBan(&row):
			k.forget(e)
		case found && row.State == ledger.InForce && !row.Expired(now):
			k.sync(e, &row) // a command prolonged it
		default:
			ending = append(ending, k.endingOf(e, &row, e.expires))
		}
	}
	k.endAll(ending)
}

// lookUp reads a row; without a ledger there is none.
func (k *Keeper) lookUp(id ledger.ID) (row ledger.Ban, found bool) {
	if !k.book.usable() {
		return row, false
	}
	row, found, err := k.book.ledger.Get(id)
	if err != nil {
		k.bookTrouble(err)
		return row, false
	}
	return row, found
}

// othersBan reports whether another living process looks after a ban.
func (k *Keeper) othersBan(row *ledger.Ban) bool {
	if row.Keeper == 0 || row.Keeper == k.book.ledger.Keeper() {
		return false
	}
	alive, err := k.book.ledger.Alive(row.Keeper)
	if err != nil {
		k.bookTrouble(err)
	}
	return alive
}

// ending is a ban on its way out.
type ending struct {
	id    ledger.ID
	entry *entry      // nil: not one of ours so far
	event event.Event // "unbanned"
	mine  bool        // in our backend: it is to be taken out of the firewall
	timed bool        // the kernel does that
	leave bool        // to its own keeper, who ends it in the ledger and says so
}

// endingOf prepares the end of a ban that is one of ours, at the time at.
func (k *Keeper) endingOf(e *entry, row *ledger.Ban, at time.Time) ending {
	if len(row.Event) == 0 {
		row = k.rowOf(e)
	}
	x := ending{id: e.id, entry: e, event: unbanned(row, at), mine: true}
	x.timed = k.endedByKernel(e)
	return x
}

// unbanned is the event that says that a row's ban is over.
func unbanned(row *ledger.Ban, at time.Time) event.Event {
	e := eventOf(row)
	e.Type = event.Unbanned
	if !at.IsZero() {
		e.Time = at.In(e.Time.Location())
	}
	return e
}

// eventOf is the event of a row, as it was answered.
func eventOf(row *ledger.Ban) event.Event {
	e, err := event.Parse(row.Event)
	if err != nil {
		e = event.Event{V: event.Version, Time: row.Time, IP: prefixOf(&event.Event{}, row.Key)}
		if !e.IP.IsValid() {
			e.ID = row.Key
		}
	}
	e.Type, e.Error, e.Restored = event.Banned, "", false
	describe(&e, row)
	return e
}

// endAll takes bans out of the firewall, then ends them in the ledger, then says so.
func (k *Keeper) endAll(all []ending) {
	if len(all) == 0 {
		return
	}
	failed := k.takeOut(all)
	k.endInBook(all, failed)
	for i := range all {
		k.sayEnd(&all[i], failed[i])
	}
	k.shelter(all, failed)
}

// endInBook ends those bans in the ledger that have not failed and are not another keeper's, now or when it can be written again.
func (k *Keeper) endInBook(all []ending, failed map[int]error) {
	now := k.Clock.Now()
	each := func(end func(ledger.ID) error) error {
		for i := range all {
			if failed[i] == nil && !all[i].leave {
				if err := end(all[i].id); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if k.book.usable() {
		err := k.book.update(func(tx *ledger.Tx) error {
			return each(func(id ledger.ID) error { return tx.End(id, now) })
		})
		if err == nil {
			return
		}
		k.bookTrouble(err)
	}
	each(func(id ledger.ID) error { k.noteUnended(id, now); return nil })
}

// takeOut takes bans out of the firewall.
func (k *Keeper) takeOut(all []ending) map[int]error {
	var bans []firewall.Ban
	var which []int
	for i := range all {
		if x := &all[i]; x.mine && !x.timed {
			bans = append(bans, firewallBan(x.id, &x.event, 0))
			which = append(which, i)
		}
	}
	if len(bans) == 0 {
		return nil
	}
	failed := map[int]error{}
	for i, err := range failures(k.Backend.Unban(bans), len(bans)) {
		failed[which[i]] = err
	}
	return failed
}

// sayEnd says that a ban is over, or that it could not be ended and will be tried again.
func (k *Keeper) sayEnd(x *ending, err error) {
	if err == nil {
		if x.entry != nil {
			k.forget(x.entry)
		}
		k.out.Write(&x.event)
		return
	}
	k.once("unban: "+err.Error(), "%s: %s: the ban could not be ended: %v", x.id.Jail, x.id.Key, err)
	x.event.Type, x.event.Error = event.Failed, err.Error()
	k.out.Write(&x.event)
	if x.entry != nil {
		x.entry.due = k.Clock.Now().Add(expireRetry)
		k.due.set(x.entry)
	}
}
