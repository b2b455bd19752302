package ban

import "time"

// purgeEvery is how often bans that are over are looked for that can be forgotten.
const purgeEvery = time.Hour

// purging is where the forgetting has come to.
type purging struct {
	next time.Time
	more bool
}

// purgeSome forgets some of the bans that were over long ago, when it is time: not while there may be some among them
// that still have to be taken out of the firewall.
func (k *Keeper) purgeSome() {
	now := time.Now()
	if k.PurgeAge <= 0 || k.Replay != nil || !k.book.usable() || k.restore.active || !k.purge.more && now.Before(k.purge.next) {
		return
	}
	var err error
	if k.purge.more, err = k.book.ledger.Purge(k.Clock.Now().Add(-k.PurgeAge)); err != nil {
		k.bookTrouble(err)
	}
	k.purge.next = now.Add(purgeEvery)
}
