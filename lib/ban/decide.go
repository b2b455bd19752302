package ban

import (
	"slices"
	"time"

	"f2b/lib/event"
	"f2b/lib/firewall"
	"f2b/lib/ledger"
)

// answer is one line of the output. Answers keep the order of the input.
type answer struct {
	event  event.Event
	line   []byte    // as it is written; if empty it is made from the event
	change *change   // what the event decided; nil: nothing
	ban    bool      // the event is a decision
	timed  bool      // it bears a time of its own
	now    time.Time // when it came, by the keeper's clock
}

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

// batch is a part of the input that is decided, enforced and answered at once.
type batch struct {
	answers []answer
	changes []*change
	byID    map[ledger.ID]*change
	bans    int
	ledger  *ledger.Ledger // where it was written down
	end     time.Time      // when the first of its bans is over, at the soonest
}

// take does what a piece of the input says.
func (k *Keeper) take(items []item) {
	b := &batch{}
	for i := range items {
		it := &items[i]
		switch {
		case it.err != nil:
			k.Voice.Errorf("%v", it.err)
		case it.raw != nil:
			if k.Replay != nil {
				k.see(b, it.event.Time)
			}
			b.answers = append(b.answers, answer{line: it.raw})
		case it.event.Type == event.Unban:
			k.settle(b)
			k.lift(it.event)
		default:
			k.see(b, it.event.Time)
			k.admit(b, *it.event)
		}
	}
	k.settle(b)
}

// see moves the clock on, if the event bears a time. Bans that are over by then end before the event is judged.
func (k *Keeper) see(b *batch, at time.Time) {
	if !at.IsZero() {
		if k.Replay == nil {
			k.tz.see(k.Voice, at)
		}
		k.Clock.See(at)
	}
	now := k.Clock.Now()
	if !b.end.IsZero() && !b.end.After(now) {
		k.settle(b)
	}
	if k.Replay != nil {
		k.replay(b)
		return
	}
	if len(k.due) > 0 && !k.due[0].due.After(now) {
		k.settle(b)
		k.expire()
	}
}

// admit adds a decision to the batch, or says why it is not followed.
func (k *Keeper) admit(b *batch, e event.Event) {
	e.Jail = k.jailOf(&e)
	timed := !e.Time.IsZero()
	if !timed {
		e.Time = k.Clock.Now()
	}
	if reason := k.Safety.Refuse(&e); reason != "" {
		e.Type, e.Error = event.Ignored, reason
		b.answers = append(b.answers, answer{event: e})
		return
	}
	policy := k.Jails.Policy(e.Jail)
	if policy.Refused != nil {
		e.Type, e.Error = event.Failed, policy.Refused.Error()
		b.answers = append(b.answers, answer{event: e})
		return
	}
	b.answers = append(b.answers, answer{event: e, ban: true, timed: timed, now: k.Clock.Now()})
	b.bans++
	if shortest, _ := policy.bantime(&e, 0); shortest >= 0 {
		if over := end(k.Clock.Start(e.Time), shortest); b.end.IsZero() || over.Before(b.end) {
			b.end = over
		}
	}
}

// jailOf is the jail that an event's ban is kept in.
func (k *Keeper) jailOf(e *event.Event) string {
	if k.Jail != "" {
		return k.Jail
	}
	return e.JailName()
}

// settle decides, enforces and answers a batch, which is empty then.
func (k *Keeper) settle(b *batch) {
	if b.bans > 0 {
		k.decideBatch(b)
		k.enforce(b)
	}
	for i := range b.answers {
		k.say(&b.answers[i])
	}
	clear(b.answers)
	*b = batch{answers: b.answers[:0]}
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
	b.changes, b.byID = nil, map[ledger.ID]*change{}
	for i := range b.answers {
		a := &b.answers[i]
		if !a.ban {
			continue
		}
		var err error
		if a.change, err = k.changeOf(b, r, &a.event, a.now); err != nil {
			return err
		}
		if err := k.decide(a, r); err != nil {
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
	c := &change{row: row, before: row, known: known}
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

// decide makes an event's decision a part of a change and writes the row. The event itself stays as it came: it may have
// to be decided once more.
func (k *Keeper) decide(a *answer, r record) error {
	c, row, said := a.change, &a.change.row, a.event
	if a.timed && replayed(row.Time, said.Time) {
		said.Type, said.Error = event.Ignored, "decided before: the last ban here was at "+row.Time.In(said.Time.Location()).Format(time.RFC3339)
		a.line, a.change = k.lineOf(&said), nil
		return nil
	}
	prolongs := c.standing && !served(row.Time, row.Bantime, said.Time)
	bantime, err := k.bantime(r, &said, row, prolongs)
	if err != nil {
		return err
	}
	start := k.Clock.Start(said.Time)
	expires := end(start, bantime)
	if c.standing {
		expires = later(row.Expires, expires)
	}
	if prolongs {
		said.Type = event.Prolonged
		row.Time = maxTime(row.Time, said.Time)
	} else {
		said.Type = event.Banned
		row.Time = said.Time
		row.Bancount++
	}
	if expires.IsZero() {
		bantime = -1
	}
	row.Bantime, row.Expires, row.State = bantime, expires, ledger.InForce
	row.Keeper = k.keeperOf(c)
	describe(&said, row)
	a.line = k.lineOf(&said)
	row.Event = a.line
	c.standing, c.timeout, c.event = true, remaining(expires, start), &said
	return r.Put(row)
}

// lineOf writes an event into memory of its own, of just the size that it takes.
func (k *Keeper) lineOf(e *event.Event) []byte {
	k.line = e.AppendJSON(k.line[:0])
	return slices.Clone(k.line)
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

// say writes an answer.
func (k *Keeper) say(a *answer) {
	if len(a.line) == 0 {
		k.out.Write(&a.event)
		return
	}
	line := a.line
	if line[len(line)-1] == '\n' {
		line = line[:len(line)-1]
	}
	k.out.WriteRaw(line)
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
