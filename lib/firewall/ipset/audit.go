package ipset

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

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
		present, err := b.list(s)
		if err != nil {
			return missing, err
		}
		for _, it := range items {
			if !present[it.prefix] {
				missing = append(missing, it.index)
			}
		}
	}
	slices.Sort(missing)
	return missing, nil
}

// list reads the entries of a set; of one that is not there, none.
func (b *Backend) list(s set) (map[netip.Prefix]bool, error) {
	present := map[netip.Prefix]bool{}
	out, err := b.run("", "save", s.name())
	if err != nil {
		if strings.Contains(err.Error(), noSuchSet) {
			err = nil
		}
		return present, err
	}
	for line := range strings.Lines(out) {
		entry, isEntry := strings.CutPrefix(line, "add "+s.name()+" ")
		if !isEntry {
			continue
		}
		text, _, _ := strings.Cut(strings.TrimSpace(entry), " ")
		p, err := netip.ParsePrefix(text)
		if a, isAddr := netip.ParseAddr(text); isAddr == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return present, errors.Join(errors.New("ipset: unknown entry "+text), err)
		}
		present[p] = true
	}
	return present, nil
}
