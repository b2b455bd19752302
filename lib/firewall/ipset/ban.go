package ipset

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"f2b/lib/firewall"
	"f2b/lib/firewall/xtables"
)

// bad is how many bans of one call may fail each for a reason of its own before
// the rest is given up: every one costs a start of ipset.
const bad = 16

// An item is one ban and its place in the caller's slice.
type item struct {
	index   int
	prefix  netip.Prefix
	timeout time.Duration
}

// Ban adds entries, or gives those that are there a new timeout.
func (b *Backend) Ban(bans []firewall.Ban) error {
	return b.each(bans, b.put)
}

// Unban deletes entries.
func (b *Backend) Unban(bans []firewall.Ban) error {
	return b.each(bans, b.take)
}

// each sorts bans into sets, has each set done at once and gathers what failed.
func (b *Backend) each(bans []firewall.Ban, do func(set, []item) []firewall.Failure) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tables == nil {
		return errNotOpen
	}
	groups, failed := group(bans)
	for s, items := range groups {
		failed = append(failed, do(s, items)...)
	}
	slices.SortFunc(failed, func(a, b firewall.Failure) int { return a.Index - b.Index })
	return firewall.Partial(failed)
}

// group sorts bans into sets; those without an address have failed.
func group(bans []firewall.Ban) (groups map[set][]item, failed []firewall.Failure) {
	groups = map[set][]item{}
	for i, ban := range bans {
		p, err := ban.Address()
		if err != nil {
			failed = append(failed, firewall.Failure{Index: i, Err: err})
			continue
		}
		s := set{ban.Jail, p.Addr().Is6()}
		groups[s] = append(groups[s], item{i, p, ban.Timeout})
	}
	return groups, failed
}

// put bans. The line that makes the set comes first each time: it costs nothing,
// and the set may have been destroyed since.
func (b *Backend) put(s set, items []item) []firewall.Failure {
	if err := b.ensure(s); err != nil {
		return all(items, err)
	}
	return b.carryOut(items, []string{s.create(b.options.MaxElem)}, func(it item) string {
		return fmt.Sprintf("add %s %s timeout %d", s.name(), it.prefix, seconds(it.timeout))
	})
}

// take unbans. Without a set nothing is banned.
func (b *Backend) take(s set, items []item) []firewall.Failure {
	failed := b.carryOut(items, nil, func(it item) string {
		return "del " + s.name() + " " + it.prefix.String()
	})
	return slices.DeleteFunc(failed, func(f firewall.Failure) bool {
		e, ok := errors.AsType[*lineError](f.Err)
		return ok && e.is(noSuchSet)
	})
}

// carryOut sends one line for each item behind the first lines. ipset stops at a
// line it refuses, so the rest is sent again without it.
func (b *Backend) carryOut(items []item, first []string, line func(item) string) (failed []firewall.Failure) {
	for range bad {
		lines := slices.Clone(first)
		for _, it := range items {
			lines = append(lines, line(it))
		}
		err := b.restore(lines)
		if err == nil {
			return failed
		}
		e, ok := errors.AsType[*lineError](err)
		at := 0
		if ok {
			at = e.line - len(first)
		}
		if !ok || at < 0 || at >= len(items) || e.is(full) || e.is(noSuchSet) {
			return append(failed, all(items[max(0, min(at, len(items))):], err)...)
		}
		failed = append(failed, firewall.Failure{Index: items[at].index, Err: err})
		items = items[at+1:]
	}
	return append(failed, all(items, errors.New("ipset: given up after too many failures"))...)
}

func all(items []item, err error) []firewall.Failure {
	failed := make([]firewall.Failure, len(items))
	for i, it := range items {
		failed[i] = firewall.Failure{Index: it.index, Err: err}
	}
	return failed
}

// seconds is what the kernel is told; 0 is for good. What is over its limit stays
// until Unban, and what has run out goes at once.
func seconds(d time.Duration) int64 {
	switch {
	case d == 0, d > firewall.MaxKernelTimeout:
		return 0
	case d < 0:
		return 1
	}
	return int64((d + time.Second - 1) / time.Second)
}

// ensure makes a set and the rules that look at it, unless this process has.
func (b *Backend) ensure(s set) error {
	st := b.sets[s]
	if st == nil {
		st = &state{}
		b.sets[s] = st
	}
	if st.ready {
		return nil
	}
	family, err := b.tables.Family(s.v6)
	if err != nil {
		return err
	}
	jail, err := b.jail(s.jail).Normal()
	if err != nil {
		return err
	}
	jail.Name = s.jail
	if err := b.restore([]string{s.create(b.options.MaxElem)}); err != nil {
		return err
	}
	if err := setUp(family, s, jail); err != nil {
		return err
	}
	st.ready = true
	return nil
}

// attempts is how often rules are written. Between reading them and changing them
// another program may come in; iptables-restore then changes nothing.
const attempts = 3

// setUp writes the rules that look at a set, or leaves them where they are right.
func setUp(family *xtables.Family, s set, jail firewall.Jail) (err error) {
	defer xtables.Lock()()
	for range attempts {
		var commands []string
		for _, chain := range jail.Chains {
			rules, exists, err := family.Rules(chain)
			if err != nil {
				return err
			}
			if !exists {
				return fmt.Errorf("%s: there is no chain %s: see -chain", family, chain)
			}
			own := func(rule string) bool { return matched(rule) == s.name() && xtables.Marked(rule) }
			commands = append(commands, xtables.Replace(chain, rules, own, s.rules(family, jail))...)
		}
		if err = family.Restore(commands); err == nil {
			return nil
		}
	}
	return err
}
