package ban

import (
	"net/netip"
	"slices"

	"f2b/lib/event"
	"f2b/lib/ledger"
)

// place is an address in a jail. It is banned once in the firewall, though several bans may be of it: its own, and those of
// ids that were seen there, as when users are banned by their names.
type place struct {
	jail   string
	prefix netip.Prefix
}

func (e *entry) where() place { return place{e.id.Jail, e.prefix} }

// isAlias reports whether a ban is of an id that was seen at an address.
func (e *entry) isAlias() bool {
	return e.prefix.IsValid() && prefixOf(&event.Event{}, e.id.Key) != e.prefix
}

// hold counts a ban among the addresses that are banned in its jail or, if it is of an id, among the aliases of one.
func (k *Keeper) hold(e *entry) {
	if e.isAlias() {
		k.aliases[e.where()] = append(k.aliases[e.where()], e)
		k.held[e.id.Jail] += 0 // there are bans in it, which others may want
	} else {
		k.held[e.id.Jail]++
	}
}

// letGo is the opposite of hold.
func (k *Keeper) letGo(e *entry) {
	if !e.isAlias() {
		k.held[e.id.Jail]--
		return
	}
	at := e.where()
	k.aliases[at] = slices.DeleteFunc(k.aliases[at], func(a *entry) bool { return a == e })
	if len(k.aliases[at]) == 0 {
		delete(k.aliases, at)
	}
}

// shelter bans those addresses again that a ban which has ended shared with others that go on.
func (k *Keeper) shelter(ended []ending, failed map[int]error) {
	if len(k.aliases) == 0 {
		return
	}
	var again []*entry
	for i := range ended {
		x := &ended[i]
		if failed[i] == nil && x.mine && x.event.IP.IsValid() {
			if e := k.longest(place{x.id.Jail, x.event.IP}); e != nil {
				again = append(again, e)
			}
		}
	}
	if _, err := k.banAgain(again); err != nil {
		k.Voice.Errorf("%v", err)
	}
}

// isOutlasted reports whether the firewall is to know nothing of a ban, since another one of its address ends later.
func (k *Keeper) isOutlasted(e *entry) bool {
	return len(k.aliases) > 0 && e.prefix.IsValid() && !k.readsEvents() && k.longest(e.where()) != e
}

// longest is the ban of an address, of whatever name, that ends last; nil if there is none.
func (k *Keeper) longest(at place) *entry {
	own := event.Event{IP: at.prefix}
	all := slices.Clone(k.aliases[at])
	if e := k.bans[ledger.ID{Jail: at.jail, Key: own.Key(), Backend: k.Backend.Name()}]; e != nil {
		all = append(all, e)
	}
	var last *entry
	for _, e := range all {
		if last == nil || !last.expires.IsZero() && (e.expires.IsZero() || e.expires.After(last.expires)) {
			last = e
		}
	}
	return last
}
