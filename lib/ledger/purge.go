package ledger

import "time"

// purgeRows is how many rows one call of Purge removes at most: a few milliseconds' work.
const purgeRows = 2000

// Purge forgets bans that are over since before, a few at a time, and gives their space back to the file system.
// It also forgets bans whose time ran out before and that no keeper ever came back for. It reports whether there is more to forget.
func (l *Ledger) Purge(before time.Time) (more bool, err error) {
	res, err := l.exec("DELETE FROM bans WHERE rowid IN (SELECT rowid FROM bans WHERE expires < ? LIMIT ?)", micros(before), purgeRows)
	if err != nil {
		return false, l.wrap(err)
	}
	n, err := res.RowsAffected()
	if err != nil || n == 0 {
		return false, l.wrap(err)
	}
	rows, err := l.query("PRAGMA incremental_vacuum(1000)")
	if err != nil {
		return false, l.wrap(err)
	}
	defer rows.Close()
	for rows.Next() { // each step frees a page
	}
	return n == purgeRows, l.wrap(rows.Err())
}
