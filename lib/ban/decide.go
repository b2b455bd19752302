package ban

import (
	"slices"
	"time"

	"f2b/lib/event"
	"f2b/lib/firewall"
	"f2b/lib/ledger"
)

// change is what the decisions of one batch do to one ban.
type change struct {
	row      ledger.Ban // as it will be
	before   ledger.Ban // as it was
	known    bool       // there was a row before
	standing bool       // a ban was in force before
	timeout  time.Duration
	event    *event.Event // the last decision, as it is answered
	err      error        // why it could not be enforced
}

// settle decides, enforces and answers a batch, which is empty then.
func (k *Keeper) settle(b *batch) {
	if b.bans > 0 {
		k.decideBatch(b)
		k.enforce(b)
	}
	for i := range b.answers {
		line := b.answers[i].line
		k.out.WriteRaw(line[:len(line)-1])
	}
	b.empty()
}

// decideBatch writes a batch into the ledger, or into nothing when the ledger is out of order.
func (k *Keeper) decideBatch(b *batch) {
	if k.book.usable() {
		b.ledger = k.book.ledger
		err := k.book.update(func(tx *ledger.Tx) error { return k.decideAll(b, tx) })
		if err == nil {
			return
		}
		k.bookTrouble(err)
	}
	k.decideAll(b, blank{})
	b.ledger = k.book.ledger
	b.unwrite()
}

// unwrite notes that the rows of a batch are not in the ledger.
func (b *batch) unwrite() {
	for _, c := range b.changes {
		c.row.Rev = 0
	}
}

func (k *Keeper) decideAll(b *batch, r record) error {
	b.changes, b.store = b.changes[:0], b.store[:0]
	if clear(b.byID); b.byID == nil {
		b.byID = map[ledger.ID]*change{}
	}
	for i := range b.answers {
		a := &b.answers[i]
		if !a.ban {
			continue
		}
		var err error
		if a.change, err = k.changeOf(b, r, &a.event, a.now); err != nil {
			return err
		}
		if err := k.decide(b, a, r); err != nil {
			return err
		}
	}
	b.changes = slices.DeleteFunc(b.changes, func(c *change) bool { return c.event == nil })
	return nil
}

// changeOf finds what a batch does to the ban that an event decides, and what was known of it when the event came: since then the clock
// may have moved on to events that come behind it.
func (k *Keeper) changeOf(b *batch, r record, e *event.Event, now time.Time) (*change, error) {
	id := ledger.ID{Jail: e.Jail, Key: e.Key(), Backend: k.Backend.Name()}
	if c := b.byID[id]; c != nil {
		return c, nil
	}
	row, known, err := r.Get(id)
	if err != nil {
		return nil, err
	}
	c := b.newChange()
	c.row, c.before, c.known = row, row, known
	if !known {
		if c.row.Bancount, err = r.Elsewhere(id, e.Time); err != nil {
			return nil, err
		}
	}
	if kept := k.bans[id]; kept != nil && (kept.unsaved != nil || !known) {
		c.row = *k.rowOf(kept)
	}
	c.row.Jail, c.row.Key, c.row.Backend = id.Jail, id.Key, id.Backend
	c.standing = c.row.State == ledger.InForce && !c.row.Expired(now)
	b.byID[id] = c
	b.changes = append(b.changes, c)
	return c, nil
}

// decide makes an event's decision a part of a change and writes the row. What the event says stays as it came: it may have
// to be decided once more.
func (k *Keeper) decide(b *batch, a *answer, r record) error {
	c, row, e := a.change, &a.change.row, &a.event
	if a.timed && replayed(row.Time, e.Time) {
		b.refuse(a, event.Ignored, "decided before: the last ban here was at "+row.Time.In(e.Time.Location()).Format(time.RFC3339))
		return nil
	}
	prolongs := c.standing && !served(row.Time, row.Bantime, e.Time)
	bantime, err := k.bantime(r, e, row, prolongs)
	if err != nil {
		return err
	}
	start := k.Clock.Start(e.Time)
	expires := end(start, bantime)
	if c.standing {
		expires = later(row.Expires, expires)
	}
	said := *e
	if prolongs {
		said.Type = event.Prolonged
		row.Time = maxTime(row.Time, e.Time)
	} else {
		said.Type = event.Banned
		row.Time = e.Time
		row.Bancount++
	}
	if expires.IsZero() {
		bantime = -1
	}
	row.Bantime, row.Expires, row.State = bantime, expires, ledger.InForce
	row.Keeper = k.keeperOf(c)
	describe(&said, row)
	b.answer(a, &said, ofTheBan)
	row.Event = slices.Clone(a.line)
	c.standing, c.timeout, c.event = true, remaining(expires, start), k.eventFor(&said, a.line)
	return r.Put(row)
}

// eventFor is the event of a ban as the backend wants it: whole, where it looks at it.
func (k *Keeper) eventFor(said *event.Event, line []byte) *event.Event {
	if k.readsEvents() {
		if e, err := event.Parse(line); err == nil {
			return &e
		}
	}
	return said
}

// bantime is how long a decision bans, in seconds: the policy's time, grown by how often there was a ban before.
func (k *Keeper) bantime(r record, e *event.Event, row *ledger.Ban, prolongs bool) (int64, error) {
	policy := k.Jails.Policy(row.Jail)
	before := row.Bancount
	if policy.Escalation != nil && policy.Escalation.Overall {
		n, err := r.Count(row.Key)
		if err != nil {
			return 0, err
		}
		before = max(before, n)
	}
	if prolongs {
		before--
	}
	bantime, err := policy.bantime(e, before)
	if err != nil {
		k.once("formula: "+err.Error(), "%v: the ban time stays as it is", err)
	}
	return bantime, nil
}

// keeperOf is who looks after a ban once this process has enforced it: a command leaves it to whoever did so before.
func (k *Keeper) keeperOf(c *change) int64 {
	if k.book.ledger == nil {
		return 0
	}
	if k.command && c.before.State == ledger.InForce {
		if alive, err := k.book.ledger.Alive(c.before.Keeper); err == nil && alive {
			return c.before.Keeper
		}
	}
	return k.book.ledger.Keeper()
}

// describe writes into an event what its row knows of the ban.
func describe(e *event.Event, row *ledger.Ban) {
	e.Jail, e.Bantime, e.Bancount, e.Backend = row.Jail, row.Bantime, row.Bancount, row.Backend
	e.Expires = row.Expires
	if !e.Expires.IsZero() && !e.Time.IsZero() {
		e.Expires = e.Expires.In(e.Time.Location())
	}
}

// firewallBan is a ban as backends want it.
func firewallBan(id ledger.ID, e *event.Event, timeout time.Duration) firewall.Ban {
	return firewall.Ban{Jail: id.Jail, Prefix: prefixOf(e, id.Key), ID: e.ID, Timeout: timeout, Event: e}
}

// end is when a ban of that many seconds is over; never, if they are negative.
func end(start time.Time, seconds int64) time.Time {
	if seconds < 0 {
		return time.Time{}
	}
	return start.Add(time.Duration(seconds) * time.Second).Round(time.Millisecond)
}

// later is the later of two ends; the zero time is never.
func later(a, b time.Time) time.Time {
	if a.IsZero() || b.IsZero() {
		return time.Time{}
	}
	return maxTime(a, b)
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// remaining is how long a ban still has, as backends want it: 0 is for ever, so a ban that is nearly over has a millisecond.
func remaining(expires, now time.Time) time.Duration {
	if expires.IsZero() {
		return 0
	}
	return max(expires.Sub(now), time.Millisecond)
}
