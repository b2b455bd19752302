package ledger

import (
	"context"
	"database/sql/driver"
	"io"
)

// A Cursor is a place among the rows of a ledger; the zero Cursor is before the first.
type Cursor struct {
	after int64
	Done  bool
}

// Page returns the next bans of a backend that stand or are being lifted: at most n, in no order that means anything.
// Reading in pages lets a keeper of 100,000 bans do other work in between.
func (l *Ledger) Page(c *Cursor, backend string, n int) ([]Ban, error) {
	if l.memory != nil {
		return l.memory.page(c, backend, n, true), nil
	}
	return l.page("event", c, backend, n)
}

// PageOfKeys is Page without the events, which are most of what there is to read.
func (l *Ledger) PageOfKeys(c *Cursor, backend string, n int) ([]Ban, error) {
	if l.memory != nil {
		return l.memory.page(c, backend, n, false), nil
	}
	return l.page("x''", c, backend, n)
}

// page reads rows as the driver gives them: what database/sql does for each value takes longer than to read it, which counts
// when a restart reads 100,000 rows.
func (l *Ledger) page(event string, c *Cursor, backend string, n int) (page []Ban, err error) {
	query := "SELECT rowid, key, jail, state, time, expires, bantime, bancount, keeper, rev, " + event +
		" FROM bans WHERE rowid > ? AND state <> 0 AND backend = ? ORDER BY rowid LIMIT ?"
	args := []driver.NamedValue{{Ordinal: 1, Value: c.after}, {Ordinal: 2, Value: backend}, {Ordinal: 3, Value: int64(n)}}
	page = make([]Ban, 0, n)
	err = l.conn.Raw(func(conn any) error {
		rows, err := conn.(driver.QueryerContext).QueryContext(context.Background(), query, args)
		if err != nil {
			return err
		}
		defer rows.Close()
		row := make([]driver.Value, len(rows.Columns()))
		for {
			if err := rows.Next(row); err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
			c.after = number(row[0])
			page = append(page, banOf(row[1:], backend))
		}
	})
	c.Done = len(page) < n
	return page, l.wrap(err)
}

// banOf makes a ban of the columns that page reads.
func banOf(row []driver.Value, backend string) Ban {
	b := Ban{
		State: State(number(row[2])), Time: instant(number(row[3])), Expires: instant(number(row[4])),
		Bantime: number(row[5]), Bancount: int(number(row[6])), Backend: backend, Keeper: number(row[7]), Rev: number(row[8]),
	}
	b.Key, _ = row[0].(string)
	b.Jail, _ = row[1].(string)
	b.Event, _ = row[9].([]byte)
	return b
}

// number is a value of a column that holds numbers alone.
func number(v driver.Value) int64 {
	n, _ := v.(int64)
	return n
}
