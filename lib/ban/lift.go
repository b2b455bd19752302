package ban

import (
	"f2b/lib/event"
	"f2b/lib/ledger"
)

// lift ends the bans of addresses, as events want it: in the event's jail, or in all of them when it names none.
func (k *Keeper) lift(events ...*event.Event) {
	var rows []ledger.Ban
	var wishes []*event.Event // one for each row
	for _, e := range events {
		if e.Time.IsZero() {
			e.Time = k.Clock.Now()
		}
		k.Clock.See(e.Time)
		found := k.standing(e)
		if len(found) == 0 {
			e.Type, e.Error = event.Ignored, "not banned"
			k.out.Write(e)
		}
		for _, row := range found {
			if k.unreachable(&row) {
				k.refuseLift(e, &row)
				continue
			}
			rows, wishes = append(rows, row), append(wishes, e)
		}
	}
	all := k.liftingAll(rows)
	for i := range all {
		all[i].event.Time = wishes[i].Time
		all[i].event.Unknown = merge(all[i].event.Unknown, wishes[i].Unknown)
	}
	k.endAll(all)
}

// unreachable reports whether a ban is in another firewall than ours, and nobody keeps it.
func (k *Keeper) unreachable(row *ledger.Ban) bool {
	return row.Backend != k.Backend.Name() && !k.othersBan(row)
}

// refuseLift says that a ban goes on because no process that runs can end it.
func (k *Keeper) refuseLift(wish *event.Event, row *ledger.Ban) {
	e := eventOf(row)
	e.Type, e.Time = event.Failed, wish.Time
	e.Error = "enforced by " + row.Backend + ", which nobody keeps: try f2b-ban unban"
	k.Voice.Errorf("%s: %s: %s", e.Jail, e.Key(), e.Error)
	k.out.Write(&e)
}

// standing finds the bans that an event wants to end.
func (k *Keeper) standing(e *event.Event) []ledger.Ban {
	jail := k.Jail
	if jail == "" && (e.Jail != "" || e.Filter != "") {
		jail = e.JailName()
	}
	var rows []ledger.Ban
	have := map[ledger.ID]bool{}
	if k.book.usable() {
		all, err := k.book.ledger.Of(e.Key())
		if err != nil {
			k.bookTrouble(err)
		}
		for _, row := range all {
			if (jail == "" || row.Jail == jail) && !(k.command && row.Backend != k.Backend.Name()) {
				rows = append(rows, row)
				have[row.ID()] = true
			}
		}
	}
	loose := k.book.unsaved // those that are in no ledger
	if !k.book.usable() {
		loose = k.bans
	}
	for _, b := range loose {
		if b.id.Key == e.Key() && (jail == "" || b.id.Jail == jail) && !have[b.id] {
			rows = append(rows, *k.rowOf(b))
		}
	}
	return rows
}

// liftingAll prepares the end of bans of whatever process. Those that another living process keeps are marked for it to
// end, before anything else: it must not take their loss for somebody's mistake and put them back.
func (k *Keeper) liftingAll(rows []ledger.Ban) []ending {
	all := make([]ending, 0, len(rows))
	leave := false
	for i := range rows {
		row := &rows[i]
		x := ending{id: row.ID(), entry: k.bans[row.ID()], event: unbanned(row, k.Clock.Now())}
		x.mine = row.Backend == k.Backend.Name()
		x.leave = k.book.ledger != nil && k.othersBan(row)
		if _, ok := k.Backend.(lasting); ok && x.leave {
			x.mine = false // its keeper does it, for it cannot be done twice
		}
		leave = leave || x.leave
		all = append(all, x)
	}
	if !leave {
		return all
	}
	err := k.book.update(func(tx *ledger.Tx) error {
		for i := range all {
			if !all[i].leave {
				continue
			}
			if err := tx.Lift(all[i].id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		k.bookTrouble(err)
	}
	return all
}

// merge adds the members that are not there yet.
func merge(to, more []event.Member) []event.Member {
next:
	for _, m := range more {
		for _, have := range to {
			if have.Name == m.Name {
				continue next
			}
		}
		to = append(to, m)
	}
	return to
}

// flushOwn ends all bans of this process, at its end. When nobody else uses the firewall, every trace of it goes.
func (k *Keeper) flushOwn() {
	var all []ending
	for _, e := range k.bans {
		row, _ := k.lookUp(e.id)
		all = append(all, k.endingOf(e, &row, k.Clock.Now()))
	}
	if !k.alone() {
		k.endAll(all)
	} else if err := k.flush(all); err != nil {
		k.Voice.Errorf("flush: %v", err)
	}
}

// alone reports whether no other living process has bans in our backend.
func (k *Keeper) alone() bool {
	if !k.book.usable() {
		return false
	}
	rows, err := k.book.ledger.InForce("")
	if err != nil {
		k.bookTrouble(err)
		return false
	}
	for i := range rows {
		if rows[i].Backend == k.Backend.Name() && k.othersBan(&rows[i]) {
			return false
		}
	}
	return true
}
