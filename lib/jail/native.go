package jail

import (
	"slices"
	"strings"

	"f2b/lib/config"
)

// Native is what an action of fail2ban's does to the firewall, in the words of the firewall itself.
type Native struct {
	Firewall  string // iptables, nftables or ipset
	Port      string // a list; empty: every port
	Protocol  string // tcp, udp or all
	Chain     string // of iptables; empty: the default
	Hook      string // of nftables: input or prerouting; empty: the default
	Blocktype string // reject or drop
	Name      string // what the action calls its chain or set
}

// Rule tells the actions that are one rule of a firewall, which we set ourselves, from the others, which are run. Rules that cannot be
// one are run.
func (b *Banning) Rule() (rule *Native, others []Action) {
	for _, a := range b.Actions {
		n, ok := a.Native()
		switch {
		case !ok:
			others = append(others, a)
		case rule == nil:
			rule = &n
		case !rule.join(n):
			return nil, b.Actions
		}
	}
	return rule, others
}

// join makes one rule of two that differ in nothing but their protocol.
func (n *Native) join(other Native) bool {
	protocol := n.Protocol
	if other.Protocol != protocol {
		protocol = "all"
	}
	other.Protocol, other.Name = n.Protocol, n.Name
	if other != *n {
		return false
	}
	n.Protocol = protocol
	return true
}

// standard are the actions of fail2ban's that ban by rules of the kernel's packet filter, and by whom these are set. Others of such
// names are somebody's own and may do anything.
var standard = map[string]string{
	"iptables": "iptables", "iptables-multiport": "iptables", "iptables-allports": "iptables", "iptables-new": "iptables",
	"iptables-multiport-log": "iptables", "iptables-xt_recent-echo": "iptables",
	"iptables-ipset": "ipset", "iptables-ipset-proto4": "ipset", "iptables-ipset-proto6": "ipset", "iptables-ipset-proto6-allports": "ipset",
	"firewallcmd-ipset": "ipset", "shorewall-ipset-proto6": "ipset",
	"nftables": "nftables", "nftables-multiport": "nftables", "nftables-allports": "nftables",
}

func (a *Action) isStandard() bool { return standard[a.Name] != "" }

// Native tells what the action does to the firewall. It is false for an action that does something else: one of somebody's own, one
// whose commands were changed, one that lets packets pass.
func (a *Action) Native() (n Native, ok bool) {
	if !a.isStandard() || a.changed() {
		return n, false
	}
	n = Native{Firewall: standard[a.Name], Name: a.option("name")}
	if n.Blocktype, ok = blocktype(a.option("blocktype")); !ok {
		return n, false
	}
	if n.Protocol, ok = protocol(a.option("protocol")); !ok {
		return n, false
	}
	if !a.allports() {
		n.Port = a.option("port")
	}
	return n, n.setChain(a)
}

// changed says whether the commands are not those of the distribution's file.
func (a *Action) changed() bool {
	for _, arg := range a.Args {
		if strings.HasPrefix(arg.Name, "action") && arg.Name != "actname" && arg.Name != "actiontype" && arg.Name != "actionstart_on_demand" &&
			arg.Name != "actionrepair_on_unban" || arg.Name == "rule-jump" || arg.Name == "pre-rule" {
			return true
		}
	}
	return a.Definition != nil && strings.HasSuffix(a.Definition.Origin("actionban").File, ".local")
}

// option is what the action has for an option; its own arguments where it has no file.
func (a *Action) option(name string) string {
	if a.Definition != nil {
		value, _ := a.Definition.Get(name)
		return strings.TrimSpace(value)
	}
	i := slices.IndexFunc(a.Args, func(arg config.Arg) bool { return strings.EqualFold(arg.Name, name) })
	if i < 0 || strings.Contains(a.Args[i].Value, "<") {
		return ""
	}
	return strings.TrimSpace(a.Args[i].Value)
}

// allports says whether the action bans from every port.
func (a *Action) allports() bool {
	kind := a.option("type") + a.option("actiontype")
	return strings.Contains(a.Name, "allports") || strings.Contains(kind, "allports") || a.option("port") == ""
}

// blocktype reads what is done with packets. Other targets than these, such as RETURN, have no equal.
func blocktype(value string) (string, bool) {
	switch word, _, _ := strings.Cut(strings.ToLower(value), " "); word {
	case "", "reject":
		return "reject", true
	case "drop", "blackhole":
		return "drop", true
	}
	return "", false
}

// protocol reads a protocol, or a list of them as newer actions take it.
func protocol(value string) (string, bool) {
	words := strings.FieldsFunc(strings.ToLower(value), func(r rune) bool { return r == ',' || r == ' ' })
	slices.Sort(words)
	switch strings.Join(slices.Compact(words), ",") {
	case "", "tcp":
		return "tcp", true
	case "udp":
		return "udp", true
	case "all", "tcp,udp":
		return "all", true
	}
	return "", false
}

// LetsPass says whether the action lets the packets of an address pass that are refused otherwise, instead of the other way round.
func (a *Action) LetsPass() bool {
	word, _, _ := strings.Cut(strings.ToLower(a.option("blocktype")), " ")
	return word == "return" || word == "accept"
}

// StartsAtOnce says whether the action is told not to wait for the first ban.
func (a *Action) StartsAtOnce() bool {
	word := strings.ToLower(a.option("actionstart_on_demand"))
	return word != "" && slices.Contains(lies, word)
}

// setChain reads where the packets are caught. What is forwarded, to a container for one, is caught by nftables before it is routed.
func (n *Native) setChain(a *Action) bool {
	if n.Firewall == "nftables" {
		switch n.Hook = a.option("chain_hook"); n.Hook {
		case "", "input", "prerouting":
			return true
		case "forward":
			n.Hook = "prerouting"
			return true
		}
		return false
	}
	chain := a.option("chain")
	switch strings.ToUpper(chain) {
	case "", "INPUT", "INPUT_DIRECT":
		return true
	case "FORWARD", "DOCKER-USER":
		n.Hook = "prerouting"
	}
	n.Chain = chain
	return true
}
