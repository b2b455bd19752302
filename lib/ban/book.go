package ban

import (
	"errors"
	"time"

	"f2b/lib/event"
	"f2b/lib/ledger"
)

// bookRetry is how long a ledger that could not be written to is left alone.
const bookRetry = 5 * time.Second

// book is the keeper's ledger, which may be out of order for a while: the banning goes on without it, and what it
// missed is written down when it is back.
type book struct {
	open      func() (*ledger.Ledger, error)
	ledger    *ledger.Ledger          // nil: there is none
	rev       int64                   // the last change that the keeper knows of
	retry     time.Time               // not before
	trouble   bool                    // it has been said that there is some
	replacing bool                    // a new one is being opened in place of a damaged one
	unsaved   map[ledger.ID]*entry    // bans that are not in the ledger
	unended   map[ledger.ID]time.Time // bans that the ledger still takes to be in force, and when they ended
}

// record is what a decision reads and writes.
type record interface {
	Get(ledger.ID) (ledger.Ban, bool, error)
	Count(key string) (int, error)
	Elsewhere(id ledger.ID, at time.Time) (int, error)
	Put(*ledger.Ban) error
}

// blank is the record of a keeper without a ledger: nothing is known, nothing is kept.
type blank struct{}

func (blank) Get(ledger.ID) (b ledger.Ban, found bool, err error) { return }
func (blank) Count(string) (n int, err error)                     { return }
func (blank) Elsewhere(ledger.ID, time.Time) (n int, err error)   { return }
func (blank) Put(*ledger.Ban) error                               { return nil }

// usable reports whether it is worth trying.
func (b *book) usable() bool {
	return b.ledger != nil && (b.retry.IsZero() || !time.Now().Before(b.retry))
}

// update changes the ledger and notes that the keeper knows of the change, unless others' changes came before it.
func (b *book) update(change func(*ledger.Tx) error) error {
	var rev int64
	err := b.ledger.Update(func(tx *ledger.Tx) error {
		rev = tx.Rev
		return change(tx)
	})
	if err == nil && rev == b.rev+1 {
		b.rev = rev
	}
	return err
}

func (b *book) close() {
	if b.ledger != nil {
		b.ledger.Close()
		b.ledger = nil
	}
}

// openBook opens the ledger, or says why it cannot be.
func (k *Keeper) openBook() {
	b := &k.book
	opened, err := b.open()
	if err == nil {
		b.ledger = opened
		b.rev, err = opened.Rev()
	}
	if err == nil && !k.command {
		_, err = opened.BecomeKeeper()
	}
	if err == nil {
		err = k.Jails.load(opened, k.Backend.Name())
	}
	if err != nil {
		if k.command || !errors.Is(err, ledger.ErrDamaged) {
			b.close()
		}
		k.bookTrouble(err)
	}
}

// bookTrouble says what is wrong with the ledger and does what can be done about it.
func (k *Keeper) bookTrouble(err error) {
	b := &k.book
	b.retry = time.Now().Add(bookRetry)
	if !b.trouble {
		b.trouble = true
		if k.command {
			k.Voice.Errorf("%v: what was done is not written down", err)
			return
		}
		k.Voice.Errorf("%v: banning goes on, and is written down once that is mended", err)
	}
	switch {
	case !errors.Is(err, ledger.ErrDamaged) || b.ledger == nil:
	case b.replacing: // the new one is no better: try again later
		b.close()
	default:
		k.replaceBook()
	}
}

// replaceBook begins a new ledger in place of a damaged one: opening sets the bad file aside, unless somebody did so already.
func (k *Keeper) replaceBook() {
	b := &k.book
	b.replacing = true
	defer func() { b.replacing = false }()
	path, replaced := b.ledger.Path(), b.ledger.Replaced()
	b.close()
	if path != "" && !replaced {
		aside, err := ledger.SetAside(path, time.Now())
		if err != nil {
			k.Voice.Errorf("%v", err)
			return
		}
		k.Voice.Warnf("the damaged file is kept as %s", aside)
	}
	b.retry = time.Time{}
	k.rewriteBook()
}

// rewriteBook opens a ledger that knows nothing yet of what this process keeps.
func (k *Keeper) rewriteBook() {
	if k.openBook(); k.book.ledger == nil {
		return
	}
	for _, e := range k.bans {
		if e.unsaved == nil {
			e.unsaved = k.rowOf(e)
		}
		k.noteUnsaved(e)
	}
}

// rowOf makes a row from what is in memory: the details of its event are lost.
func (k *Keeper) rowOf(e *entry) *ledger.Ban {
	ev := event.Event{V: event.Version, Type: event.Banned, Time: e.time, IP: e.prefix, Jail: e.id.Jail}
	if ev.Key() != e.id.Key {
		ev.ID = e.id.Key
	}
	row := &ledger.Ban{Jail: e.id.Jail, Key: e.id.Key, State: ledger.InForce, Time: e.time, Expires: e.expires,
		Bantime: e.bantime, Bancount: e.count, Backend: k.Backend.Name()}
	row.Event = ev.AppendJSON(nil)
	return row
}

// noteUnsaved notes a ban that the ledger did not take.
func (k *Keeper) noteUnsaved(e *entry) {
	if k.book.unsaved == nil {
		k.book.unsaved = map[ledger.ID]*entry{}
	}
	k.book.unsaved[e.id] = e
}

// noteUnended notes the end of a ban that the ledger did not take: it must not be put back at the next start.
func (k *Keeper) noteUnended(id ledger.ID, at time.Time) {
	if k.book.unended == nil {
		k.book.unended = map[ledger.ID]time.Time{}
	}
	k.book.unended[id] = at
}

// tendBook tries again what went wrong with the ledger.
func (k *Keeper) tendBook() {
	b := &k.book
	switch {
	case time.Now().Before(b.retry):
		return
	case b.ledger == nil:
		if k.openBook(); b.ledger == nil {
			return
		}
		k.restore = restoring{active: true}
	case b.ledger.Replaced():
		k.Voice.Warnf("state %s: it is gone, or another file: beginning it anew", b.ledger.Path())
		b.close()
		k.rewriteBook()
	}
	if b.ledger != nil && (b.trouble || len(b.unsaved) > 0 || len(b.unended) > 0) {
		k.saveUnsaved()
	}
}
