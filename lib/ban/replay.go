package ban

import "time"

// Replay plays events of the past again. No time goes by but theirs, so that the answers are the same whenever, on whatever
// machine and however fast it is done; and when the input ends, the bans that stand are played to their ends.
type Replay struct {
	EventTime
	over []time.Time // the ends of bans that may be forgotten some day, in their order
}

// NewReplay returns a replay at its beginning.
func NewReplay() *Replay { return &Replay{EventTime: EventTime{still: true}} }

// replay does what is due before an event is judged: bans end, and those that were over long ago are forgotten, which to do
// now and then would not do here.
func (k *Keeper) replay(b *batch) {
	r, now := k.Replay, k.Clock.Now()
	for len(k.due) > 0 && !k.due[0].due.After(now) {
		k.settle(b)
		k.expire()
	}
	last := now.Add(-k.PurgeAge)
	if k.PurgeAge <= 0 || len(r.over) == 0 || !r.over[0].Before(last) || !k.book.usable() {
		return
	}
	k.settle(b)
	for more := true; more; {
		var err error
		if more, err = k.book.ledger.Purge(last); err != nil {
			k.bookTrouble(err)
		}
	}
	for len(r.over) > 0 && r.over[0].Before(last) {
		r.over = r.over[1:]
	}
}

// note remembers the end of a ban.
func (r *Replay) note(end time.Time) {
	if r != nil {
		r.over = append(r.over, end)
	}
}

// playOut ends the bans that stand at the end of the input, in the order of their ends. Bans without an end stay.
func (k *Keeper) playOut() {
	for len(k.due) > 0 {
		k.Replay.latest = k.due[0].due
		k.expire()
	}
}
