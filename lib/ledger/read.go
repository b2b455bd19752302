package ledger

import "time"

// Get returns the row of a ban, whatever its state.
func (l *Ledger) Get(id ID) (b Ban, found bool, err error) {
	if l.memory != nil {
		b, found = l.memory.get(id)
		return b, found, nil
	}
	b, found, err = l.get(id)
	return b, found, l.wrap(err)
}

// InForce returns the bans that stand or are being lifted, ordered by jail and time. An empty jail means all jails.
// A ban whose time is up, but which nobody has ended yet, is among them.
func (l *Ledger) InForce(jail string) ([]Ban, error) {
	if l.memory != nil {
		return l.memory.inForce(jail), nil
	}
	return l.bans("SELECT "+columns+" FROM bans WHERE state <> 0 AND (jail = ?1 OR ?1 = '') ORDER BY jail, time, key", jail)
}

// Of returns the bans of one address that stand or are being lifted, in whatever jail.
func (l *Ledger) Of(key string) ([]Ban, error) {
	if l.memory != nil {
		return l.memory.of(key), nil
	}
	return l.bans("SELECT "+columns+" FROM bans WHERE key = ? AND state <> 0 ORDER BY jail, backend", key)
}

// Since returns the rows that were written after the change rev, in whatever state, oldest change first.
func (l *Ledger) Since(rev int64) ([]Ban, error) {
	if l.memory != nil {
		return l.memory.since(rev), nil
	}
	return l.bans("SELECT "+columns+" FROM bans WHERE rev > ? ORDER BY rev", rev)
}

func (l *Ledger) bans(query string, args ...any) ([]Ban, error) {
	var all []Ban
	err := l.each(func(b *Ban) { all = append(all, *b) }, query, args...)
	return all, err
}

func (l *Ledger) each(do func(*Ban), query string, args ...any) error {
	rows, err := l.query(query, args...)
	if err != nil {
		return l.wrap(err)
	}
	defer rows.Close()
	for rows.Next() {
		var b Ban
		if err := scanBan(rows, &b); err != nil {
			return l.wrap(err)
		}
		do(&b)
	}
	return l.wrap(rows.Err())
}

// Rev is the number of the last change.
func (l *Ledger) Rev() (rev int64, err error) {
	if l.memory != nil {
		return l.memory.rev, nil
	}
	err = l.row("SELECT rev FROM clock").Scan(&rev)
	return rev, l.wrap(err)
}

// A Jail is how a backend enforced a jail when it was last used.
type Jail struct {
	Name, Backend string
	Settings      []byte
	Used          time.Time
}

// Jails returns what is known of jails, the one used last first.
func (l *Ledger) Jails() ([]Jail, error) {
	if l.memory != nil {
		return l.memory.allJails(), nil
	}
	rows, err := l.query("SELECT name, backend, settings, used FROM jails ORDER BY used DESC, name")
	if err != nil {
		return nil, l.wrap(err)
	}
	defer rows.Close()
	var all []Jail
	for rows.Next() {
		var j Jail
		var used int64
		if err := rows.Scan(&j.Name, &j.Backend, &j.Settings, &used); err != nil {
			return nil, l.wrap(err)
		}
		j.Used = instant(used)
		all = append(all, j)
	}
	return all, l.wrap(rows.Err())
}

// Standing is how many bans of one jail a backend enforces, as far as anybody knows.
type Standing struct {
	Jail, Backend string
	Bans          int
}

// Standing counts the bans of each jail and backend that stand or are being lifted. It reads all rows.
func (l *Ledger) Standing() ([]Standing, error) {
	if l.memory != nil {
		return l.memory.standing(), nil
	}
	rows, err := l.query("SELECT jail, backend, count(*) FROM bans WHERE state <> 0 GROUP BY jail, backend ORDER BY backend, jail")
	if err != nil {
		return nil, l.wrap(err)
	}
	defer rows.Close()
	var all []Standing
	for rows.Next() {
		var s Standing
		if err := rows.Scan(&s.Jail, &s.Backend, &s.Bans); err != nil {
			return nil, l.wrap(err)
		}
		all = append(all, s)
	}
	return all, l.wrap(rows.Err())
}

// A Total counts the bans of one jail.
type Total struct {
	Jail    string
	InForce int // now
	Ever    int // as far as the ledger remembers
}

// Totals counts the bans of each jail that the ledger knows, by name. What two backends enforce counts once.
func (l *Ledger) Totals() ([]Total, error) {
	if l.memory != nil {
		return l.memory.totals(), nil
	}
	rows, err := l.query(`SELECT name, coalesce(sum(now), 0), coalesce(sum(ever), 0)
		FROM (SELECT name FROM jails UNION SELECT jail FROM bans)
		LEFT JOIN (SELECT jail, max(state = 1) AS now, max(bancount) AS ever FROM bans GROUP BY key, jail) ON jail = name
		GROUP BY name ORDER BY name`)
	if err != nil {
		return nil, l.wrap(err)
	}
	defer rows.Close()
	var all []Total
	for rows.Next() {
		var t Total
		if err := rows.Scan(&t.Jail, &t.InForce, &t.Ever); err != nil {
			return nil, l.wrap(err)
		}
		all = append(all, t)
	}
	return all, l.wrap(rows.Err())
}
