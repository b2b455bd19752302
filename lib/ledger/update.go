package ledger

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"time"
)

// forever is when a permanent ban expires, in the file.
const forever = math.MaxInt64

// micros and instant turn times into the file's numbers and back.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func instant(us int64) time.Time {
	if us == 0 || us == forever {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

func expiry(t time.Time) int64 {
	if t.IsZero() {
		return forever
	}
	return t.UnixMicro()
}

// isID is true of the row of one ban.
const isID = "key = ? AND jail = ? AND backend = ?"

// A Tx is a change to the ledger: all of it is done, or nothing.
type Tx struct {
	l   *Ledger
	Rev int64 // of every row that is written
}

// Update changes the ledger. No other process changes it meanwhile, so a count that change reads is right when it
// writes the next one.
func (l *Ledger) Update(change func(*Tx) error) error {
	if l.memory != nil {
		return l.memory.update(l, change)
	}
	return l.wrap(l.transaction(func() error {
		tx := &Tx{l: l}
		if err := l.row("UPDATE clock SET rev = rev + 1 RETURNING rev").Scan(&tx.Rev); err != nil {
			return err
		}
		return change(tx)
	}))
}

// Writable returns an error if nothing can be written just now; [ErrLocked] if another program prevents it.
func (l *Ledger) Writable() error {
	if l.memory != nil {
		return nil
	}
	return l.wrap(l.transaction(func() error { return nil }))
}

func (l *Ledger) transaction(do func() error) (err error) {
	ctx := context.Background()
	if _, err := l.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			l.conn.ExecContext(ctx, "ROLLBACK") // fails when SQLite has done it already
		}
	}()
	if err := do(); err != nil {
		return err
	}
	_, err = l.conn.ExecContext(ctx, "COMMIT")
	return err
}

// columns are what scanBan reads.
const columns = "key, jail, state, time, expires, bantime, bancount, backend, keeper, rev, event"

// Put writes a ban, over the row of an earlier one of the same identity. Its event must stay as it is.
func (tx *Tx) Put(b *Ban) error {
	b.Rev = tx.Rev
	if m := tx.l.memory; m != nil {
		m.put(*b)
		return nil
	}
	event := b.Event
	if event == nil {
		event = []byte{}
	}
	_, err := tx.l.exec("INSERT OR REPLACE INTO bans ("+columns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		b.Key, b.Jail, b.State, micros(b.Time), expiry(b.Expires), b.Bantime, b.Bancount, b.Backend, b.Keeper, b.Rev, event)
	return err
}

// Get returns the row of a ban, whatever its state.
func (tx *Tx) Get(id ID) (b Ban, found bool, err error) {
	if m := tx.l.memory; m != nil {
		b, found = m.get(id)
		return b, found, nil
	}
	return tx.l.get(id)
}

// Count returns how often an address has been banned in all jails together. What two backends enforce counts once.
func (tx *Tx) Count(key string) (n int, err error) {
	if m := tx.l.memory; m != nil {
		return m.count(key), nil
	}
	err = tx.l.row("SELECT coalesce(sum(n), 0) FROM (SELECT max(bancount) AS n FROM bans WHERE key = ? GROUP BY jail)", key).Scan(&n)
	return n, err
}

// Elsewhere returns how often an address was banned in its jail by other backends, by decisions before the time at.
func (tx *Tx) Elsewhere(id ID, at time.Time) (n int, err error) {
	if m := tx.l.memory; m != nil {
		return m.elsewhere(id, at), nil
	}
	err = tx.l.row("SELECT coalesce(max(bancount), 0) FROM bans WHERE key = ? AND jail = ? AND backend <> ? AND time < ?",
		id.Key, id.Jail, id.Backend, micros(at)).Scan(&n)
	return n, err
}

// End marks a ban as over, since now or since its time was up. Its count stays, its event goes.
func (tx *Tx) End(id ID, now time.Time) error {
	if m := tx.l.memory; m != nil {
		m.end(id, now, tx.Rev)
		return nil
	}
	_, err := tx.l.exec("UPDATE bans SET state = ?, expires = min(expires, ?), event = x'', keeper = 0, rev = ? WHERE "+isID,
		Over, micros(now), tx.Rev, id.Key, id.Jail, id.Backend)
	return err
}

// Lift marks a ban that is in force as one that somebody wants to end. Whoever keeps it takes it out of the firewall.
func (tx *Tx) Lift(id ID) error {
	if m := tx.l.memory; m != nil {
		m.lift(id, tx.Rev)
		return nil
	}
	_, err := tx.l.exec("UPDATE bans SET state = ?, rev = ? WHERE "+isID+" AND state = ?",
		Lifting, tx.Rev, id.Key, id.Jail, id.Backend, InForce)
	return err
}

// Delete removes a row as if the ban had never been.
func (tx *Tx) Delete(id ID) error {
	if m := tx.l.memory; m != nil {
		m.remove(id)
		return nil
	}
	_, err := tx.l.exec("DELETE FROM bans WHERE "+isID, id.Key, id.Jail, id.Backend)
	return err
}

// PutJail remembers how a backend enforces a jail, for those who restore its bans without having been told.
func (tx *Tx) PutJail(name, backend string, settings []byte, now time.Time) error {
	if m := tx.l.memory; m != nil {
		m.putJail(Jail{name, backend, settings, now})
		return nil
	}
	_, err := tx.l.exec("INSERT OR REPLACE INTO jails (name, backend, settings, used) VALUES (?, ?, ?, ?)",
		name, backend, settings, micros(now))
	return err
}

func (l *Ledger) get(id ID) (b Ban, found bool, err error) {
	err = scanBan(l.row("SELECT "+columns+" FROM bans WHERE "+isID, id.Key, id.Jail, id.Backend), &b)
	if errors.Is(err, sql.ErrNoRows) {
		return b, false, nil
	}
	return b, err == nil, err
}

// scanBan reads a row of columns.
func scanBan(row interface{ Scan(...any) error }, b *Ban) error {
	var at, expires int64
	err := row.Scan(&b.Key, &b.Jail, &b.State, &at, &expires, &b.Bantime, &b.Bancount, &b.Backend, &b.Keeper, &b.Rev, &b.Event)
	b.Time, b.Expires = instant(at), instant(expires)
	return err
}
