package xtables

import (
	"fmt"
	"slices"
	"strings"

	"f2b/lib/firewall"
)

// maxPorts is how many ports one multiport match takes; a range is two of them.
const maxPorts = 15

// Comment marks the rules of a jail as ours and makes its name readable where a
// chain's had to be cut.
func Comment(jail string) string {
	return fmt.Sprintf(`-m comment --comment "%s%s"`, mark, firewall.SafeName(jail, 200))
}

// mark begins the comment of every rule that is ours.
const mark = "f2b:"

// Marked reports whether a rule carries our comment.
func Marked(rule string) bool {
	return strings.Contains(rule, `--comment "`+mark) || strings.Contains(rule, "--comment "+mark)
}

// Entrances returns the rules that lead a jail's traffic to an end, which is the
// rest of a rule: one for each protocol and each fifteen ports.
func (f *Family) Entrances(jail firewall.Jail, end string) []string {
	if len(jail.Ports) == 0 {
		return []string{f.protocol(jail) + end}
	}
	var rules []string
	for _, protocol := range jail.Protocols() {
		for _, ports := range fifteens(jail.Ports) {
			rules = append(rules, fmt.Sprintf("-p %s -m multiport --dports %s %s", protocol, firewall.FormatPorts(ports), end))
		}
	}
	return rules
}

// protocol is the match of a jail without ports. One for all protocols leaves
// ICMPv6 alone, or neighbours on the same wire would not find one another.
func (f *Family) protocol(jail firewall.Jail) string {
	switch {
	case jail.Protocol != firewall.AllProtocols:
		return "-p " + jail.Protocol + " "
	case f.V6:
		return "! -p ipv6-icmp "
	}
	return ""
}

// fifteens cuts a port list into pieces that a multiport match can hold.
func fifteens(ports []firewall.PortRange) (pieces [][]firewall.PortRange) {
	room := 0
	for _, r := range ports {
		size := 1
		if r.First != r.Last {
			size = 2
		}
		if size > room {
			pieces, room = append(pieces, nil), maxPorts
		}
		pieces[len(pieces)-1] = append(pieces[len(pieces)-1], r)
		room -= size
	}
	return pieces
}

// Replace returns the commands that make wanted the only rules in a chain among
// those that are own; none when they are there already. Rules are compared as
// sets of words, because the two forms of iptables order their matches differently.
func Replace(chain string, rules []string, own func(rule string) bool, wanted []string) []string {
	var present []string
	for _, rule := range rules {
		if own(rule) {
			present = append(present, rule)
		}
	}
	if slices.Equal(canonical(present), canonical(wanted)) {
		return nil
	}
	var commands []string
	for _, rule := range present {
		commands = append(commands, "-D "+chain+" "+rule)
	}
	for _, rule := range slices.Backward(wanted) {
		commands = append(commands, "-I "+chain+" 1 "+rule)
	}
	return commands
}

// canonical sorts rules and the words in each.
func canonical(rules []string) []string {
	sorted := make([]string, len(rules))
	for i, rule := range rules {
		words := strings.Fields(strings.ReplaceAll(rule, `"`, ""))
		slices.Sort(words)
		sorted[i] = strings.Join(words, " ")
	}
	slices.Sort(sorted)
	return sorted
}

// HasWords reports whether a rule has these words next to one another.
func HasWords(rule string, words ...string) bool {
	return strings.Contains(" "+rule+" ", " "+strings.Join(words, " ")+" ")
}
