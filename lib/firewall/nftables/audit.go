package nftables

import (
	"slices"

	"f2b/lib/firewall"
)

// Suspects names the prefixes that somebody else has deleted since it was asked
// last, and all jails in use when the kernel could not tell what was deleted.
func (b *Backend) Suspects(map[string]int) ([]firewall.Suspect, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	suspects, err := b.heard()
	if !b.stirred {
		return suspects, err
	}
	b.stirred = false
	for name, st := range b.jails {
		if len(st.sets) > 0 {
			suspects = append(suspects, firewall.Suspect{Jail: name})
		}
	}
	return suspects, err
}

// Missing asks for each element by its key. To read whole sets would take the
// kernel a time that grows with the square of their size.
func (b *Backend) Missing(bans []firewall.Ban) ([]int, error) {
	l, err := newLookup()
	if err != nil {
		return nil, explain(err)
	}
	defer l.close()
	items, _ := read(bans)
	var missing []int
	for jail, sets := range group(items) {
		for s, items := range sets {
			gone, err := l.absent(s.name(jail), items)
			missing = append(missing, gone...)
			if err != nil {
				return missing, explain(err)
			}
		}
	}
	slices.Sort(missing)
	return missing, nil
}
