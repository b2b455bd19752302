package main

import (
	"fmt"
	"net/netip"
	"slices"

	"f2b/lib/ban"
	"f2b/lib/cli"
	"f2b/lib/event"
	"f2b/lib/ledger"
)

// banCmd is f2b-ban ban.
type banCmd struct {
	tool *tool `kong:"-"`
	banning
	Addresses []string `arg:"" placeholder:"IP" help:"Addresses and networks: 192.0.2.1, 2001:db8::/32."`
}

// Run bans addresses. The backend is the one that enforces their jail already, unless -backend names one.
func (c *banCmd) Run(std *cli.IO) error {
	events, err := wishes(event.Ban, c.tool.only(), c.Addresses)
	if err != nil {
		return err
	}
	policies, err := c.policies(std, c.tool)
	if err != nil {
		return err
	}
	name, err := c.tool.backendOf(std, c.tool.only(), policies.backend())
	if err != nil {
		return err
	}
	return c.tool.act(std, name, policies, c.safety(), func(k *ban.Keeper) error { return k.Act(std.Stdout, events) })
}

// wishes makes an event of each address.
func wishes(kind, jail string, addresses []string) ([]event.Event, error) {
	var events []event.Event
	for _, s := range addresses {
		p, err := parseAddress(s)
		if err != nil {
			return nil, err
		}
		events = append(events, event.Event{V: event.Version, Type: kind, IP: p, Jail: jail})
	}
	return events, nil
}

// parseAddress reads an address or a network, as events have them.
func parseAddress(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return p, cli.Usagef("%q is neither an address nor a network", s)
	}
	if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
	}
	return p.Masked(), nil
}

// act runs one act of a keeper of a backend.
func (t *tool) act(std *cli.IO, backend string, policies *policies, safety *ban.Safety, do func(*ban.Keeper) error) error {
	jails := ban.NewJails(policies.of)
	b, err := policies.open(std, backend, jails)
	if err != nil {
		return err
	}
	defer b.Close()
	return do(ban.New(ban.Options{
		Backend: b, Jails: jails, Clock: ban.Wall{}, Voice: std, Safety: safety, Open: t.ledger(std, backend), Jail: t.only(),
	}))
}

// backendOf is who enforces a jail, by -backend, else by what the ledger says of the jail, else by its configuration, else by what the
// ledger says of the last jail that was used.
func (t *tool) backendOf(std *cli.IO, jail, configured string) (string, error) {
	if t.Backend != "" {
		return t.Backend, nil
	}
	jails, err := t.jails(std)
	if err != nil {
		return "", err
	}
	for _, j := range jails {
		if j.Name == jail {
			return j.Backend, nil
		}
	}
	switch {
	case configured != "":
		return configured, nil
	case len(jails) > 0:
		return jails[0].Backend, nil
	}
	std.Warnf("a dry run: no backend is in use yet, and -backend names none")
	return "dryrun", nil
}

// jails reads what the ledger knows of jails.
func (t *tool) jails(std *cli.IO) ([]ledger.Jail, error) {
	l, err := t.read(std)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	return l.Jails()
}

// backendsInUse are those of -backend, else all that the ledger knows.
func (t *tool) backendsInUse(std *cli.IO) ([]string, error) {
	if t.Backend != "" {
		return []string{t.Backend}, nil
	}
	jails, err := t.jails(std)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, j := range jails {
		if !slices.Contains(names, j.Backend) {
			names = append(names, j.Backend)
		}
	}
	slices.Sort(names)
	return names, nil
}

// noPolicies are for commands that ban nobody.
var noPolicies = &policies{}

// flushCmd is f2b-ban flush.
type flushCmd struct {
	tool *tool `kong:"-"`
}

// Run flushes every backend in use.
func (c *flushCmd) Run(std *cli.IO) error {
	names, err := c.tool.backendsInUse(std)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return fmt.Errorf("no backend is in use as far as %s knows: name one by -backend", c.tool.path())
	}
	var jails []string
	if c.tool.only() != "" {
		jails = []string{c.tool.only()}
	}
	for _, name := range names {
		err := c.tool.act(std, name, noPolicies, nil, func(k *ban.Keeper) error { return k.FlushAll(std.Stdout, jails...) })
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
