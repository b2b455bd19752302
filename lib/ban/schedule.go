package ban

import (
	"cmp"
	"container/heap"
	"net/netip"
	"strings"
	"time"
	"unique"

	"f2b/lib/event"
	"f2b/lib/ledger"
)

// entry is a ban that this process keeps. Its event is in the ledger: 100,000 bans are not to fill the memory.
type entry struct {
	id      ledger.ID
	prefix  netip.Prefix // zero: only an id is known
	time    time.Time    // of the latest decision
	bantime int64        // of the latest decision; seconds, -1: permanent
	count   int
	expires time.Time // zero: permanent
	adopted bool      // taken over from a process that is no more
	untold  bool      // and not announced yet

	kernelEnd time.Duration // when the kernel ends it, see Keeper.kernelEnd

	due     time.Time   // when to act; expires, or later when that failed
	place   int         // in the schedule; -1: not there
	unsaved *ledger.Ban // the row that the ledger did not take
}

// newEntry makes the entry of a row. What it holds is its own: a string that is a part of a line would keep all of the line.
func newEntry(b *ledger.Ban, prefix netip.Prefix) *entry {
	return &entry{
		id:     ledger.ID{Jail: unique.Make(b.Jail).Value(), Key: strings.Clone(b.Key), Backend: unique.Make(b.Backend).Value()},
		prefix: prefix, time: b.Time.UTC(),
		bantime: b.Bantime, count: b.Bancount, expires: b.Expires.UTC(), due: b.Expires.UTC(), place: -1,
	}
}

// replayed reports whether a decision of the time at tells nothing new where there was a ban at the time decided: a log that is read
// again after a restart leads to the same decisions once more, and those must not make a ban longer, or anew when it is over.
// Times are compared as the ledger keeps them.
func replayed(decided, at time.Time) bool {
	return !decided.IsZero() && at.UnixMicro() <= decided.UnixMicro()
}

// served reports whether a decision of the time at comes after the ban that was decided then: by the events' own time.
func served(decided time.Time, bantime int64, at time.Time) bool {
	return bantime >= 0 && at.After(decided.Add(time.Duration(bantime)*time.Second))
}

// prefixOf is the address of a row: its event knows it, or else its key is one.
func prefixOf(e *event.Event, key string) netip.Prefix {
	if e.IP.IsValid() {
		return e.IP
	}
	if a, err := netip.ParseAddr(key); err == nil {
		return netip.PrefixFrom(a, a.BitLen())
	}
	p, err := netip.ParsePrefix(key)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}

// schedule orders bans by when they are due, the next one first. A permanent ban is not in it. Those that are due at once
// have an order too: in which pieces the input came is not to be seen in the output.
type schedule []*entry

func (s schedule) Len() int { return len(s) }
func (s schedule) Less(i, j int) bool {
	a, b := s[i], s[j]
	if c := a.due.Compare(b.due); c != 0 {
		return c < 0
	}
	return cmp.Or(strings.Compare(a.id.Key, b.id.Key), strings.Compare(a.id.Jail, b.id.Jail)) < 0
}
func (s schedule) Swap(i, j int) {
	s[i], s[j] = s[j], s[i]
	s[i].place, s[j].place = i, j
}

// Push and Pop are for package heap alone.
func (s *schedule) Push(x any) {
	e := x.(*entry)
	e.place = len(*s)
	*s = append(*s, e)
}

func (s *schedule) Pop() any {
	last := len(*s) - 1
	e := (*s)[last]
	(*s)[last] = nil
	*s = (*s)[:last]
	e.place = -1
	return e
}

// set gives an entry its place, in the schedule or out of it.
func (s *schedule) set(e *entry) {
	switch {
	case e.due.IsZero():
		s.drop(e)
	case e.place < 0:
		heap.Push(s, e)
	default:
		heap.Fix(s, e.place)
	}
}

func (s *schedule) drop(e *entry) {
	if e.place >= 0 {
		heap.Remove(s, e.place)
	}
}

// keep puts an entry among the bans, over an earlier one of the same identity.
func (k *Keeper) keep(e *entry) {
	if old := k.bans[e.id]; old != nil && old != e {
		k.forget(old)
	}
	if k.bans[e.id] == nil {
		k.hold(e)
	}
	k.bans[e.id] = e
	k.due.set(e)
}

// forget takes an entry out.
func (k *Keeper) forget(e *entry) {
	k.due.drop(e)
	if k.bans[e.id] == e {
		delete(k.bans, e.id)
		k.letGo(e)
	}
}
