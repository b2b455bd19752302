package nftables

import (
	"errors"
	"slices"
	"syscall"

	nft "github.com/google/nftables"
	"github.com/google/nftables/expr"
)

// Check compares the ruleset's generation, which costs one small question to the
// kernel, and looks closer only when somebody else made a change. It sees a
// removed or emptied table or chain and a removed set; elements that somebody took
// out of a set are for Suspects and Missing.
func (b *Backend) Check() ([]string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	err := b.connect()
	if err == nil {
		err = b.compare()
	}
	if err != nil {
		b.hangUp()
		return nil, explain(err)
	}
	return b.losses(), nil
}

// compare inspects the jails if the ruleset is not as this process left it.
func (b *Backend) compare() error {
	gen, err := b.conn.GetGen()
	if err != nil || gen.ID == b.gen {
		return err
	}
	b.missed()
	b.forget()
	if err := b.inspect(); err != nil {
		return err
	}
	b.gen = gen.ID
	return nil
}

// inspect looks at every jail in use and takes note of those that lost something.
func (b *Backend) inspect() error {
	all := true // are lost
	for name, st := range b.jails {
		if len(st.sets) == 0 {
			continue
		}
		whole, err := b.whole(name, st)
		if err != nil {
			return err
		}
		if !whole {
			st.sets, st.lost = nil, true
		}
		all = all && !whole
	}
	if all {
		b.heard()
		b.stirred = false // everybody is banned anew, whoever was deleted before
	}
	return nil
}

// losses returns the jails that lost something since it was called last.
func (b *Backend) losses() []string {
	var lost []string
	for name, st := range b.jails {
		if st.lost {
			lost = append(lost, name)
			st.lost = false
		}
	}
	slices.Sort(lost)
	return lost
}

// whole reports whether a jail's chain is hooked, each of its sets is there with a
// rule that looks at it, and no rule is of somebody else: it might let the banned
// through. Another process of ours may have written the rules with other ports, so
// nothing more is compared.
func (b *Backend) whole(name string, st *state) (bool, error) {
	chain, err := b.conn.ListChain(table(), chainName(name))
	if errors.Is(err, syscall.ENOENT) {
		return false, nil
	}
	if err != nil || chain.Hooknum == nil {
		return false, err
	}
	chain.Table = table()
	present, err := b.present(name)
	if err != nil {
		return false, err
	}
	looked, pure, err := b.lookups(chain)
	if err != nil || !pure {
		return false, err
	}
	for s := range st.sets {
		if !present[s] || !looked[s.name(name)] {
			return false, nil
		}
	}
	return true, nil
}

// lookups names the sets that a chain's rules look at to refuse or drop what comes
// from there. pure says that there are no other rules but our own exception.
func (b *Backend) lookups(chain *nft.Chain) (sets map[string]bool, pure bool, err error) {
	sets = map[string]bool{}
	rules, err := b.conn.GetRules(chain.Table, chain)
	if errors.Is(err, syscall.ENOENT) {
		return sets, true, nil
	}
	pure = true
	for _, rule := range rules {
		name, ours := keepsOut(rule.Exprs)
		if ours {
			sets[name] = true
		}
		pure = pure && (ours || letsNeighboursThrough(rule.Exprs))
	}
	return sets, pure, err
}

// keepsOut reports whether a rule keeps somebody out, and names the set that says whom.
func keepsOut(rule []expr.Any) (set string, ok bool) {
	for i, e := range rule {
		switch e := e.(type) {
		case *expr.Lookup:
			set = e.SetName // the last one: the first may be of the ports
		case *expr.Reject:
			ok = i == len(rule)-1
		case *expr.Verdict:
			ok = i == len(rule)-1 && e.Kind == expr.VerdictDrop
		}
	}
	return set, ok
}
