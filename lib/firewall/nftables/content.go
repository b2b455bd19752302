package nftables

import (
	"hash/maphash"
	"net/netip"
)

// A content is what is known of the elements of one kernel set: nothing, or, of a
// set that this process made and that nobody has touched since, which prefixes may
// be in it. One that is not can be added at a third of the usual cost (see put),
// which counts when a restart brings 100,000 bans back.
//
// That nobody has touched the set is not assumed: as long as there is such a set,
// batches are sent with the generation they are for, and the kernel refuses them
// when another one has come.
type content struct {
	// seen holds hashes. Two prefixes of one hash cost a little time, no more.
	seen map[uint64]struct{} // nil: anything may be in the set
	seed maphash.Seed
}

// maxSeen bounds the memory of one content: about 10 MB.
const maxSeen = 1 << 19

func newSet() *content {
	return &content{seen: map[uint64]struct{}{}, seed: maphash.MakeSeed()}
}

// fresh reports whether the set is known not to hold p, and takes note that it
// will from now on.
func (c *content) fresh(p netip.Prefix) bool {
	if c.seen == nil {
		return false
	}
	if len(c.seen) >= maxSeen {
		c.seen = nil
		return false
	}
	hash := maphash.Comparable(c.seed, p)
	_, seen := c.seen[hash]
	c.seen[hash] = struct{}{}
	return !seen
}

// knowing reports whether anything at all is known, so that batches depend on it.
func (b *Backend) knowing() bool {
	for _, st := range b.jails {
		for _, c := range st.sets {
			if c.seen != nil {
				return true
			}
		}
	}
	return false
}

// forget is for when somebody else changed the ruleset.
func (b *Backend) forget() {
	for _, st := range b.jails {
		for _, c := range st.sets {
			c.seen = nil
		}
	}
}
