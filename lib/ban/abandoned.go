package ban

import "f2b/lib/ledger"

// warnOfAbandoned tells of bans by other backends that nobody keeps: whoever changes -backend leaves them behind, and
// where they do not end by themselves they stay.
func (k *Keeper) warnOfAbandoned() {
	if k.book.ledger == nil || !k.Jails.others() {
		return
	}
	all, err := k.book.ledger.Standing()
	if err != nil {
		k.bookTrouble(err)
		return
	}
	left := map[string]int{}
	var backends []string
	for _, s := range all {
		if s.Backend == k.Backend.Name() || k.isKept(s) {
			continue
		}
		if left[s.Backend] == 0 {
			backends = append(backends, s.Backend)
		}
		left[s.Backend] += s.Bans
	}
	for _, b := range backends {
		k.Voice.Warnf("%s by %s, which nobody keeps now: f2b-ban flush -backend %s ends them", bans(left[b]), b, b)
	}
}

// isKept reports whether a process takes over the bans of a backend in a jail.
func (k *Keeper) isKept(s ledger.Standing) bool {
	for _, jail := range []string{"", s.Jail} {
		taken, err := k.book.ledger.RoleTaken(steward(s.Backend, jail))
		if taken || err != nil {
			return true
		}
	}
	return false
}
