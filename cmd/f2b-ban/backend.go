package main

import (
	"slices"
	"strings"

	"f2b/lib/ban"
	"f2b/lib/cli"
	"f2b/lib/firewall"
	"f2b/lib/firewall/action"
	"f2b/lib/firewall/dryrun"
	"f2b/lib/firewall/ipset"
	"f2b/lib/firewall/iptables"
	"f2b/lib/firewall/nftables"
)

// backends are the firewalls by name, each made for the jails that it will enforce.
var backends = []struct {
	name string
	make func(*ban.Jails, *cli.IO) (firewall.Backend, error)
}{
	{"dryrun", func(j *ban.Jails, std *cli.IO) (firewall.Backend, error) {
		return dryrun.New(j.Firewall, std.Warnf), nil
	}},
	{"nftables", func(j *ban.Jails, _ *cli.IO) (firewall.Backend, error) { return nftables.New(j.Firewall), nil }},
	{"iptables", func(j *ban.Jails, _ *cli.IO) (firewall.Backend, error) {
		return iptables.New(j.Firewall, iptables.Options{}), nil
	}},
	{"ipset", func(j *ban.Jails, _ *cli.IO) (firewall.Backend, error) {
		return ipset.New(j.Firewall, ipset.Options{}), nil
	}},
	{"action", func(j *ban.Jails, std *cli.IO) (firewall.Backend, error) {
		return action.New(j.Firewall, action.Options{Report: func(err error) { std.Errorf("%v", err) }}), nil
	}},
}

// openBackend makes a backend ready. The error says what right or what tool is missing.
func openBackend(name string, jails *ban.Jails, std *cli.IO) (firewall.Backend, error) {
	var names []string
	for _, b := range backends {
		names = append(names, b.name)
		if b.name != name {
			continue
		}
		made, err := b.make(jails, std)
		if err != nil {
			return nil, err
		}
		if err := made.Open(std.Context); err != nil {
			made.Close()
			return nil, err
		}
		return made, nil
	}
	slices.Sort(names)
	return nil, cli.Usagef("-backend: there is no %q: there are %s", name, strings.Join(names, ", "))
}
