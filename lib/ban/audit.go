package ban

import (
	"time"

	"f2b/lib/firewall"
)

// auditRest is how many times as long as a search took there is none after it: where another program never leaves the
// firewall alone, searching shall not take more than a tenth of the time.
const auditRest = 9

// auditing is the search for single bans that another program took out of the firewall. It goes on in the background.
type auditing struct {
	found chan audited // nil: there is none under way
	next  time.Time    // not before
}

// audited is what a search has come to.
type audited struct {
	entries []*entry
	missing []int // of the entries
	err     error
	took    time.Duration
}

// audit begins a search when the firewall has reason to think that there is something to find.
func (k *Keeper) audit() {
	a, ok := k.Backend.(firewall.Auditor)
	if !ok || k.restore.active || k.auditing.found != nil || time.Now().Before(k.auditing.next) {
		return
	}
	jails, err := a.Suspects(k.held)
	if err != nil {
		k.once("audit: "+err.Error(), "%s: %v", k.Backend.Name(), err)
	}
	entries := k.standingIn(jails)
	if len(entries) == 0 {
		return
	}
	bans := make([]firewall.Ban, len(entries))
	for i, e := range entries {
		bans[i] = firewall.Ban{Jail: e.id.Jail, Prefix: e.prefix}
	}
	found := make(chan audited, 1)
	k.auditing.found = found
	go func() {
		begun := time.Now()
		missing, err := a.Missing(bans)
		found <- audited{entries, missing, err, time.Since(begun)}
	}()
}

// auditSlack is how much of its time a ban must have left to be looked for: the kernel's clock may be a little ahead.
const auditSlack = time.Second

// standingIn are the bans of addresses in some jails that have time left.
func (k *Keeper) standingIn(jails []string) (entries []*entry) {
	if len(jails) == 0 {
		return nil
	}
	in := map[string]bool{}
	for _, j := range jails {
		in[j] = true
	}
	until := k.Clock.Now().Add(auditSlack)
	for _, e := range k.bans {
		if in[e.id.Jail] && e.prefix.IsValid() && (e.expires.IsZero() || e.expires.After(until)) {
			entries = append(entries, e)
		}
	}
	return entries
}

// audited puts back what a search found missing, unless it has ended meanwhile.
func (k *Keeper) audited(a audited) {
	k.auditing = auditing{next: time.Now().Add(auditRest * a.took)}
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
