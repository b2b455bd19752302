package iptables

import (
	"net/netip"

	"f2b/lib/firewall"
	"f2b/lib/firewall/xtables"
)

// learn takes note of whom a chain bans after a change of ours, if nobody else has
// changed the rules since before.
func (b *Backend) learn(at place, family *xtables.Family, before xtables.Generation, c changed, present map[netip.Prefix][]string) {
	known := make(map[netip.Prefix]bool, len(present))
	for p := range present {
		known[p] = true
	}
	b.follow(at, family, before, c, known)
}

// follow is learn for what is known already.
func (b *Backend) follow(at place, family *xtables.Family, before xtables.Generation, c changed, known map[netip.Prefix]bool) {
	st := b.chains[at]
	if st == nil {
		return
	}
	after, ok := b.tables.Followed(family, before, c.steps, c.more)
	if !ok {
		st.known = nil
		return
	}
	for _, each := range b.chains {
		if each.as == before {
			each.as = after
		}
	}
	st.known, st.as, st.bans = known, after, len(known)
}

// addFresh bans without reading the rules before, which would cost the start of
// another program: where they are as this process left them, and none of the
// prefixes is banned. It reports false when that is not so, or did not work.
func (b *Backend) addFresh(at place, family *xtables.Family, jail firewall.Jail, items []item) bool {
	st := b.chains[at]
	if st == nil || !st.ready || st.known == nil {
		return false
	}
	gen, err := family.Generation()
	if err != nil || gen != st.as {
		return false
	}
	var rules []string
	fresh := make(map[netip.Prefix]bool, len(items))
	for _, it := range items {
		if st.known[it.prefix] {
			return false
		}
		if !fresh[it.prefix] {
			fresh[it.prefix] = true
			rules = append(rules, ban(family, jail, it.prefix)...)
		}
	}
	c, err := change(family, chainName(at.jail), nil, nil, rules)
	if err != nil {
		st.known = nil
		return false
	}
	for p := range fresh {
		st.known[p] = true
	}
	b.follow(at, family, gen, c, st.known)
	return true
}
