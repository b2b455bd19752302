package iptables

import (
	"fmt"
	"net/netip"
	"strings"

	"f2b/lib/firewall"
	"f2b/lib/firewall/xtables"
)

// prefix begins the names of the chains.
const prefix = "f2b-"

// maxChain is how long the kernel lets a chain's name be.
const maxChain = 28

func chainName(jail string) string {
	return prefix + firewall.SafeName(jail, maxChain-len(prefix))
}

// end is the last rule of a jail's chain, and what tells it from another
// program's: fail2ban's chains have the same names.
func end(jail string) string {
	return xtables.Comment(jail) + " -j RETURN"
}

// marked reports whether a chain with these rules is ours and whole.
func marked(rules []string) bool {
	for _, rule := range rules {
		if jump(rule) == "RETURN" && xtables.Marked(rule) {
			return true
		}
	}
	return false
}

// foreign reports whether a rule of a jail's chain is neither a ban nor our end.
func foreign(rule string) bool {
	switch jump(rule) {
	case "REJECT", "DROP":
		return false
	case "RETURN":
		return !xtables.Marked(rule)
	}
	return true
}

// jump is the target of a rule.
func jump(rule string) string {
	_, target, _ := strings.Cut(" "+rule, " -j ")
	target, _, _ = strings.Cut(target, " ")
	return target
}

// banned reads the prefixes out of a chain's rules, with the rules of each: more
// than one where somebody else doubled it.
func banned(rules []string, v6 bool) map[netip.Prefix][]string {
	found := map[netip.Prefix][]string{}
	for _, rule := range rules {
		if jump(rule) == "RETURN" {
			continue
		}
		if p, ok := source(rule, v6); ok {
			found[p] = append(found[p], rule)
		}
	}
	return found
}

// source is the source address of a rule. iptables writes none for "all".
func source(rule string, v6 bool) (netip.Prefix, bool) {
	_, text, ok := strings.Cut(" "+rule, " -s ")
	if !ok {
		all := netip.IPv4Unspecified()
		if v6 {
			all = netip.IPv6Unspecified()
		}
		return netip.PrefixFrom(all, 0), true
	}
	text, _, _ = strings.Cut(text, " ")
	p, err := netip.ParsePrefix(text)
	return p, err == nil
}

// ban is the rules of one banned prefix, written as iptables lists them.
func ban(family *xtables.Family, jail firewall.Jail, p netip.Prefix) []string {
	match := ""
	if p.Bits() > 0 {
		match = "-s " + p.String() + " "
	}
	var rules []string
	for _, target := range family.Targets(jail) {
		rules = append(rules, match+target.Match+target.Jump)
	}
	return rules
}

// setUp returns the commands that make a jail's chain, or complete what is there:
// its bans stay, and what leads to it is what the settings say now.
func setUp(family *xtables.Family, jail firewall.Jail) ([]string, error) {
	chain := chainName(jail.Name)
	rules, exists, err := family.Rules(chain)
	if err != nil {
		return nil, err
	}
	var commands []string
	if !exists {
		commands = append(commands, "-N "+chain)
	}
	switch {
	case len(rules) == 0:
		commands = append(commands, "-A "+chain+" "+end(jail.Name))
	case !marked(rules):
		return nil, fmt.Errorf("%s: chain %s is another program's: stop fail2ban, or give the jail another name", family, chain)
	}
	for _, rule := range rules {
		if foreign(rule) {
			commands = append(commands, "-D "+chain+" "+rule)
		}
	}
	entrances := family.Entrances(jail, xtables.Comment(jail.Name)+" -j "+chain)
	for _, from := range jail.Chains {
		rules, exists, err := family.Rules(from)
		if err != nil {
			return nil, err
		}
		if !exists {
			return nil, fmt.Errorf("%s: there is no chain %s: see -chain", family, from)
		}
		own := func(rule string) bool { return jump(rule) == chain }
		commands = append(commands, xtables.Replace(from, rules, own, entrances)...)
	}
	return commands, nil
}
