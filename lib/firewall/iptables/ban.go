package iptables

import (
	"errors"
	"net/netip"
	"slices"

	"f2b/lib/firewall"
	"f2b/lib/firewall/xtables"
)

// attempts is how often a change is tried. Between reading the rules and changing
// them another program may come in; iptables-restore then changes nothing.
const attempts = 3

// few is how many rules are deleted one by one. Each deletion searches the whole
// chain, so for more the chain is written anew.
const few = 16

// An item is one ban and its place in the caller's slice.
type item struct {
	index  int
	prefix netip.Prefix
}

// Ban adds a rule for each prefix that has none.
func (b *Backend) Ban(bans []firewall.Ban) error {
	return b.each(bans, b.put)
}

// Unban removes every rule of the prefixes.
func (b *Backend) Unban(bans []firewall.Ban) error {
	return b.each(bans, b.take)
}

// each sorts bans into jails and families, has each group done in one step and
// gathers what failed.
func (b *Backend) each(bans []firewall.Ban, do func(place, *xtables.Family, []item) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tables == nil {
		return errNotOpen
	}
	groups, failed := group(bans)
	for at, items := range groups {
		err := b.retry(at, items, do)
		for _, it := range items {
			if err != nil {
				failed = append(failed, firewall.Failure{Index: it.index, Err: err})
			}
		}
	}
	slices.SortFunc(failed, func(a, b firewall.Failure) int { return a.Index - b.Index })
	return firewall.Partial(failed)
}

// group sorts bans into places; those without an address have failed.
func group(bans []firewall.Ban) (groups map[place][]item, failed []firewall.Failure) {
	groups = map[place][]item{}
	for i, ban := range bans {
		p, err := ban.Address()
		if err != nil {
			failed = append(failed, firewall.Failure{Index: i, Err: err})
			continue
		}
		at := place{ban.Jail, p.Addr().Is6()}
		groups[at] = append(groups[at], item{i, p})
	}
	return groups, failed
}

func (b *Backend) retry(at place, items []item, do func(place, *xtables.Family, []item) error) error {
	family, err := b.tables.Family(at.v6)
	if err != nil {
		return err
	}
	defer xtables.Lock()()
	for range attempts {
		if err = do(at, family, items); err == nil {
			return nil
		}
	}
	return err
}

// put bans.
func (b *Backend) put(at place, family *xtables.Family, items []item) error {
	jail, err := b.jail(at.jail).Normal()
	if err != nil {
		return err
	}
	jail.Name = at.jail
	if b.addFresh(at, family, jail, items) {
		return nil
	}
	before, err := family.Generation()
	if err != nil {
		return err
	}
	rules, err := b.ensure(at, family, jail)
	if err != nil {
		return err
	}
	present := banned(rules, at.v6)
	gone, added := map[string]bool{}, []string{}
	for _, it := range items {
		wanted := ban(family, jail, it.prefix)
		if slices.Equal(present[it.prefix], wanted) {
			continue
		}
		for _, old := range present[it.prefix] {
			gone[old] = true
		}
		present[it.prefix] = wanted
		added = append(added, wanted...)
	}
	c, err := change(family, chainName(at.jail), rules, gone, added)
	b.learn(at, family, before, c, present)
	return err
}

// take unbans.
func (b *Backend) take(at place, family *xtables.Family, items []item) error {
	chain := chainName(at.jail)
	before, err := family.Generation()
	if err != nil {
		return err
	}
	rules, _, err := family.Rules(chain)
	if err != nil || !marked(rules) {
		return err
	}
	present := banned(rules, at.v6)
	gone := map[string]bool{}
	for _, it := range items {
		for _, rule := range present[it.prefix] {
			gone[rule] = true
		}
		delete(present, it.prefix)
	}
	c, err := change(family, chain, rules, gone, nil)
	b.learn(at, family, before, c, present)
	return err
}

// ensure returns the rules of a place's chain after it has set the place up where
// that is needed, and takes note when something was gone that had been there.
func (b *Backend) ensure(at place, family *xtables.Family, jail firewall.Jail) ([]string, error) {
	chain := chainName(jail.Name)
	st := b.chains[at]
	if st == nil {
		st = &state{}
		b.chains[at] = st
	}
	if st.ready {
		rules, _, err := family.Rules(chain)
		if err != nil || marked(rules) {
			return rules, err
		}
		st.ready, st.lost, st.known = false, true, nil
	}
	commands, err := setUp(family, jail)
	if err == nil {
		err = family.Restore(commands)
	}
	if err != nil {
		return nil, err
	}
	st.ready = true
	rules, exists, err := family.Rules(chain)
	if err == nil && !exists {
		err = errors.New("iptables: chain " + chain + " was removed at once")
	}
	return rules, err
}

// A changed is what a change has come to.
type changed struct {
	steps int
	more  int // rules
}

// change deletes and adds rules of one chain in one step or, where the kernel takes no message of that length, in several.
func change(family *xtables.Family, chain string, rules []string, gone map[string]bool, added []string) (c changed, err error) {
	var kept, deleted []string
	for _, rule := range rules {
		if gone[rule] {
			deleted = append(deleted, rule)
		} else {
			kept = append(kept, rule)
		}
	}
	var anew []string
	mustBeAnew := ambiguous(deleted, kept, family.V6)
	if len(deleted) > few || mustBeAnew {
		anew = append(anew, "-F "+chain)
		for _, rule := range kept {
			anew = append(anew, "-A "+chain+" "+rule)
		}
	}
	single := make([]string, 0, len(deleted)+len(added))
	for _, rule := range deleted {
		single = append(single, "-D "+chain+" "+rule)
	}
	for _, rule := range slices.Backward(added) {
		single = append(single, "-I "+chain+" 1 "+rule)
	}
	c.more = len(added) - len(deleted)
	if anew != nil {
		c.steps = 1
		if err = family.Restore(append(anew, single[len(deleted):]...)); !xtables.TooLong(err) || mustBeAnew {
			return c, err
		}
	}
	c.steps, err = family.RestoreInSteps(single)
	return c, err
}

// ambiguous reports whether a rule to delete and one to keep are of networks that
// begin alike. The nft form of iptables 1.8 tells IPv6 networks apart by their
// first address alone: told to delete a /64, it may delete a /32.
func ambiguous(deleted, kept []string, v6 bool) bool {
	begins := map[netip.Addr]bool{}
	for _, rule := range deleted {
		p, _ := source(rule, v6)
		begins[p.Addr()] = true
	}
	for _, rule := range kept {
		if p, ok := source(rule, v6); ok && begins[p.Addr()] && jump(rule) != "RETURN" {
			return true
		}
	}
	return false
}
