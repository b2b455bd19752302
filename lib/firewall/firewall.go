// Package firewall is the small interface between the keeper of bans and
// whatever enforces them: one backend a folder below this one.
//
// A backend knows the kernel's state and nothing else. It keeps no clock and no
// list of bans: who is banned, until when and why is the keeper's business, and
// so is asking Check now and then whether somebody else emptied the firewall.
package firewall

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"f2b/lib/event"
)

// A Backend enforces bans. Its methods may be called from several goroutines.
//
// Several processes may use one backend at the same time, for the same jails or
// for others: everything a backend sets up it finds again when it is there
// already, and nothing doubles.
type Backend interface {
	// Name is what a user calls the backend: "nftables".
	Name() string

	// Open checks the right to change the firewall and says in one line what is
	// missing. It changes nothing that a user would see before the first ban
	// and may be called again.
	Open(context.Context) error

	// Ban puts bans into force and sets their jails up on demand. A ban that is
	// in force already ends when the new one does: later or sooner. It is all or
	// nothing, unless the error is a [*PartialError], which names those that failed.
	Ban([]Ban) error

	// Unban ends bans; one that is not in force is no error. Timeout and Event
	// need not be set.
	Unban([]Ban) error

	// Flush removes every trace of the named jails; without a name of all jails
	// of this program, also those that another process set up. Other programs'
	// rules stay.
	Flush(jails ...string) error

	// Close lets go of the firewall; the bans stay in force.
	Close() error

	// KernelExpiry reports whether bans end without Unban being called, even when
	// nothing of this program runs any more. Bans of more than [MaxKernelTimeout]
	// need an Unban all the same.
	KernelExpiry() bool

	// Check looks whether all that this process set up is still there and names
	// the jails that lost something, each loss once: the caller then bans anew
	// whoever should be banned there, and Ban sets the jail up again. It is
	// cheap enough to be called several times a second.
	Check() (lost []string, err error)
}

// A Starter is a backend that can set a jail up before its first ban. Actions that let addresses pass shut all others out from the
// start.
type Starter interface {
	// Start sets up what does not wait for the first ban. What is there already stays.
	Start(jail string) error
}

// MaxKernelTimeout is the longest ban that every kernel set ends by itself
// (ipset's limit, 2^31-1 milliseconds in whole seconds). A longer one stays
// until Unban.
const MaxKernelTimeout = 2147483 * time.Second

// A Jail is how bans of one name are enforced.
type Jail struct {
	Name      string
	Ports     []PortRange // none: every port
	Protocol  string      // "tcp" (as fail2ban's default), "udp" or "all"
	Blocktype string      // "reject" (the default) or "drop"
	Chains    []string    // iptables and ipset: the chains to jump from; none: INPUT
	Hook      string      // nftables: "input" (the default) or "prerouting"
	Backends  []string    // jail: the names of the backends that enforce it
	Actions   []string    // action: what to run for each ban, in this order, as action.Locate gives it
}

// The values of a Jail's words.
const (
	TCP, UDP, AllProtocols = "tcp", "udp", "all"
	Reject, Drop           = "reject", "drop"
	Input, Prerouting      = "input", "prerouting"
)

// Normal returns the jail with its defaults filled in and its ports sorted and
// free of overlaps. A word it does not know is an error.
func (j Jail) Normal() (Jail, error) {
	for _, w := range []struct {
		what    string
		word    *string
		allowed []string
	}{
		{"protocol", &j.Protocol, []string{TCP, UDP, AllProtocols}},
		{"blocktype", &j.Blocktype, []string{Reject, Drop}},
		{"hook", &j.Hook, []string{Input, Prerouting}},
	} {
		if err := choose(w.word, w.allowed); err != nil {
			return j, fmt.Errorf("jail %q: %s: %w", j.Name, w.what, err)
		}
	}
	if len(j.Chains) == 0 {
		j.Chains = []string{"INPUT"}
	}
	j.Ports = MergePorts(j.Ports)
	return j, nil
}

// choose sets an empty word to the first allowed one.
func choose(word *string, allowed []string) error {
	if *word == "" {
		*word = allowed[0]
	}
	for _, a := range allowed {
		if *word == a {
			return nil
		}
	}
	return fmt.Errorf("%q is none of %q", *word, allowed)
}

// Protocols returns the transport protocols that a rule with ports has to name:
// ports exist in tcp and udp alone, so "all" with ports means both. Without
// ports "all" needs no protocol at all, which is the empty string.
func (j Jail) Protocols() []string {
	switch {
	case j.Protocol != AllProtocols:
		return []string{j.Protocol}
	case len(j.Ports) > 0:
		return []string{TCP, UDP}
	}
	return []string{""}
}

// A Ban is one address or network to keep out of one jail's ports.
type Ban struct {
	Jail    string
	Prefix  netip.Prefix  // the zero Prefix: there is only an ID
	ID      string        // what is banned instead of an address
	Timeout time.Duration // what is left of it; 0: permanent
	Event   *event.Event  // the decision; only the action backend looks at it
}

// ErrNoAddress is the failure of a ban that has only an ID, in every backend
// that can match nothing but addresses.
var ErrNoAddress = errors.New("needs an address: only the action backend can ban anything else")

// Address returns the network that the ban means: masked, and with an IPv4
// address that was written as IPv6 turned back. It is [ErrNoAddress] when there is none.
func (b Ban) Address() (netip.Prefix, error) {
	if !b.Prefix.IsValid() {
		return netip.Prefix{}, ErrNoAddress
	}
	p := b.Prefix
	if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
	}
	return p.Masked(), nil
}

// A PartialError is returned by Ban and Unban when some of the bans failed and
// all the others were carried out.
type PartialError struct {
	Failed []Failure
}

// A Failure is one ban that failed.
type Failure struct {
	Index int // in the slice that Ban or Unban was given
	Err   error
}

func (e *PartialError) Error() string {
	if len(e.Failed) == 1 {
		return e.Failed[0].Err.Error()
	}
	return fmt.Sprintf("%d bans failed, the first: %v", len(e.Failed), e.Failed[0].Err)
}

func (e *PartialError) Unwrap() []error {
	errs := make([]error, len(e.Failed))
	for i, f := range e.Failed {
		errs[i] = f.Err
	}
	return errs
}

// Partial returns the failures as an error, or nil when there are none.
func Partial(failed []Failure) error {
	if len(failed) == 0 {
		return nil
	}
	return &PartialError{Failed: failed}
}
