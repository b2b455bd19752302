package nftables

import (
	"net/netip"

	"f2b/lib/firewall"
)

// listen has the kernel tell what others than the socket of that port delete. Where
// that cannot be, each change of the ruleset is looked into.
func (b *Backend) listen(port uint32) {
	var err error
	if b.watch == nil {
		b.watch, err = newWatch()
		b.stirred = b.gen != 0
	}
	if err == nil {
		err = b.watch.ignore(port)
	}
	if err != nil {
		b.deafen()
	}
}

// deafen ends the listening.
func (b *Backend) deafen() {
	if b.watch != nil {
		b.watch.close()
	}
	b.watch, b.stirred = nil, true
}

// bulk is how many bans are worth not to listen meanwhile.
const bulk = 256

// deaf does something without listening: the kernel spends a third of its time on
// telling what is added, even if nobody wants to know. That nobody else changed
// anything meanwhile is seen by the ruleset's generation.
func (b *Backend) deaf(do func()) {
	if b.watch != nil && b.watch.hear(false) != nil {
		b.deafen()
	}
	do()
	if b.watch == nil {
		return
	}
	if b.watch.hear(true) != nil || b.connect() != nil {
		b.deafen()
		return
	}
	gen, err := b.conn.GetGen()
	b.stirred = b.stirred || err != nil || gen.ID != b.gen
}

// missed takes note that somebody else has changed the ruleset: what was deleted is
// heard of, unless nobody listened.
func (b *Backend) missed() {
	if (b.watch == nil || b.watch.deaf) && len(b.jails) > 0 {
		b.stirred = true
	}
}

// heard returns what of ours was deleted, as far as the kernel told.
func (b *Backend) heard() (suspects []firewall.Suspect, err error) {
	if b.watch == nil {
		return nil, nil
	}
	deleted, whole, err := b.watch.read()
	if err != nil {
		b.deafen() // until the next connection
	}
	b.stirred = b.stirred || !whole
	if len(deleted) == 0 {
		return nil, err
	}
	names := b.setNames()
	for _, d := range deleted {
		at, known := names[d.set]
		switch {
		case d.set == "":
			b.stirred = true
		case known && d.key.IsValid():
			at.Prefix = netip.PrefixFrom(d.key, at.Prefix.Bits())
			suspects = append(suspects, at)
		case known:
			suspects = append(suspects, firewall.Suspect{Jail: at.Jail})
		}
	}
	return suspects, err
}

// setNames are the kernel's names of all sets in use. Of the prefixes the length alone is meant.
func (b *Backend) setNames() map[string]firewall.Suspect {
	names := map[string]firewall.Suspect{}
	for jail, st := range b.jails {
		for s := range st.sets {
			zero := netip.IPv4Unspecified()
			if s.v6 {
				zero = netip.IPv6Unspecified()
			}
			names[s.name(jail)] = firewall.Suspect{Jail: jail, Prefix: netip.PrefixFrom(zero, s.bits)}
		}
	}
	return names
}
