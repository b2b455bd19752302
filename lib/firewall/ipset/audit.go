package ipset

import (
	"fmt"
	"slices"

	"f2b/lib/firewall"
)

// Suspects names the jails whose sets have fewer entries than are held.
func (b *Backend) Suspects(held map[string]int) ([]firewall.Suspect, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	found := map[string]int{}
	for s, st := range b.sets {
		if !st.ready {
			continue
		}
		n, err := entries(s.name())
		if err != nil {
			return nil, fmt.Errorf("ipset: %s: %w", s.name(), err)
		}
		found[s.jail] += n
	}
	return firewall.Fewer(found, held), nil
}

// Missing lists each set once.
func (b *Backend) Missing(bans []firewall.Ban) ([]int, error) {
	groups, _ := group(bans)
	var missing []int
	for s, items := range groups {
		there, err := present(s)
		if err != nil {
			return missing, fmt.Errorf("ipset: %s: %w", s.name(), err)
		}
		for _, it := range items {
			if !there[it.prefix] {
				missing = append(missing, it.index)
			}
		}
	}
	slices.Sort(missing)
	return missing, nil
}
