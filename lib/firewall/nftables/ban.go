package nftables

import (
	"errors"
	"net/netip"
	"slices"
	"syscall"
	"time"

	nft "github.com/google/nftables"

	"f2b/lib/firewall"
)

// chunk is how many bans go into one batch: their messages fit into a socket
// buffer of the default size, which an unprivileged namespace cannot raise.
const chunk = 800

// attempts is how often a batch is sent whose failure may pass. Setting a jail up
// may be overtaken many times by a process that bans without a pause.
const attempts = 10

// An item is one ban on its way into the kernel, and its place in the caller's slice.
type item struct {
	index   int
	jail    string
	prefix  netip.Prefix
	timeout time.Duration
}

// Ban adds the bans in chunks, each of which is in force whole or not at all.
func (b *Backend) Ban(bans []firewall.Ban) error {
	return b.each(bans, b.put)
}

// Unban removes the bans in chunks.
func (b *Backend) Unban(bans []firewall.Ban) error {
	return b.each(bans, b.take)
}

// each sends bans in chunks through do and gathers what failed.
func (b *Backend) each(bans []firewall.Ban, do func([]item) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.open {
		return explain(errNotOpen)
	}
	items, failed := read(bans)
	all := func() {
		for some := range slices.Chunk(items, chunk) {
			failed = append(failed, b.isolate(some, do)...)
		}
	}
	if len(items) < bulk {
		all()
	} else {
		b.deaf(all)
	}
	slices.SortFunc(failed, func(a, b firewall.Failure) int { return a.Index - b.Index })
	return firewall.Partial(failed)
}

// read turns bans into items. Of several bans of one address in a jail the last
// is meant; one batch could not hold them all.
func read(bans []firewall.Ban) (items []item, failed []firewall.Failure) {
	type place struct {
		jail   string
		prefix netip.Prefix
	}
	seen := make(map[place]int, len(bans))
	items = make([]item, 0, len(bans))
	for i, ban := range bans {
		prefix, err := ban.Address()
		if err != nil {
			failed = append(failed, firewall.Failure{Index: i, Err: err})
			continue
		}
		it := item{i, ban.Jail, prefix, timeout(ban.Timeout)}
		if at, again := seen[place{ban.Jail, prefix}]; again {
			items[at] = it
			continue
		}
		seen[place{ban.Jail, prefix}] = len(items)
		items = append(items, it)
	}
	return items, failed
}

// isolate does items together or, when that fails, finds those that are to blame
// by halving, so that one bad ban costs the others little.
func (b *Backend) isolate(items []item, do func([]item) error) []firewall.Failure {
	err := b.retry(items, do)
	if err == nil {
		return nil
	}
	if len(items) == 1 || errors.Is(err, syscall.EPERM) {
		failed := make([]firewall.Failure, len(items))
		for i, it := range items {
			failed[i] = firewall.Failure{Index: it.index, Err: explain(err)}
		}
		return failed
	}
	half := len(items) / 2
	return append(b.isolate(items[:half], do), b.isolate(items[half:], do)...)
}

// retry repeats a batch whose failure may pass. When another program has removed
// what is ours, the look at the jails finds that out and do sets them up again.
func (b *Backend) retry(items []item, do func([]item) error) error {
	var err error
	for range attempts {
		if err = b.connect(); err == nil {
			err = do(items)
		}
		if err == nil {
			return nil
		}
		b.hangUp()
		if !passing(err) {
			return err
		}
		if errors.Is(err, syscall.ENOENT) {
			b.gen = 0 // whatever the generation, something is not there
		}
		if lookErr := b.look(); lookErr != nil {
			return lookErr
		}
	}
	return err
}

// look is what Check does, over a fresh connection.
func (b *Backend) look() error {
	if err := b.connect(); err != nil {
		return err
	}
	return b.compare()
}

// put bans.
func (b *Backend) put(items []item) error {
	groups := group(items)
	if err := b.ensure(groups); err != nil {
		return err
	}
	for jail, sets := range groups {
		for s, items := range sets {
			if err := b.add(s.kernel(jail), b.jails[jail].sets[s], items); err != nil {
				return err
			}
		}
	}
	if b.knowing() {
		return b.commitExactly()
	}
	return b.commit()
}

// add adds elements. Kernels before 6.12 ignore the timeout of an element that is
// there already, and none changes whether it has one; so each that may be there is
// added, deleted and added anew within one batch.
func (b *Backend) add(s *nft.Set, c *content, items []item) error {
	var fresh, others []nft.SetElement
	for _, it := range items {
		if c.fresh(it.prefix) {
			fresh = append(fresh, key(it.prefix, it.timeout)...)
		} else {
			others = append(others, key(it.prefix, it.timeout)...)
		}
	}
	return errors.Join(
		b.conn.SetAddElements(s, fresh),
		b.conn.SetAddElements(s, others),
		b.conn.SetDeleteElements(s, others),
		b.conn.SetAddElements(s, others),
	)
}

// take unbans. Deleting an element that is not there would undo the whole batch,
// so each is added first. Where there is no set nothing is banned.
func (b *Backend) take(items []item) error {
	any := false
	for jail, sets := range group(items) {
		present, err := b.present(jail)
		if err != nil {
			return err
		}
		for s, items := range sets {
			if !present[s] {
				continue
			}
			any = true
			if err := b.remove(s.kernel(jail), items); err != nil {
				return err
			}
		}
	}
	if !any {
		return nil
	}
	return b.commit()
}

func (b *Backend) remove(s *nft.Set, items []item) error {
	var elements []nft.SetElement
	for _, it := range items {
		elements = append(elements, key(it.prefix, 0)...)
	}
	return errors.Join(b.conn.SetAddElements(s, elements), b.conn.SetDeleteElements(s, elements))
}

// group sorts items into jails and sets.
func group(items []item) map[string]map[set][]item {
	groups := map[string]map[set][]item{}
	for _, it := range items {
		s := setOf(it.prefix)
		if groups[it.jail] == nil {
			groups[it.jail] = map[set][]item{}
		}
		groups[it.jail][s] = append(groups[it.jail][s], it)
	}
	return groups
}
