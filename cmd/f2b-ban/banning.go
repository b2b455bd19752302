package main

import (
	"strings"

	"f2b/lib/ban"
	"f2b/lib/cli"
	"f2b/lib/config"
	"f2b/lib/firewall"
	"f2b/lib/growth"
)

// banning holds the flags of the commands that ban. What is not given is the jail's, or the default.
type banning struct {
	Bantime   *config.Duration `placeholder:"TIME" help:"Ban for TIME; -1: for ever (default: what the event says, else the jail's, else 10m)."`
	Port      []string         `placeholder:"LIST" help:"Ban from these ports: 22,smtp,6000:6010 (default: the jail's, else all)."`
	Protocol  string           `enum:"tcp,udp,all," default:"" help:"Protocol of the ports (default: the jail's, else tcp)."`
	Blocktype string           `enum:"reject,drop," default:"" help:"Refuse packets or lose them (default: the jail's, else reject)."`
	Chain     []string         `placeholder:"LIST" help:"iptables, ipset: jump from these chains (default: the jail's, else INPUT)."`
	Hook      string           `enum:"input,prerouting," default:"" help:"nftables: prerouting also covers ports published by containers (default: the jail's, else input)."`
	Action    []string         `sep:"none" placeholder:"ACTION" help:"action: run this action of fail2ban's for each ban: 'iptables-sip[name=ASTERISK, protocol=all]'; several run in this order."`
	Native    bool             `default:"true" help:"jail: set the rules of iptables, nftables and ipset actions ourselves, rather than by running their commands."`
	Config    []string         `placeholder:"DIR" help:"Look for jail.conf in DIR and for actions in DIR/action.d, before /etc/f2b and /etc/fail2ban."`

	Ignoreself bool `default:"true" help:"Do not ban this machine's own addresses."`
	Force      bool `help:"Ban also loopback, the unspecified address, own addresses and networks larger than /8 (IPv6: /19)."`

	BantimeIncrement    bool            `help:"Ban those who come back for longer."`
	BantimeFactor       string          `placeholder:"EXPR" help:"banFactor in the formula; a factor of the multipliers (default: the jail's, else 1)."`
	BantimeFormula      string          `placeholder:"EXPR" help:"How the ban time grows, in Python's notation (default: it doubles each time)."`
	BantimeMultipliers  string          `placeholder:"LIST" help:"Multiply by these numbers in turn instead: '1 5 30 60'."`
	BantimeMaxtime      config.Duration `placeholder:"TIME" help:"Let it grow to TIME at most."`
	BantimeRndtime      config.Duration `placeholder:"TIME" help:"Add up to TIME at random, so that nobody can tell when a ban ends."`
	BantimeOveralljails bool            `help:"Count the bans of all jails."`
}

// defaultBantime is fail2ban's, in seconds.
const defaultBantime = 600

// policy is how is banned by the flags alone.
func (b *banning) policy() (p ban.Policy, err error) {
	p.Bantime = defaultBantime
	p.Firewall = firewall.Jail{Protocol: b.Protocol, Blocktype: b.Blocktype, Hook: b.Hook, Chains: words(b.Chain)}
	if len(b.Port) > 0 {
		if p.Firewall.Ports, err = firewall.ParsePorts(strings.Join(b.Port, ",")); err != nil {
			return p, cli.Usagef("-port: %v", err)
		}
	}
	if p.Firewall.Actions, err = b.actions(); err != nil {
		return p, err
	}
	if b.Bantime != nil {
		p.Bantime, p.Fixed = int64(*b.Bantime), true
		if p.Bantime == 0 {
			return p, cli.Usagef("-bantime: a ban of no time is none")
		}
	}
	if b.BantimeIncrement {
		var option string
		if p.Escalation, option, err = b.escalation(); err != nil {
			return p, cli.Usagef("-bantime-%s: %v", option, err)
		}
	}
	return p, nil
}

// words splits values that may each be a list.
func words(values []string) []string {
	return strings.FieldsFunc(strings.Join(values, ","), func(r rune) bool { return r == ',' || r == ' ' })
}

// escalation reads the flags of the bantime.increment family. With an error comes the option that is wrong.
func (b *banning) escalation() (x *growth.Escalation, option string, err error) {
	if x, option, err = growth.Parse(b.BantimeFactor, b.BantimeFormula, b.BantimeMultipliers); err != nil {
		return nil, option, err
	}
	x.Maxtime, x.Rndtime, x.Overall = int64(b.BantimeMaxtime), int64(b.BantimeRndtime), b.BantimeOveralljails
	return x, "", nil
}

// safety is what is never banned.
func (b *banning) safety() *ban.Safety {
	if b.Force {
		return nil
	}
	s := &ban.Safety{}
	if b.Ignoreself {
		s.Own = ban.OwnAddresses
	}
	return s
}
