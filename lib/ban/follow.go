package ban

import (
	"f2b/lib/firewall"
	"f2b/lib/ledger"
)

// follow does what other processes wrote into the ledger: bans that were lifted end here too, and bans that commands
// made are looked after.
func (k *Keeper) follow() {
	if !k.book.usable() {
		return
	}
	k.succeed()
	k.cede()
	changed, err := k.book.ledger.Changed()
	if err == nil && changed {
		err = k.followSince()
	}
	if err != nil {
		k.bookTrouble(err)
	}
}

func (k *Keeper) followSince() error {
	rows, err := k.book.ledger.Since(k.book.rev)
	if err != nil || len(rows) == 0 {
		return err
	}
	if err := k.Jails.load(k.book.ledger, k.Backend.Name()); err != nil {
		return err
	}
	k.book.rev = rows[len(rows)-1].Rev
	var lifted []ending
	var orphans []ledger.Ban
	for i := range rows {
		row := &rows[i]
		switch e := k.bans[row.ID()]; {
		case e != nil && row.State != ledger.InForce:
			x := k.endingOf(e, row, k.Clock.Now())
			if _, ok := k.Backend.(lasting); ok && row.State == ledger.Over {
				x.mine = false // whoever wrote this has done it, and it cannot be done twice
			}
			lifted = append(lifted, x)
		case e != nil && k.othersBan(row):
			k.forget(e)
		case e != nil:
			k.sync(e, row)
		case row.State == ledger.InForce:
			orphans = append(orphans, *row)
		}
	}
	for i := range lifted {
		lifted[i].timed = false
	}
	k.endAll(lifted)
	if len(orphans) > 0 && k.isSteward() {
		k.adopted(k.adopt(orphans))
		k.endOverdue(orphans)
		k.announceOthers(orphans)
	}
	return nil
}

// sync notes what another process made of a ban of ours: a command may have prolonged it.
func (k *Keeper) sync(e *entry, row *ledger.Ban) {
	e.time, e.bantime, e.count = row.Time, row.Bantime, row.Bancount
	if !e.expires.Equal(row.Expires) {
		b := firewall.Ban{Timeout: remaining(row.Expires, k.Clock.Now())}
		e.expires, e.due, e.kernelEnd = row.Expires, row.Expires, k.kernelEnd(b)
		k.due.set(e)
	}
}

// announceOthers announces bans that were taken over, but not the fresh ones of a command, which has said so itself.
func (k *Keeper) announceOthers(rows []ledger.Ban) {
	for i := range rows {
		if e := k.bans[rows[i].ID()]; e != nil && rows[i].Keeper == 0 {
			e.untold = false
		}
	}
	k.announce(rows)
}
