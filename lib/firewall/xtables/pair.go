package xtables

import (
	"fmt"
	"net/netip"
)

// A Pair is the two families of one iptables. IPv6 may be missing, and IPv4 goes
// on without it.
type Pair struct {
	v4, v6  *Family
	missing error // why there is no IPv6
}

// OpenPair opens both families. It fails when IPv4 is not there, and tells report
// when IPv6 is not.
func OpenPair(binary string, report func(error)) (*Pair, error) {
	v4, err := Open(binary, false)
	if err != nil {
		return nil, err
	}
	v6, err := Open(binary, true)
	if err != nil {
		err = fmt.Errorf("no IPv6: %w", err)
		report(err)
	}
	return &Pair{v4: v4, v6: v6, missing: err}, nil
}

// Of returns the family of a prefix, or why there is none.
func (p *Pair) Of(prefix netip.Prefix) (*Family, error) {
	return p.Family(prefix.Addr().Is6())
}

// Family returns one family, or why there is none.
func (p *Pair) Family(v6 bool) (*Family, error) {
	switch {
	case !v6:
		return p.v4, nil
	case p.v6 == nil:
		return nil, p.missing
	}
	return p.v6, nil
}

// All returns the families that there are.
func (p *Pair) All() []*Family {
	if p.v6 == nil {
		return []*Family{p.v4}
	}
	return []*Family{p.v4, p.v6}
}

// IfChanged calls inspect for each family whose rules are not those that it found good before.
func (p *Pair) IfChanged(inspect func(*Family) error) error {
	for _, family := range p.All() {
		if err := family.IfChanged(func() error { return inspect(family) }); err != nil {
			return err
		}
	}
	return nil
}
