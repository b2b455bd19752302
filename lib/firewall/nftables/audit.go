package nftables

import (
	"errors"
	"slices"
	"syscall"

	nft "github.com/google/nftables"

	"f2b/lib/firewall"
)

// glance is how many elements the kernel is asked for at once: each is answered by
// a message of its own, and all answers have to fit into a socket buffer.
const glance = 32

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
	conn, err := nft.New(nft.AsLasting())
	if err != nil {
		return nil, explain(err)
	}
	defer conn.CloseLasting()
	items, _ := read(bans)
	var missing []int
	for jail, sets := range group(items) {
		for s, items := range sets {
			for some := range slices.Chunk(items, glance) {
				gone, err := absent(conn, s.kernel(jail), some)
				if err != nil {
					return missing, explain(err)
				}
				missing = append(missing, gone...)
			}
		}
	}
	slices.Sort(missing)
	return missing, nil
}

// absent finds those items that a set lacks, by halving. Where the first, the middle
// and the last are gone somebody emptied the set, and all are taken to be gone.
func absent(conn *nft.Conn, s *nft.Set, items []item) ([]int, error) {
	there, err := hold(conn, s, items...)
	if there || err != nil {
		return nil, err
	}
	half := len(items) / 2
	if half > 0 {
		if there, err = holdAny(conn, s, items[0], items[half], items[len(items)-1]); err != nil {
			return nil, err
		}
	}
	if !there {
		return indices(items), nil
	}
	left, err := absent(conn, s, items[:half])
	if err != nil {
		return nil, err
	}
	right, err := absent(conn, s, items[half:])
	return append(left, right...), err
}

// holdAny reports whether a set holds one of the items.
func holdAny(conn *nft.Conn, s *nft.Set, items ...item) (bool, error) {
	for _, it := range items {
		if there, err := hold(conn, s, it); there || err != nil {
			return there, err
		}
	}
	return false, nil
}

// hold reports whether a set holds all of the items. A network is asked for by its
// first address: networks in one set are of one length, so no other holds it.
func hold(conn *nft.Conn, s *nft.Set, items ...item) (bool, error) {
	keys := make([]nft.SetElement, len(items))
	for i, it := range items {
		keys[i] = key(it.prefix, 0)[0]
	}
	_, err := conn.FindSetElements(s, keys)
	if errors.Is(err, syscall.ENOENT) {
		return false, nil
	}
	return err == nil, err
}

func indices(items []item) []int {
	all := make([]int, len(items))
	for i, it := range items {
		all[i] = it.index
	}
	return all
}
