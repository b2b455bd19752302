package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"time"

	"modernc.org/sqlite" // the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// version of the schema, kept in the file's user_version. A new one adds a step to migrations.
const version = len(migrations)

// migrations bring a file from the version that is their index to the next.
//
// Times are microseconds since 1970; a permanent ban expires at forever, so that one comparison serves all.
// clock counts the changes (rev) and the keepers; rows carry the change that wrote them, so that a process which
// watches the ledger reads only what is new.
var migrations = [...]string{`
CREATE TABLE bans (
	key      TEXT    NOT NULL,
	jail     TEXT    NOT NULL,
	state    INTEGER NOT NULL,
	time     INTEGER NOT NULL,
	expires  INTEGER NOT NULL,
	bantime  INTEGER NOT NULL,
	bancount INTEGER NOT NULL,
	backend  TEXT    NOT NULL,
	keeper   INTEGER NOT NULL,
	rev      INTEGER NOT NULL,
	event    BLOB    NOT NULL,
	UNIQUE (key, jail, backend)
);
CREATE INDEX bans_rev ON bans (rev);
CREATE INDEX bans_expires ON bans (expires);
CREATE TABLE jails (
	name     TEXT NOT NULL,
	backend  TEXT NOT NULL,
	settings BLOB NOT NULL,
	used     INTEGER NOT NULL,
	PRIMARY KEY (name, backend)
);
CREATE TABLE clock (
	one    INTEGER PRIMARY KEY CHECK (one = 1),
	rev    INTEGER NOT NULL,
	keeper INTEGER NOT NULL
);
INSERT INTO clock VALUES (1, 0, 0);
`}

// dsn names the file and what every connection begins with.
func dsn(path string, busy time.Duration) string {
	v := url.Values{}
	v.Add("_pragma", fmt.Sprintf("busy_timeout(%d)", busy.Milliseconds()))
	v.Add("_pragma", "synchronous(normal)")
	v.Add("_pragma", "journal_size_limit(4194304)")
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: v.Encode()}
	return u.String()
}

// prepareSchema makes the tables, or checks that they are ours. A file that is up to date is not written to, so that it
// can be read while somebody holds it locked.
func (l *Ledger) prepareSchema() error {
	v, err := l.version()
	if err != nil {
		return err
	}
	if v > version {
		return fmt.Errorf("%w (schema %d, this one knows %d)", ErrNewer, v, version)
	}
	if v == 0 {
		// Takes effect only in a file that has nothing in it yet; without it a purge would never give space back.
		if _, err := l.conn.ExecContext(context.Background(), "PRAGMA auto_vacuum = incremental"); err != nil {
			return err
		}
	}
	if _, err := l.conn.ExecContext(context.Background(), "PRAGMA journal_mode = wal"); err != nil {
		return err
	}
	if v < version {
		if err := l.migrate(); err != nil {
			return err
		}
	}
	var rev int64
	err = l.row("SELECT rev FROM clock").Scan(&rev)
	if se, ok := errors.AsType[*sqlite.Error](err); ok && se.Code() == sqlite3.SQLITE_ERROR || errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%w: its tables are not as they should be", ErrDamaged)
	}
	return err
}

func (l *Ledger) version() (v int, err error) {
	err = l.conn.QueryRowContext(context.Background(), "PRAGMA user_version").Scan(&v)
	return v, err
}

// migrate runs the missing steps; two processes that start at once do it one after the other.
func (l *Ledger) migrate() error {
	return l.transaction(func() error {
		v, err := l.version()
		if err != nil {
			return err
		}
		if v == 0 {
			if err := l.checkEmpty(); err != nil {
				return err
			}
		}
		for ; v < version; v++ {
			if _, err := l.conn.ExecContext(context.Background(), migrations[v]); err != nil {
				return err
			}
		}
		_, err = l.conn.ExecContext(context.Background(), fmt.Sprintf("PRAGMA user_version = %d", version))
		return err
	})
}

// checkEmpty refuses a database that holds somebody else's tables.
func (l *Ledger) checkEmpty() error {
	var n int
	err := l.conn.QueryRowContext(context.Background(), "SELECT count(*) FROM sqlite_schema").Scan(&n)
	if err == nil && n > 0 {
		err = fmt.Errorf("%w: it has tables of another program: name another by -state", ErrForeign)
	}
	return err
}
