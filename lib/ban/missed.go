package ban

import (
	"time"

	"f2b/lib/ledger"
)

// saveUnsaved writes down what the ledger missed.
func (k *Keeper) saveUnsaved() {
	b := &k.book
	n := 0
	err := b.update(func(tx *ledger.Tx) (err error) {
		for id, at := range b.unended {
			if k.bans[id] == nil {
				if err := tx.End(id, at); err != nil {
					return err
				}
			}
		}
		n, err = k.saveBans(tx)
		return err
	})
	if err != nil {
		k.bookTrouble(err)
		return
	}
	for _, e := range b.unsaved {
		e.unsaved = nil
	}
	b.unsaved, b.unended = nil, nil
	if b.trouble {
		b.trouble = false
		k.Voice.Warnf("the ledger can be written again: %s written down", bans(n))
	}
}

// saveAtEnd tries for the last time to write down what the ledger missed.
func (k *Keeper) saveAtEnd() {
	b := &k.book
	if len(b.unsaved)+len(b.unended) == 0 {
		return
	}
	b.retry = time.Time{}
	if k.tendBook(); len(b.unsaved) > 0 {
		k.Voice.Errorf("%s not written down: in force now, but not put back after a restart", bans(len(b.unsaved)))
	}
}

// saveBans writes the rows that the ledger missed, and returns how many there were.
func (k *Keeper) saveBans(tx *ledger.Tx) (n int, err error) {
	for id, e := range k.book.unsaved {
		if k.bans[id] != e || e.unsaved == nil {
			continue
		}
		row := e.unsaved
		row.Keeper = k.book.ledger.Keeper()
		old, found, err := tx.Get(id)
		if err != nil {
			return n, err
		}
		if found && old.State == ledger.Over {
			row.Bancount += old.Bancount // which was not known when it was banned
		}
		if err := tx.Put(row); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
