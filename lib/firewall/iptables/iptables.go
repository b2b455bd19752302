// Package iptables is the firewall backend that uses iptables and ip6tables, with
// a chain for each jail as fail2ban has:
//
//	-N f2b-sshd
//	-A INPUT -p tcp -m multiport --dports 22 -m comment --comment "f2b:sshd" -j f2b-sshd
//	-A f2b-sshd -s 192.0.2.1/32 -p tcp -j REJECT --reject-with tcp-reset
//	-A f2b-sshd -m comment --comment "f2b:sshd" -j RETURN
//
// Rules do not end by themselves: the caller unbans. Each rule is looked at for
// each packet, so nftables or ipset is the better choice for thousands of bans.
//
// The kernel's rules are read before each change, unless nobody else has changed
// them since they were read last, so several processes can use one chain. All bans
// of a call that are of one jail and family reach the kernel in one step, through
// iptables-restore.
package iptables

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"f2b/lib/firewall"
	"f2b/lib/firewall/xtables"
)

// Options are what New can be told.
type Options struct {
	// Binary is "iptables" (the default: the system's own), "iptables-legacy" or
	// "iptables-nft".
	Binary string
	// Report is told, once, what does not work and does not stop the rest.
	Report func(error)
}

// Backend implements [firewall.Backend].
type Backend struct {
	jail    func(name string) firewall.Jail
	options Options

	mu     sync.Mutex
	tables *xtables.Pair
	chains map[place]*state // what this process uses
}

// A place is one jail's chain in one family.
type place struct {
	jail string
	v6   bool
}

// state is what is known of a place.
type state struct {
	ready bool
	lost  bool // something was gone and Check has not said so yet
	bans  int  // as many as there were when the chain was read last

	known map[netip.Prefix]bool // whom the chain bans; nil: that has to be read
	as    xtables.Generation    // of known
}

// New returns a backend that asks jail for the settings of a name when it is
// first banned in.
func New(jail func(name string) firewall.Jail, options Options) *Backend {
	options.Binary = cmp.Or(options.Binary, xtables.DefaultBinary)
	if options.Report == nil {
		options.Report = func(error) {}
	}
	return &Backend{jail: jail, options: options, chains: map[place]*state{}}
}

func (b *Backend) Name() string { return "iptables" }

// KernelExpiry is false: iptables knows no time.
func (b *Backend) KernelExpiry() bool { return false }

// Open finds the tools and tries whether they may read the rules.
func (b *Backend) Open(context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tables != nil {
		return nil
	}
	tables, err := xtables.OpenPair(b.options.Binary, b.options.Report)
	if err != nil {
		return err
	}
	b.tables = tables
	return nil
}

// Close has nothing to close; the bans stay.
func (b *Backend) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tables = nil
	return nil
}

var errNotOpen = errors.New("iptables: not open")

// Flush removes the named jails' chains and what leads to them, or those of all
// jails that carry our mark. A chain of the same name that is another program's stays.
func (b *Backend) Flush(jails ...string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tables == nil {
		return errNotOpen
	}
	var names []string
	for _, jail := range jails {
		names = append(names, chainName(jail))
	}
	for at := range b.chains {
		if len(jails) == 0 || slices.Contains(jails, at.jail) {
			delete(b.chains, at)
		}
	}
	defer xtables.Lock()()
	for _, family := range b.tables.All() {
		if err := remove(family, names); err != nil {
			return err
		}
	}
	return nil
}

// remove deletes chains of ours: those named or, without a name, all.
func remove(family *xtables.Family, names []string) error {
	all, err := family.All()
	if err != nil {
		return err
	}
	ours := map[string]bool{}
	for chain, rules := range all {
		named := len(names) == 0 || slices.Contains(names, chain)
		ours[chain] = named && strings.HasPrefix(chain, prefix) && marked(rules)
	}
	var jumps, ends []string
	for chain, rules := range all {
		if ours[chain] {
			ends = append(ends, "-F "+chain, "-X "+chain)
			continue
		}
		for _, rule := range rules {
			if ours[jump(rule)] {
				jumps = append(jumps, "-D "+chain+" "+rule)
			}
		}
	}
	if err := family.Restore(append(jumps, ends...)); err != nil {
		return fmt.Errorf("flush: %w", err)
	}
	return nil
}
