package main

import (
	"fmt"
	"strconv"
	"strings"

	"f2b/lib/ban"
	"f2b/lib/cli"
	"f2b/lib/config"
	"f2b/lib/firewall"
)

// banning holds the flags of the commands that ban.
type banning struct {
	Bantime   *config.Duration `placeholder:"TIME" help:"Ban for TIME; -1: for ever (default: what the event says, else 10m)."`
	Port      []string         `placeholder:"LIST" help:"Ban from these ports: 22,smtp,6000:6010 (default: all)."`
	Protocol  string           `enum:"tcp,udp,all" default:"tcp" help:"Protocol of the ports."`
	Blocktype string           `enum:"reject,drop" default:"reject" help:"Refuse packets or lose them."`
	Chain     []string         `placeholder:"LIST" help:"iptables, ipset: jump from these chains (default INPUT)."`
	Hook      string           `enum:"input,prerouting" default:"input" help:"nftables: prerouting also covers ports published by containers."`
	Action    []string         `sep:"none" placeholder:"ACTION" help:"action: run this action of fail2ban's for each ban: 'iptables-sip[name=ASTERISK, protocol=all]'; several run in this order."`
	Config    []string         `placeholder:"DIR" help:"Look for actions in DIR/action.d, before /etc/f2b and /etc/fail2ban."`

	Ignoreself bool `default:"true" help:"Do not ban this machine's own addresses."`
	Force      bool `help:"Ban also loopback, the unspecified address, own addresses and networks larger than /8 (IPv6: /19)."`

	BantimeIncrement    bool            `help:"Ban those who come back for longer."`
	BantimeFactor       string          `placeholder:"EXPR" default:"1" help:"banFactor in the formula; a factor of the multipliers."`
	BantimeFormula      string          `placeholder:"EXPR" help:"How the ban time grows, in Python's notation (default: it doubles each time)."`
	BantimeMultipliers  string          `placeholder:"LIST" help:"Multiply by these numbers in turn instead: '1 5 30 60'."`
	BantimeMaxtime      config.Duration `placeholder:"TIME" help:"Let it grow to TIME at most."`
	BantimeRndtime      config.Duration `placeholder:"TIME" help:"Add up to TIME at random, so that nobody can tell when a ban ends."`
	BantimeOveralljails bool            `help:"Count the bans of all jails."`
}

// defaultBantime is fail2ban's, in seconds.
const defaultBantime = 600

// policy is how every jail bans, by the flags.
func (b *banning) policy() (func(string) ban.Policy, error) {
	p := ban.Policy{Bantime: defaultBantime}
	p.Firewall = firewall.Jail{Protocol: b.Protocol, Blocktype: b.Blocktype, Hook: b.Hook, Chains: words(b.Chain)}
	var err error
	if len(b.Port) > 0 {
		if p.Firewall.Ports, err = firewall.ParsePorts(strings.Join(b.Port, ",")); err != nil {
			return nil, cli.Usagef("-port: %v", err)
		}
	}
	if p.Firewall.Actions, err = b.actions(); err != nil {
		return nil, err
	}
	if b.Bantime != nil {
		p.Bantime, p.Fixed = int64(*b.Bantime), true
		if p.Bantime == 0 {
			return nil, cli.Usagef("-bantime: a ban of no time is none")
		}
	}
	if b.BantimeIncrement {
		if p.Escalation, err = b.escalation(); err != nil {
			return nil, cli.Usagef("%v", err)
		}
	}
	return func(string) ban.Policy { return p }, nil
}

// words splits values that may each be a list.
func words(values []string) []string {
	return strings.FieldsFunc(strings.Join(values, ","), func(r rune) bool { return r == ',' || r == ' ' })
}

// escalation reads the flags of the bantime.increment family.
func (b *banning) escalation() (*ban.Escalation, error) {
	x := &ban.Escalation{Maxtime: int64(b.BantimeMaxtime), Rndtime: int64(b.BantimeRndtime), Overall: b.BantimeOveralljails}
	factor, err := ban.ParseFormula(b.BantimeFactor)
	if err == nil {
		x.Factor, err = factor.Eval(ban.Variables{})
	}
	if err != nil {
		return nil, fmt.Errorf("-bantime-factor: %w", err)
	}
	if b.BantimeFormula != "" {
		if x.Formula, err = ban.ParseFormula(b.BantimeFormula); err != nil {
			return nil, fmt.Errorf("-bantime-formula: %w", err)
		}
	}
	for _, w := range words([]string{b.BantimeMultipliers}) {
		n, err := strconv.ParseInt(w, 10, 32)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("-bantime-multipliers: %q is no whole number above 0", w)
		}
		x.Multipliers = append(x.Multipliers, float64(n))
	}
	return x, nil
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
