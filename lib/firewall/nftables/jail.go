package nftables

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"syscall"

	nft "github.com/google/nftables"

	"f2b/lib/firewall"
)

// Priorities of the chains. Both come before what other programs do: in the
// input hook just before their filters, in prerouting before the destination is
// changed, so that ports published by containers are those of the outside.
const (
	inputPriority      = -1
	preroutingPriority = -101
)

// chainOf is a jail's base chain.
func chainOf(jail firewall.Jail) *nft.Chain {
	hook, priority := nft.ChainHookInput, nft.ChainPriorityRef(inputPriority)
	if jail.Hook == firewall.Prerouting {
		hook, priority = nft.ChainHookPrerouting, nft.ChainPriorityRef(preroutingPriority)
	}
	accept := nft.ChainPolicyAccept
	return &nft.Chain{Table: table(), Name: chainName(jail.Name), Type: nft.ChainTypeFilter, Hooknum: hook, Priority: priority, Policy: &accept}
}

func chainName(jail string) string { return "jail-" + firewall.SafeName(jail, maxName) }

// ensure sets up the jails that do not have all of these sets already.
func (b *Backend) ensure(groups map[string]map[set][]item) error {
	if b.ready(groups) {
		return nil
	}
	// What is found there now has to be so still when the batches come.
	if err := b.compare(); err != nil {
		return err
	}
	for name, sets := range groups {
		if b.has(name, sets) {
			continue
		}
		jail, err := b.jail(name).Normal()
		if err != nil {
			return err
		}
		jail.Name = name
		if err := b.setUp(jail, sets); err != nil {
			return err
		}
	}
	return nil
}

func (b *Backend) ready(groups map[string]map[set][]item) bool {
	for name, sets := range groups {
		if !b.has(name, sets) {
			return false
		}
	}
	return true
}

// has reports whether a jail is set up with all of the sets.
func (b *Backend) has(name string, sets map[set][]item) bool {
	st := b.jails[name]
	if st == nil || len(st.sets) == 0 {
		return false
	}
	for s := range sets {
		if st.sets[s] == nil {
			return false
		}
	}
	return true
}

// setUp makes a jail's sets and chain in one batch, or completes what is there:
// sets and their bans stay, the rules are written anew.
func (b *Backend) setUp(jail firewall.Jail, sets map[set][]item) error {
	present, err := b.present(jail.Name)
	if err != nil {
		return err
	}
	all := map[set]bool{addr4: true, addr6: true}
	maps.Copy(all, present)
	for s := range sets {
		all[s] = true
	}
	b.conn.AddTable(table())
	chain := chainOf(jail)
	if err := b.removeOther(chain); err != nil {
		return err
	}
	b.conn.AddChain(chain)
	b.conn.FlushChain(chain)
	b.addNeighbours(chain, jail)
	for _, s := range inOrder(all) {
		// One that is there may have been made a little different by another version, which the kernel refuses.
		if !present[s] {
			if err := b.conn.AddSet(s.kernel(jail.Name), nil); err != nil {
				return err
			}
		}
		if err := b.addRules(chain, jail, s); err != nil {
			return err
		}
	}
	if err := b.commitExactly(); err != nil {
		return err
	}
	st := b.jails[jail.Name]
	if st == nil {
		st = &state{}
		b.jails[jail.Name] = st
	}
	st.learn(all, present)
	return nil
}

// learn takes note of the sets that a jail has now; those that were not present
// before are empty.
func (st *state) learn(all, present map[set]bool) {
	known := st.sets
	st.sets = map[set]*content{}
	for s := range all {
		switch {
		case !present[s]:
			st.sets[s] = newSet()
		case known[s] != nil:
			st.sets[s] = known[s]
		default:
			st.sets[s] = &content{}
		}
	}
}

// inOrder sorts sets so that the same jail always has the same rules: the
// addresses first, which are most of the bans.
func inOrder(sets map[set]bool) []set {
	return slices.SortedFunc(maps.Keys(sets), func(a, b set) int {
		return cmp.Compare(a.prefix(), b.prefix())
	})
}

// present lists the sets of a jail that the kernel has, from whatever process.
func (b *Backend) present(jail string) (map[set]bool, error) {
	sets := map[set]bool{}
	list, err := b.conn.GetSets(table())
	if errors.Is(err, syscall.ENOENT) {
		return sets, nil
	}
	for _, s := range list {
		if own, ok := parseSet(s.Name, jail); ok {
			sets[own] = true
		}
	}
	return sets, err
}

// removeOther adds the removal of a chain of the same name at another hook: a
// base chain cannot be moved.
func (b *Backend) removeOther(chain *nft.Chain) error {
	old, err := b.conn.ListChain(table(), chain.Name)
	if errors.Is(err, syscall.ENOENT) {
		return nil
	}
	if err != nil {
		return err
	}
	if old.Hooknum == nil || old.Priority == nil || *old.Hooknum != *chain.Hooknum || *old.Priority != *chain.Priority {
		b.conn.FlushChain(chain)
		b.conn.DelChain(chain)
	}
	return nil
}

// removeJail deletes one jail's chain and sets.
func (b *Backend) removeJail(name string) error {
	sets, err := b.present(name)
	if err != nil {
		return err
	}
	chain := &nft.Chain{Table: table(), Name: chainName(name)}
	_, err = b.conn.ListChain(table(), chain.Name)
	switch {
	case err == nil:
		b.conn.FlushChain(chain)
		b.conn.DelChain(chain)
	case !errors.Is(err, syscall.ENOENT):
		return err
	case len(sets) == 0:
		return nil
	}
	for s := range sets {
		b.conn.DelSet(s.kernel(name))
	}
	return b.commit()
}

// removeEmptyTable deletes the table unless something is in it, also something
// that another process adds at this moment: the kernel refuses a batch whose
// generation is over.
func (b *Backend) removeEmptyTable() error {
	gen, err := b.conn.GetGen()
	if err != nil {
		return err
	}
	t, err := b.conn.ListTableOfFamily(tableName, nft.TableFamilyINet)
	if errors.Is(err, syscall.ENOENT) {
		return nil
	}
	if err != nil || t.Use > 0 {
		return err
	}
	b.conn.DelTable(table())
	if err = b.count(b.conn.FlushWithGenID(gen.ID)); errors.Is(err, syscall.ERESTART) {
		return nil
	}
	return err
}
