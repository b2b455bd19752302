package ban

import (
	"time"

	"f2b/lib/event"
	"f2b/lib/ledger"
)

// batch is a part of the input that is decided, enforced and answered at once. It is used again for the next part.
type batch struct {
	answers []answer
	changes []*change
	byID    map[ledger.ID]*change
	bans    int
	ledger  *ledger.Ledger // where it was written down
	end     time.Time      // when the first of its bans is over, at the soonest

	store []change // room for changes
	room  []byte   // and for lines
}

// fewChanges is up to how many changes a batch's map is worth keeping.
const fewChanges = 64

// empty makes a batch ready to be used again. What a burst needed is not kept.
func (b *batch) empty() {
	if cap(b.answers) > 2*handful || cap(b.room) > 2*handSize {
		*b = batch{}
		return
	}
	clear(b.answers)
	clear(b.store)
	if clear(b.byID); len(b.store) > fewChanges { // to clear a map takes as long as its greatest size wants
		b.byID = nil
	}
	*b = batch{answers: b.answers[:0], changes: b.changes[:0], byID: b.byID, store: b.store[:0], room: b.room[:0]}
}

// newChange makes room for a change. What was given out before stays where it is, when the room grows.
func (b *batch) newChange() *change {
	b.store = append(b.store, change{})
	return &b.store[len(b.store)-1]
}

// take does what a piece of the input says.
func (k *Keeper) take(hands ...*hand) {
	b := &k.batch
	for _, h := range hands {
		for i := range h.items {
			k.takeOne(b, &h.items[i])
		}
	}
	k.settle(b)
}

func (k *Keeper) takeOne(b *batch, it *item) {
	switch {
	case it.err != nil:
		k.Voice.Errorf("%v", it.err)
	case it.raw != nil:
		if k.Replay != nil {
			k.see(b, it.view.Local())
		}
		b.answers = append(b.answers, answer{line: it.raw})
	case it.view.Type() == event.Unban:
		k.settle(b)
		if e, err := it.view.Event(); err == nil {
			k.lift(&e)
		}
	default:
		k.admit(b, &it.view, k.see(b, it.view.Local()))
	}
}

// see moves the clock on, if the event bears a time, and returns what it shows. Bans that are over by then end before the event
// is judged.
func (k *Keeper) see(b *batch, at time.Time) (now time.Time) {
	if at.IsZero() {
		now = k.Clock.Now()
	} else {
		now = k.Clock.See(at)
		if k.Replay == nil {
			k.tz.see(k.Voice, at)
		}
	}
	if !b.end.IsZero() && !b.end.After(now) {
		k.settle(b)
	}
	switch {
	case k.Replay != nil:
		k.replay(b)
	case len(k.due) > 0 && !k.due[0].due.After(now):
		k.settle(b)
		k.expire()
	}
	return now
}

// admit adds a decision to the batch, or says why it is not followed.
func (k *Keeper) admit(b *batch, v *event.View, now time.Time) {
	b.answers = append(b.answers, answer{view: v, event: v.Head(), now: now})
	a := &b.answers[len(b.answers)-1]
	e := &a.event
	e.Jail = k.jailOf(e)
	if a.timed = !e.Time.IsZero(); !a.timed {
		e.Time = now
	}
	if reason := k.Safety.Refuse(e); reason != "" {
		b.refuse(a, event.Ignored, reason)
		return
	}
	policy := k.Jails.Policy(e.Jail)
	if policy.Refused != nil {
		b.refuse(a, event.Failed, policy.Refused.Error())
		return
	}
	a.ban = true
	b.bans++
	if shortest, _ := policy.bantime(e, 0); shortest >= 0 {
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
