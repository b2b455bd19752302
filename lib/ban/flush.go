package ban

import (
	"slices"

	"f2b/lib/firewall"
	"f2b/lib/ledger"
)

// A lasting backend has no list of what it enforces: its Flush knows only the jails that it is told of, and FlushLeaves tells for
// each of them whether its bans stay in force and have to be ended one by one before.
type lasting interface{ FlushLeaves(jail string) bool }

// flush empties the named jails of the firewall, or all, then ends their bans and says so.
func (k *Keeper) flush(all []ending, jails ...string) error {
	if b, ok := k.Backend.(lasting); ok {
		var bans []firewall.Ban
		for i := range all {
			if x := &all[i]; x.mine && b.FlushLeaves(x.id.Jail) {
				bans = append(bans, firewallBan(x.id, &x.event, 0))
			}
		}
		if err := k.Backend.Unban(bans); err != nil {
			k.Voice.Errorf("flush: %v", err)
		}
	}
	if err := k.Backend.Flush(jails...); err != nil {
		return err
	}
	for i := range all {
		all[i].timed = true
	}
	k.endAll(all)
	return nil
}

// jailsToFlush names all jails of a backend that cannot tell them by itself, when none is named.
func (k *Keeper) jailsToFlush(jails []string) ([]string, error) {
	if _, ok := k.Backend.(lasting); !ok || len(jails) > 0 {
		return jails, nil
	}
	known, err := k.book.ledger.Jails()
	for _, j := range known {
		if j.Backend == k.Backend.Name() {
			jails = append(jails, j.Name)
		}
	}
	slices.Sort(jails)
	return jails, err
}

// dismantle takes a jail down, as it was enforced so far: its settings are about to change.
func (k *Keeper) dismantle(jail string) error {
	if b, ok := k.Backend.(lasting); ok && b.FlushLeaves(jail) && k.book.usable() {
		rows, err := k.book.ledger.InForce(jail)
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(row ledger.Ban) bool { return row.Backend != k.Backend.Name() })
		bans := make([]firewall.Ban, len(rows))
		for i := range rows {
			e := eventOf(&rows[i])
			bans[i] = firewallBan(rows[i].ID(), &e, 0)
		}
		if err := k.Backend.Unban(bans); err != nil {
			return err
		}
	}
	return k.Backend.Flush(jail)
}
