package ipset

import (
	"slices"

	"f2b/lib/firewall/xtables"
)

// Check asks each family for the generation of its rules and reads them only when
// it is another one than before. A set cannot be destroyed while a rule looks at
// it, so only the rules are looked at; entries that somebody deleted are for Suspects
// and Missing.
func (b *Backend) Check() ([]string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tables == nil {
		return nil, errNotOpen
	}
	if err := b.tables.IfChanged(b.inspect); err != nil {
		return nil, err
	}
	return b.losses(), nil
}

// inspect looks for the rules of every set in use and takes note of those that are gone.
func (b *Backend) inspect(family *xtables.Family) error {
	for s, st := range b.sets {
		if s.v6 != family.V6 || !st.ready {
			continue
		}
		jail, err := b.jail(s.jail).Normal()
		if err != nil {
			return err
		}
		for _, chain := range jail.Chains {
			rules, _, err := family.Rules(chain)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(rules, func(rule string) bool { return matched(rule) == s.name() }) {
				st.ready, st.lost = false, true
			}
		}
	}
	return nil
}

// losses returns the jails that lost something since it was called last.
func (b *Backend) losses() []string {
	var lost []string
	for s, st := range b.sets {
		if st.lost && !slices.Contains(lost, s.jail) {
			lost = append(lost, s.jail)
		}
		st.lost = false
	}
	slices.Sort(lost)
	return lost
}
