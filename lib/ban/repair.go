package ban

import (
	"slices"
	"strconv"
	"time"

	"f2b/lib/firewall"
)

// rebuildMost is how many bans are put back at once after another program removed them.
const rebuildMost = 8192

// repair puts back what another program removed from the firewall.
func (k *Keeper) repair() {
	lost, err := k.Backend.Check()
	if err != nil {
		k.once("check: "+err.Error(), "%s: %v", k.Backend.Name(), err)
		return
	}
	if len(lost) == 0 {
		return
	}
	k.sayPutBack(k.rebuild(lost))
}

func (k *Keeper) sayPutBack(n int, err error) {
	switch {
	case err != nil:
		k.Voice.Errorf("another program removed our rules; putting them back failed: %v", err)
	case n > 0:
		k.Voice.Warnf("another program removed our rules: %s put back", bans(n))
	}
}

// bans says how many they are.
func bans(n int) string {
	if n == 1 {
		return "1 ban"
	}
	return strconv.Itoa(n) + " bans"
}

// rebuild bans anew whoever is banned in the named jails.
func (k *Keeper) rebuild(jails []string) (n int, err error) {
	lost := map[string]bool{}
	for _, j := range jails {
		lost[j] = true
	}
	var entries []*entry
	for _, e := range k.bans {
		if lost[e.id.Jail] {
			entries = append(entries, e)
		}
	}
	return k.banAgain(entries)
}

// banAgain bans anew those whose time is not up.
func (k *Keeper) banAgain(entries []*entry) (n int, err error) {
	now := k.Clock.Now()
	var bans []firewall.Ban
	for _, e := range entries {
		if !e.expires.IsZero() && !e.expires.After(now) || k.isOutlasted(e) {
			continue
		}
		b := k.banOf(e, now)
		e.kernelEnd = k.kernelEnd(b)
		bans = append(bans, b)
	}
	for part := range slices.Chunk(bans, rebuildMost) {
		failed := failures(k.Backend.Ban(part), len(part))
		n += len(part) - len(failed)
		for _, err = range failed {
			break
		}
	}
	return n, err
}

// banOf is a ban of ours as backends want it, from what is in memory, and from the ledger for those that need more.
func (k *Keeper) banOf(e *entry, now time.Time) firewall.Ban {
	left := remaining(e.expires, now)
	if e.prefix.IsValid() && !k.readsEvents() {
		return firewall.Ban{Jail: e.id.Jail, Prefix: e.prefix, Timeout: left}
	}
	row := k.rowOf(e)
	if k.readsEvents() {
		if stored, found := k.lookUp(e.id); found && len(stored.Event) > 0 {
			row.Event = stored.Event
		}
	}
	return firewallBan(e.id, restoredEvent(row), left)
}

// An eventReader is a backend that looks at the events of bans.
type eventReader interface{ ReadsEvents() bool }

func (k *Keeper) readsEvents() bool {
	r, ok := k.Backend.(eventReader)
	return ok && r.ReadsEvents()
}
