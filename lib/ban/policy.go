package ban

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sync"
	"time"

	"f2b/lib/event"
	"f2b/lib/firewall"
	"f2b/lib/growth"
	"f2b/lib/ledger"
)

// Policy is how one jail bans.
type Policy struct {
	Firewall firewall.Jail

	Bantime    int64              // seconds, -1: permanent
	Fixed      bool               // Bantime holds even for an event that brings its own
	Escalation *growth.Escalation // nil: every ban is as long as the first

	Refused error // why nobody can be banned in this jail; nil: everybody can
}

// bantime is how long a decision bans that comes after that many bans.
func (p *Policy) bantime(e *event.Event, before int) (int64, error) {
	t := p.Bantime
	if e.Bantime != 0 && !p.Fixed {
		t = e.Bantime
	}
	t = bounded(t)
	if p.Escalation == nil || t < 0 || before <= 0 {
		return t, nil
	}
	return p.Escalation.Bantime(t, before)
}

// bounded makes a ban time of any number: what is negative is for ever, and what is longer than a life fits into one.
func bounded(seconds int64) int64 {
	return min(max(seconds, -1), growth.MaxBantime)
}

// Jails knows how each jail bans: those of this process by its own policy, those it only takes over by what the ledger
// says of their last use.
type Jails struct {
	policy func(jail string) Policy

	mu     sync.Mutex // backends ask from goroutines of their own
	own    map[string]Policy
	stored map[string]firewall.Jail
	more   bool // the ledger knows of other backends
}

// NewJails returns the jails of a process whose own ones follow policy.
func NewJails(policy func(jail string) Policy) *Jails {
	return &Jails{policy: policy, own: map[string]Policy{}, stored: map[string]firewall.Jail{}}
}

// Firewall is how a jail is enforced. Backends are made with it.
func (j *Jails) Firewall(jail string) firewall.Jail {
	j.mu.Lock()
	defer j.mu.Unlock()
	if p, ok := j.own[jail]; ok {
		return p.Firewall
	}
	if f, ok := j.stored[jail]; ok {
		return f
	}
	return j.made(jail).Firewall
}

// Policy is how one of this process's own jails bans.
func (j *Jails) Policy(jail string) Policy {
	j.mu.Lock()
	defer j.mu.Unlock()
	if p, ok := j.own[jail]; ok {
		return p
	}
	return j.made(jail)
}

func (j *Jails) made(jail string) Policy {
	p := j.policy(jail)
	p.Firewall.Name = jail
	return p
}

// changes reports whether a jail is about to be enforced in another way than so far, once it is claimed.
func (j *Jails) changes(jail string, keep bool) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	_, own := j.own[jail]
	before, known := j.stored[jail]
	return !own && known && !keep && !sameJail(before, j.made(jail).Firewall)
}

// claim makes a jail one of this process's own, and reports whether it was not. With keep, a jail that is enforced already
// stays as it is.
func (j *Jails) claim(jail string, keep bool) (fresh bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, ok := j.own[jail]; ok {
		return false
	}
	p := j.made(jail)
	if before, known := j.stored[jail]; known && keep {
		p.Firewall = before
	}
	j.own[jail] = p
	return true
}

func sameJail(a, b firewall.Jail) bool {
	na, errA := a.Normal()
	nb, errB := b.Normal()
	return errA == nil && errB == nil && reflect.DeepEqual(na, nb)
}

// load reads what the ledger knows of a backend's jails.
func (j *Jails) load(l *ledger.Ledger, backend string) error {
	jails, err := l.Jails()
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, row := range jails {
		var f firewall.Jail
		j.more = j.more || row.Backend != backend
		if row.Backend != backend || json.Unmarshal(row.Settings, &f) != nil {
			continue
		}
		f.Name = row.Name
		j.stored[row.Name] = f
	}
	return nil
}

// others reports whether the ledger knows of jails that other backends enforce.
func (j *Jails) others() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.more
}

// save writes down how a jail is enforced.
func (j *Jails) save(tx *ledger.Tx, jail, backend string, now time.Time) error {
	settings, err := json.Marshal(j.Firewall(jail))
	if err != nil {
		return fmt.Errorf("jail %s: %w", jail, err)
	}
	return tx.PutJail(jail, backend, settings, now)
}
