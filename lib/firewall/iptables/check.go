package iptables

import (
	"slices"

	"f2b/lib/firewall/xtables"
)

// Check asks each family for the generation of its rules and reads them only when
// it is another one than before. It sees a missing or emptied chain and missing
// rules that lead to it; bans that somebody deleted are for Suspects and Missing.
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

// inspect looks at every chain in use and takes note of those that lost something.
func (b *Backend) inspect(family *xtables.Family) error {
	for at, st := range b.chains {
		if at.v6 != family.V6 || !st.ready {
			continue
		}
		whole, err := b.whole(at, st, family)
		if err != nil {
			return err
		}
		if !whole {
			st.ready, st.lost, st.known = false, true, nil
		}
	}
	return nil
}

// whole reports whether a jail's chain is there and led to, with no rule in it of
// somebody else: it might let the banned through. Another process of ours may have
// led other ports to it, so nothing more is compared. The bans are counted.
func (b *Backend) whole(at place, st *state, family *xtables.Family) (bool, error) {
	chain := chainName(at.jail)
	rules, _, err := family.Rules(chain)
	st.bans = len(banned(rules, at.v6))
	if err != nil || !marked(rules) || slices.ContainsFunc(rules, foreign) {
		return false, err
	}
	jail, err := b.jail(at.jail).Normal()
	if err != nil {
		return false, err
	}
	for _, from := range jail.Chains {
		rules, _, err := family.Rules(from)
		if err != nil {
			return false, err
		}
		if !slices.ContainsFunc(rules, func(rule string) bool { return jump(rule) == chain }) {
			return false, nil
		}
	}
	return true, nil
}

// losses returns the jails that lost something since it was called last.
func (b *Backend) losses() []string {
	var lost []string
	for at, st := range b.chains {
		if st.lost && !slices.Contains(lost, at.jail) {
			lost = append(lost, at.jail)
		}
		st.lost = false
	}
	slices.Sort(lost)
	return lost
}
