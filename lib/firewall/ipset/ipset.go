// Package ipset is the firewall backend that keeps bans in kernel sets with
// timeouts, which one iptables rule for each jail and family looks at:
//
//	create f2b4-sshd hash:net family inet maxelem 1048576 timeout 0
//	-A INPUT -p tcp -m multiport --dports 22 -m set --match-set f2b4-sshd src ... -j REJECT
//
// A set of the type hash:net holds addresses and networks, also within one
// another, and is as fast with 100,000 of them as with one.
package ipset

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"f2b/lib/firewall"
	"f2b/lib/firewall/xtables"
)

// Options are what New can be told.
type Options struct {
	// Binary is the iptables to use: "iptables" (the default: the system's own),
	// "iptables-legacy" or "iptables-nft".
	Binary string
	// Report is told, once, what does not work and does not stop the rest.
	Report func(error)
	// MaxElem is how many entries a set has at most; 0 is 1,048,576, for ipset's own
	// default of 65,536 is soon full. It counts when a set is made.
	MaxElem int
}

// Backend implements [firewall.Backend].
type Backend struct {
	jail    func(name string) firewall.Jail
	options Options

	mu     sync.Mutex
	tables *xtables.Pair
	path   string         // of ipset
	sets   map[set]*state // what this process uses
}

// state is what is known of a set and the rules that look at it.
type state struct {
	ready bool
	lost  bool // something was gone and Check has not said so yet
}

// New returns a backend that asks jail for the settings of a name when it is
// first banned in.
func New(jail func(name string) firewall.Jail, options Options) *Backend {
	options.Binary = cmp.Or(options.Binary, xtables.DefaultBinary)
	options.MaxElem = cmp.Or(options.MaxElem, 1<<20)
	if options.Report == nil {
		options.Report = func(error) {}
	}
	return &Backend{jail: jail, options: options, sets: map[set]*state{}}
}

func (b *Backend) Name() string { return "ipset" }

// KernelExpiry is true: set entries have timeouts.
func (b *Backend) KernelExpiry() bool { return true }

// Open finds the tools and tries whether they may read from the kernel.
func (b *Backend) Open(context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tables != nil {
		return nil
	}
	path, err := find()
	if err != nil {
		return err
	}
	b.path = path
	if _, err := b.names(); err != nil {
		return err
	}
	b.tables, err = xtables.OpenPair(b.options.Binary, b.options.Report)
	return err
}

// Close has nothing to close; the bans stay.
func (b *Backend) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tables = nil
	return nil
}

var errNotOpen = errors.New("ipset: not open")

// Flush removes the rules and the sets of the named jails, or of all.
func (b *Backend) Flush(jails ...string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tables == nil {
		return errNotOpen
	}
	defer xtables.Lock()()
	for s := range b.sets {
		if len(jails) == 0 || slices.Contains(jails, s.jail) {
			delete(b.sets, s)
		}
	}
	names, err := b.names()
	if err != nil {
		return err
	}
	ours := func(name string) bool { return strings.HasPrefix(name, prefix4) || strings.HasPrefix(name, prefix6) }
	if len(jails) > 0 {
		ours = func(name string) bool {
			return slices.ContainsFunc(jails, func(jail string) bool {
				return name == set{jail, false}.name() || name == set{jail, true}.name()
			})
		}
	}
	for _, family := range b.tables.All() {
		if err := removeRules(family, ours); err != nil {
			return err
		}
	}
	return b.destroy(slices.DeleteFunc(names, func(name string) bool { return !ours(name) }))
}

// removeRules deletes the rules that look at sets of ours.
func removeRules(family *xtables.Family, ours func(set string) bool) error {
	all, err := family.All()
	if err != nil {
		return err
	}
	var commands []string
	for chain, rules := range all {
		for _, rule := range rules {
			if name := matched(rule); name != "" && ours(name) && xtables.Marked(rule) {
				commands = append(commands, "-D "+chain+" "+rule)
			}
		}
	}
	if err := family.Restore(commands); err != nil {
		return fmt.Errorf("flush: %w", err)
	}
	return nil
}
