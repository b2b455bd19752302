package ledger

import (
	"fmt"
	"time"
)

// How many rows one call of Purge removes, and how many pages it frees, at most: a few milliseconds' work.
const (
	purgeRows  = 2000
	purgePages = 1000
)

// Purge forgets bans that are over since before, a few at a time, and gives their space back to the file system. It also
// forgets bans whose time ran out before and that no keeper ever came back for. It reports whether there is more to do.
func (l *Ledger) Purge(before time.Time) (more bool, err error) {
	if l.memory != nil {
		l.memory.purge(before)
		return false, nil
	}
	res, err := l.exec("DELETE FROM bans WHERE rowid IN (SELECT rowid FROM bans WHERE expires < ? LIMIT ?)", micros(before), purgeRows)
	if err != nil {
		return false, l.wrap(err)
	}
	deleted, err := res.RowsAffected()
	if err != nil {
		return false, l.wrap(err)
	}
	free, err := l.shrink()
	return deleted == purgeRows || free > 0, l.wrap(err)
}

// shrink frees some of the pages that hold nothing, and returns how many are left.
func (l *Ledger) shrink() (left int, err error) {
	rows, err := l.query(fmt.Sprintf("PRAGMA incremental_vacuum(%d)", purgePages))
	if err != nil {
		return 0, err
	}
	for rows.Next() { // each step frees a page
	}
	if err := rows.Close(); err != nil {
		return 0, err
	}
	err = l.row("PRAGMA freelist_count").Scan(&left)
	return left, err
}
