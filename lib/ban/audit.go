package ban

import (
	"maps"
	"time"

	"f2b/lib/firewall"
)

// How many times as long as a search took there is none after it: where another program never leaves the firewall alone,
// searching shall not take more than half of the time, or a tenth where there is nothing to find.
const (
	auditRest = 1
	idleRest  = 9
)

// singleMost is how many single bans are looked for at once, which takes some milliseconds; for more there is a search.
const singleMost = 512

// auditing is the search for single bans that another program took out of the firewall. It goes on in the background.
type auditing struct {
	jails map[string]bool // where to search next
	found chan audited    // nil: there is none under way
	next  time.Time       // not before
}

// audited is what a search has come to.
type audited struct {
	entries []*entry
	missing []int // of the entries
	err     error
	took    time.Duration
}

// audit looks for bans where the firewall has reason to think that some are gone. Restoring comes first: what is to be found
// has to be there.
func (k *Keeper) audit() {
	a, ok := k.Backend.(firewall.Auditor)
	if !ok || k.restore.active {
		return
	}
	suspects, err := a.Suspects(k.held)
	if err != nil {
		k.once("audit: "+err.Error(), "%s: %v", k.Backend.Name(), err)
	}
	if single := k.suspected(suspects); len(single) > 0 {
		missing, err := a.Missing(addresses(single))
		k.putBack(audited{entries: single, missing: missing, err: err})
	}
	k.search(a)
}

// suspected returns the bans that are suspected one by one, and notes the jails that have to be searched.
func (k *Keeper) suspected(suspects []firewall.Suspect) (single []*entry) {
	many := len(suspects) > singleMost
	whole := map[string]bool{}
	for _, s := range suspects {
		if many || !s.Prefix.IsValid() {
			whole[s.Jail] = true
		}
	}
	until := k.Clock.Now().Add(auditSlack)
	for _, s := range suspects {
		if e := k.longest(place{s.Jail, s.Prefix}); !whole[s.Jail] && e != nil && e.outlasts(until) {
			single = append(single, e)
		}
	}
	maps.Copy(k.auditing.jails, whole)
	return single
}

// search begins a search where there is something to find.
func (k *Keeper) search(a firewall.Auditor) {
	if k.auditing.found != nil || len(k.auditing.jails) == 0 || time.Now().Before(k.auditing.next) {
		return
	}
	entries := k.standingIn(k.auditing.jails)
	clear(k.auditing.jails)
	if len(entries) == 0 {
		return
	}
	found := make(chan audited, 1)
	k.auditing.found = found
	go func() {
		begun := time.Now()
		missing, err := a.Missing(addresses(entries))
		found <- audited{entries, missing, err, time.Since(begun)}
	}()
}

// addresses are the bans of entries as far as a search needs them.
func addresses(entries []*entry) []firewall.Ban {
	bans := make([]firewall.Ban, len(entries))
	for i, e := range entries {
		bans[i] = firewall.Ban{Jail: e.id.Jail, Prefix: e.prefix}
	}
	return bans
}

// auditSlack is how much of its time a ban must have left to be looked for: the kernel's clock may be a little ahead.
const auditSlack = time.Second

// outlasts reports whether a ban is still to be in force then.
func (e *entry) outlasts(until time.Time) bool { return e.expires.IsZero() || e.expires.After(until) }

// standingIn are the bans of addresses in some jails that have time left.
func (k *Keeper) standingIn(jails map[string]bool) (entries []*entry) {
	until := k.Clock.Now().Add(auditSlack)
	for _, e := range k.bans {
		if jails[e.id.Jail] && e.prefix.IsValid() && e.outlasts(until) {
			entries = append(entries, e)
		}
	}
	return entries
}

// audited ends a search.
func (k *Keeper) audited(a audited) {
	rest := auditRest * a.took
	if len(a.missing) == 0 {
		rest = idleRest * a.took
	}
	k.auditing.found, k.auditing.next = nil, time.Now().Add(rest)
	k.putBack(a)
}

// putBack puts back what was found missing, unless it has ended meanwhile.
func (k *Keeper) putBack(a audited) {
	if a.err != nil {
		k.once("audit: "+a.err.Error(), "%s: %v", k.Backend.Name(), a.err)
	}
	if len(a.missing) == 0 {
		return
	}
	k.follow() // a command may have ended some of them
	var gone []*entry
	for _, i := range a.missing {
		if e := a.entries[i]; k.bans[e.id] == e {
			gone = append(gone, e)
		}
	}
	k.sayPutBack(k.banAgain(gone))
}
