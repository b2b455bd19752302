package ban

import (
	"errors"
	"slices"

	"f2b/lib/event"
	"f2b/lib/firewall"
	"f2b/lib/ledger"
)

// enforce has the firewall carry out the changes of a batch. What fails is answered by "failed", and the ledger is put
// back to where it was.
func (k *Keeper) enforce(b *batch) {
	if len(b.changes) == 0 {
		return
	}
	for _, c := range b.changes {
		k.claimJail(c.row.Jail)
	}
	bans := make([]firewall.Ban, len(b.changes))
	for i, c := range b.changes {
		bans[i] = firewallBan(c.row.ID(), c.event, c.timeout)
	}
	failed := k.carryOut(bans)
	if k.book.ledger != b.ledger {
		b.unwrite() // what the batch was written into was damaged, and is set aside
	}
	for i, c := range b.changes {
		if c.err = failed[i]; c.err == nil {
			k.kept(&c.row, bans[i])
		}
	}
	if len(failed) > 0 {
		k.takeBack(b)
	}
}

// kept notes a ban that is in force now.
func (k *Keeper) kept(row *ledger.Ban, b firewall.Ban) {
	if k.command {
		return
	}
	e := newEntry(row, b.Prefix)
	e.kernelEnd = k.kernelEnd(b)
	if row.Rev == 0 {
		unsaved := *row
		e.unsaved = &unsaved
		k.noteUnsaved(e)
	}
	k.keep(e)
}

// claimJail makes a jail this process's own. One that was enforced with other ports so far is taken down and set up as it is wanted now;
// a command leaves it as it is.
func (k *Keeper) claimJail(jail string) {
	changed := k.Jails.changes(jail, k.command)
	if changed {
		if err := k.dismantle(jail); err != nil {
			k.Voice.Errorf("jail %s: %v", jail, err)
		}
	}
	fresh := k.Jails.claim(jail, k.command)
	if changed {
		if _, err := k.rebuild([]string{jail}); err != nil {
			k.Voice.Errorf("jail %s: %v", jail, err)
		}
	}
	if fresh && k.book.usable() {
		k.saveJail(jail)
	}
}

func (k *Keeper) saveJail(jail string) {
	err := k.book.update(func(tx *ledger.Tx) error {
		return k.Jails.save(tx, jail, k.Backend.Name(), k.Clock.Now())
	})
	if err != nil {
		k.bookTrouble(err)
	}
}

// giveUp is after how many failures in a row, of bans tried one by one, the rest is not tried any more.
const giveUp = 8

// carryOut bans, and returns the errors of those bans that failed.
func (k *Keeper) carryOut(bans []firewall.Ban) map[int]error { return k.tryAgain(bans, k.put(bans)) }

// put has the firewall take bans, if there are any.
func (k *Keeper) put(bans []firewall.Ban) error {
	if len(bans) == 0 {
		return nil
	}
	return k.Backend.Ban(bans)
}

// tryAgain returns the errors of those bans that failed for good. What failed is tried once more, after whatever another
// program removed was put back; the last time one by one, because one bad ban must not cost the others.
func (k *Keeper) tryAgain(bans []firewall.Ban, err error) map[int]error {
	failed := failures(err, len(bans))
	if len(failed) == 0 {
		return nil
	}
	k.repair()
	again := make([]int, 0, len(failed))
	for i, err := range failed {
		if !errors.Is(err, firewall.ErrNoAddress) {
			again = append(again, i)
		}
	}
	slices.Sort(again)
	if k.retry(bans, again, failed) {
		return failed
	}
	inARow := 0
	for _, i := range again {
		if failed[i] == nil || inARow >= giveUp {
			continue
		}
		inARow++
		if k.retry(bans, []int{i}, failed) {
			inARow = 0
		}
	}
	return failed
}

// retry tries some bans again, all at once, and updates who failed. It reports whether that settled the matter: the
// backend knew of each ban whether it failed.
func (k *Keeper) retry(bans []firewall.Ban, which []int, failed map[int]error) bool {
	if len(which) == 0 {
		return true
	}
	some := make([]firewall.Ban, len(which))
	for i, at := range which {
		some[i] = bans[at]
	}
	err := k.Backend.Ban(some)
	now := failures(err, len(some))
	for i, at := range which {
		if now[i] == nil {
			delete(failed, at)
		} else {
			failed[at] = now[i]
		}
	}
	_, partial := errors.AsType[*firewall.PartialError](err)
	return err == nil || partial
}

// failures turns a backend's error into the errors of each of n bans.
func failures(err error, n int) map[int]error {
	failed := map[int]error{}
	if err == nil {
		return failed
	}
	if partial, ok := errors.AsType[*firewall.PartialError](err); ok {
		for _, f := range partial.Failed {
			failed[f.Index] = f.Err
		}
		return failed
	}
	for i := range n {
		failed[i] = err
	}
	return failed
}

// takeBack answers the decisions that could not be enforced, and takes them out of the ledger.
func (k *Keeper) takeBack(b *batch) {
	for i := range b.answers {
		a := &b.answers[i]
		if a.change == nil || a.change.err == nil {
			continue
		}
		err := a.change.err
		a.event.Type, a.event.Error, a.event.Backend = event.Failed, err.Error(), k.Backend.Name()
		b.answer(a, &a.event, ofTheFailure)
		k.once("ban: "+err.Error(), "%s: %s: %v", a.event.Jail, a.event.Key(), err)
	}
	if !k.book.usable() {
		return
	}
	err := k.book.update(func(tx *ledger.Tx) error {
		for _, c := range b.changes {
			if c.err == nil || c.row.Rev == 0 {
				continue
			}
			if err := takeBackRow(tx, c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		k.bookTrouble(err)
	}
}

func takeBackRow(tx *ledger.Tx, c *change) error {
	if !c.known {
		return tx.Delete(c.row.ID())
	}
	before := c.before
	return tx.Put(&before)
}
