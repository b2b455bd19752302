package iptables

import (
	"slices"

	"f2b/lib/firewall"
)

// Suspects names the jails in whose chains Check counted fewer bans than are held.
func (b *Backend) Suspects(held map[string]int) ([]firewall.Suspect, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	found := map[string]int{}
	for at, st := range b.chains {
		found[at.jail] += st.bans
	}
	return firewall.Fewer(found, held), nil
}

// Missing lists the rules of each chain once.
func (b *Backend) Missing(bans []firewall.Ban) ([]int, error) {
	b.mu.Lock()
	tables := b.tables
	b.mu.Unlock()
	if tables == nil {
		return nil, errNotOpen
	}
	groups, _ := group(bans)
	var missing []int
	for at, items := range groups {
		family, err := tables.Family(at.v6)
		if err != nil {
			continue // nothing is banned where nothing can be
		}
		rules, _, err := family.Rules(chainName(at.jail))
		if err != nil {
			return missing, err
		}
		present := banned(rules, at.v6)
		for _, it := range items {
			if present[it.prefix] == nil {
				missing = append(missing, it.index)
			}
		}
	}
	slices.Sort(missing)
	return missing, nil
}
