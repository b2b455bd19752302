// Package dryrun is the firewall backend that touches nothing and says what it
// would do. It is the default, and the shape that the other backends follow.
package dryrun

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"

	"f2b/lib/firewall"
)

// Backend implements [firewall.Backend].
type Backend struct {
	jail func(name string) firewall.Jail
	say  func(format string, args ...any)
	mu   sync.Mutex // one sentence at a time
}

// New returns a backend that tells say each thing it would do, a line at a time
// and without a newline. A nil say makes it silent.
func New(jail func(name string) firewall.Jail, say func(format string, args ...any)) *Backend {
	if say == nil {
		say = func(string, ...any) {}
	}
	return &Backend{jail: jail, say: say}
}

func (b *Backend) Name() string { return "dryrun" }

// Open needs no right at all.
func (b *Backend) Open(context.Context) error { return nil }

func (b *Backend) Ban(bans []firewall.Ban) error {
	return b.each(bans, func(ban firewall.Ban, prefix netip.Prefix) error {
		jail, err := b.jail(ban.Jail).Normal()
		if err != nil {
			return err
		}
		b.say("would ban %s in %s, %s: %s %s", address(prefix), ban.Jail, span(ban), jail.Blocktype, traffic(jail))
		return nil
	})
}

func (b *Backend) Unban(bans []firewall.Ban) error {
	return b.each(bans, func(ban firewall.Ban, prefix netip.Prefix) error {
		b.say("would unban %s in %s", address(prefix), ban.Jail)
		return nil
	})
}

// each calls do for every ban that has an address; the others fail as they would
// with a real firewall.
func (b *Backend) each(bans []firewall.Ban, do func(firewall.Ban, netip.Prefix) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var failed []firewall.Failure
	for i, ban := range bans {
		prefix, err := ban.Address()
		if err == nil {
			err = do(ban, prefix)
		}
		if err != nil {
			failed = append(failed, firewall.Failure{Index: i, Err: err})
		}
	}
	return firewall.Partial(failed)
}

func (b *Backend) Flush(jails ...string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(jails) == 0 {
		b.say("would remove every ban and every rule of f2b")
		return nil
	}
	b.say("would remove every ban and every rule of %s", strings.Join(jails, ", "))
	return nil
}

func (b *Backend) Close() error { return nil }

// KernelExpiry is false: nothing ends by itself where nothing began.
func (b *Backend) KernelExpiry() bool { return false }

// Check finds everything in place.
func (b *Backend) Check() ([]string, error) { return nil, nil }

// address writes a single address without its length.
func address(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

func span(ban firewall.Ban) string {
	if ban.Timeout == 0 {
		return "for good"
	}
	return "for " + ban.Timeout.String()
}

// traffic says what a jail keeps out: "tcp to ports 22,80".
func traffic(jail firewall.Jail) string {
	what := jail.Protocol
	if what == firewall.AllProtocols {
		what = "everything"
	}
	if len(jail.Ports) == 0 {
		return what
	}
	return fmt.Sprintf("%s to ports %s", what, firewall.FormatPorts(jail.Ports))
}
