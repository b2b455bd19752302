package ban

import (
	"errors"
	"io"

	"f2b/lib/event"
	"f2b/lib/firewall"
	"f2b/lib/ledger"
)

// Act takes the events of one command, "ban" and "unban", and writes what happened to out. It does not wait for the end
// of a ban: that is left to the process that keeps the bans of this backend, now or when it starts again.
func (k *Keeper) Act(out io.Writer, events []event.Event) error {
	if err := k.beginAct(out); err != nil {
		return err
	}
	defer k.book.close()
	var bans hand
	var lifts []*event.Event
	for i := range events {
		if events[i].Type == event.Unban {
			lifts = append(lifts, &events[i])
			continue
		}
		bans.items = append(bans.items, itemOf(&events[i]))
	}
	k.take(&bans)
	k.lift(lifts...)
	return k.out.Flush()
}

// itemOf is an event as if it had been read.
func itemOf(e *event.Event) (it item) {
	line := e.AppendJSON(nil)
	it.view.See(line[:len(line)-1])
	return it
}

// beginAct opens the ledger. A command without one would be forgotten at once, so that is an error.
func (k *Keeper) beginAct(out io.Writer) error {
	k.command = true
	k.out = event.NewWriter(out)
	l, err := k.book.open()
	if err != nil {
		return err
	}
	k.book.ledger = l
	if k.book.rev, err = l.Rev(); err == nil {
		err = k.Jails.load(l, k.Backend.Name())
	}
	if err != nil {
		k.book.close()
	}
	return err
}

// FlushAll ends all bans of the backend, in the named jails or in all, whoever keeps them, and removes every trace of
// them from the firewall.
func (k *Keeper) FlushAll(out io.Writer, jails ...string) error {
	if err := k.beginAct(out); err != nil {
		return err
	}
	defer k.book.close()
	rows, err := k.rowsIn(jails)
	if err != nil {
		return err
	}
	if jails, err = k.jailsToFlush(jails); err != nil {
		return err
	}
	if err := k.flush(k.liftingAll(rows), jails...); err != nil {
		return err
	}
	return k.out.Flush()
}

// rowsIn reads the backend's bans in the named jails, or in all.
func (k *Keeper) rowsIn(jails []string) ([]ledger.Ban, error) {
	if len(jails) == 0 {
		jails = []string{""}
	}
	var rows []ledger.Ban
	for _, jail := range jails {
		all, err := k.book.ledger.InForce(jail)
		if err != nil {
			return nil, err
		}
		for _, row := range all {
			if row.Backend == k.Backend.Name() {
				rows = append(rows, row)
			}
		}
	}
	return rows, nil
}

// Import takes over bans of another program, with the ends that they have there. What this ledger knows of the same
// addresses stays if it is more. Bans that are over only count.
func (k *Keeper) Import(out io.Writer, bans []ledger.Ban) error {
	if err := k.beginAct(out); err != nil {
		return err
	}
	defer k.book.close()
	var standing []*change
	err := k.book.update(func(tx *ledger.Tx) error {
		for i := range bans {
			c, err := k.importOne(tx, bans[i])
			if err != nil {
				return err
			}
			if c != nil {
				standing = append(standing, c)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, c := range standing {
		k.claimJail(c.row.Jail)
	}
	k.enforceImported(standing)
	return errors.Join(k.takeBackImported(standing), k.out.Flush())
}

// enforceImported has the firewall enforce what was imported, and says so.
func (k *Keeper) enforceImported(all []*change) {
	bans := make([]firewall.Ban, len(all))
	for i, c := range all {
		bans[i] = firewallBan(c.row.ID(), c.event, c.timeout)
	}
	failed := k.carryOut(bans)
	for i, c := range all {
		if c.err = failed[i]; c.err != nil {
			k.sayFailed(&c.row, c.err)
		} else {
			k.out.Write(c.event)
		}
	}
}

// importOne writes one row, and returns it if its ban stands.
func (k *Keeper) importOne(tx *ledger.Tx, row ledger.Ban) (*change, error) {
	now := k.Clock.Now()
	row.Backend = k.Backend.Name()
	before, known, err := tx.Get(row.ID())
	if err != nil {
		return nil, err
	}
	c := &change{row: row, before: before, known: known}
	e := eventOf(&row)
	e.Restored = true
	if reason := k.Safety.Refuse(&e); reason != "" && !row.Expired(now) {
		e.Type, e.Error = event.Ignored, reason
		k.out.Write(&e)
		return nil, nil
	}
	row.State, row.Bantime = ledger.InForce, bounded(row.Bantime)
	if known {
		row.Bancount = max(row.Bancount, before.Bancount)
		if before.State == ledger.InForce {
			row.Expires, row.Keeper = later(row.Expires, before.Expires), before.Keeper
		}
	}
	stands := !row.Expired(now)
	if !stands {
		row.State, row.Event = ledger.Over, nil
	}
	describe(&e, &row)
	c.row, c.event, c.timeout = row, &e, remaining(row.Expires, now)
	if err := tx.Put(&c.row); err != nil || !stands {
		return nil, err
	}
	return c, nil
}

// takeBackImported removes those from the ledger that the firewall refused.
func (k *Keeper) takeBackImported(all []*change) error {
	return k.book.update(func(tx *ledger.Tx) error {
		for _, c := range all {
			if c.err == nil {
				continue
			}
			if err := takeBackRow(tx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

// EventOf is the "banned" event of a row of the ledger.
func EventOf(row *ledger.Ban) event.Event { return eventOf(row) }
