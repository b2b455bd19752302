package main

import (
	"maps"
	"slices"
	"strings"

	"f2b/lib/ban"
	"f2b/lib/cli"
	"f2b/lib/config"
	"f2b/lib/firewall"
	"f2b/lib/firewall/action"
	"f2b/lib/firewall/dryrun"
	"f2b/lib/firewall/ipset"
	"f2b/lib/firewall/iptables"
	"f2b/lib/firewall/nftables"
	"f2b/lib/firewall/perjail"
)

// opener makes backends ready for jails.
type opener struct {
	std    *cli.IO
	jails  *ban.Jails
	around func(jail string) []config.Arg // the options that actions may refer to
}

// backends are the firewalls by name.
var backends = map[string]func(*opener) firewall.Backend{
	"dryrun":   func(o *opener) firewall.Backend { return dryrun.New(o.jails.Firewall, o.std.Warnf) },
	"nftables": func(o *opener) firewall.Backend { return nftables.New(o.jails.Firewall) },
	"iptables": func(o *opener) firewall.Backend { return iptables.New(o.jails.Firewall, iptables.Options{}) },
	"ipset":    func(o *opener) firewall.Backend { return ipset.New(o.jails.Firewall, ipset.Options{}) },
	"action": func(o *opener) firewall.Backend {
		return action.New(o.jails.Firewall, action.Options{Report: o.report, Around: o.around})
	},
}

func (o *opener) report(err error) { o.std.Errorf("%v", err) }

// open makes a backend ready. The error says what right or what tool is missing.
func (o *opener) open(name string) (firewall.Backend, error) {
	if name == "jail" {
		return perjail.New(o.jails.Firewall, perjail.Options{Make: o.open, Report: o.report}), nil
	}
	made, ok := backends[name]
	if !ok {
		names := append(slices.Collect(maps.Keys(backends)), "jail")
		slices.Sort(names)
		return nil, cli.Usagef("-backend: there is no %q: there are %s", name, strings.Join(names, ", "))
	}
	b := made(o)
	if err := b.Open(o.std.Context); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}
