package ipset

import (
	"fmt"
	"strings"

	"f2b/lib/firewall"
	"f2b/lib/firewall/xtables"
)

// maxName is how long the kernel lets a set's name be.
const maxName = 31

// The names of the sets begin otherwise than fail2ban's ("f2b-sshd").
const (
	prefix4 = "f2b4-"
	prefix6 = "f2b6-"
)

// A set is one jail's bans of one family.
type set struct {
	jail string
	v6   bool
}

func (s set) name() string {
	name := firewall.SafeName(s.jail, maxName-len(prefix4))
	if s.v6 {
		return prefix6 + name
	}
	return prefix4 + name
}

// create is the line that makes the set; with -exist it changes nothing about one
// that is there.
func (s set) create(maxElem int) string {
	family := "inet"
	if s.v6 {
		family = "inet6"
	}
	return fmt.Sprintf("create %s hash:net family %s maxelem %d timeout 0", s.name(), family, maxElem)
}

// rules are those that look at the set. A jail for all protocols has one for tcp,
// with its own kind of refusal, before that for the rest.
func (s set) rules(family *xtables.Family, jail firewall.Jail) []string {
	var rules []string
	for _, target := range family.Targets(jail) {
		part := jail
		switch {
		case jail.Blocktype == firewall.Drop || jail.Protocol != firewall.AllProtocols:
		case target.Match != "":
			part.Protocol = firewall.TCP
		case len(jail.Ports) > 0:
			part.Protocol = firewall.UDP
		}
		end := "-m set --match-set " + s.name() + " src " + xtables.Comment(s.jail) + " " + target.Jump
		rules = append(rules, family.Entrances(part, end)...)
	}
	return rules
}

// matched is the set that a rule looks at for its source.
func matched(rule string) string {
	_, rest, _ := strings.Cut(rule, "--match-set ")
	name, rest, _ := strings.Cut(rest, " ")
	if !strings.HasPrefix(rest, "src") {
		return ""
	}
	return name
}
