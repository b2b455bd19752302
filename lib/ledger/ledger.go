// Package ledger remembers who is banned, by which jail and backend, until when and how often before: one SQLite file
// that every keeper of bans and every command of one machine share.
//
// A row stands for one address in one jail by one backend and is written over by its next ban, so the file grows with the number of
// attackers, not with the number of their attacks. A ban that is over keeps its row, without the event, for its count:
// [Ledger.Purge] forgets it one day.
//
// Readers and one writer work beside each other (SQLite's write-ahead log). What [Ledger.Update] has returned from
// survives the death of the process; a loss of power may cost the last moments, never the file.
//
// A Ledger is used by one goroutine at a time.
package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// DefaultFile is where the ledger of the machine lies when the user is root.
const DefaultFile = "/var/lib/f2b/f2b.sqlite3"

// State says where a ban stands.
type State int

// The states of a ban.
const (
	Over    State = iota // served, lifted or never carried out; the row counts it
	InForce              // in the firewall, or on its way there
	Lifting              // somebody wants it to end; it may be in the firewall still
)

// A Ban is one address or id in one jail, enforced by one backend.
type Ban struct {
	Jail, Key string
	State     State
	Time      time.Time // the event's own time
	Expires   time.Time // by the machine's clock; zero: never
	Bantime   int64     // seconds; -1: permanent
	Bancount  int       // how often so far, this ban included
	Backend   string    // who enforces it
	Keeper    int64     // which process looks after it; 0: none
	Rev       int64     // the change that wrote the row; grows with every [Ledger.Update]
	Event     []byte    // the deciding event, one line of JSON; empty once the ban is over
}

// ID is what tells one ban from all others. Two backends may enforce the same jail, and each has to end its own bans.
type ID struct{ Jail, Key, Backend string }

// ID returns the ban's identity.
func (b *Ban) ID() ID { return ID{b.Jail, b.Key, b.Backend} }

// Expired reports whether the ban's time is up.
func (b *Ban) Expired(now time.Time) bool { return !b.Expires.IsZero() && !b.Expires.After(now) }

// Ledger is an open ledger.
type Ledger struct {
	memory *memory // holds all there is; nil: the file does
	path   string
	file   os.FileInfo
	db     *sql.DB
	conn   *sql.Conn
	stmts  map[string]*sql.Stmt
	seen   int64 // data_version at the last look
	keeper int64
	lock   *os.File // holds a lock on the byte whose number is keeper, as long as the process lives

	emptied bool
}

// Options of [Open].
type Options struct {
	// Busy is how long a locked file is waited for; 0 means 2 seconds.
	Busy time.Duration
}

// The things that can be wrong with a ledger's file as a whole, to be found with errors.Is.
var (
	ErrLocked  = errors.New("locked by another program")
	ErrDamaged = errors.New("damaged")
	ErrForeign = errors.New("not a ledger of f2b")
	ErrNewer   = errors.New("written by a newer f2b")
)

// DefaultPath is where the ledger lies unless the user says otherwise: [DefaultFile] for root, else the state folder of
// the XDG base directories, whose variable and home are given.
func DefaultPath(root bool, xdgStateHome, home string) string {
	if root {
		return DefaultFile
	}
	if !filepath.IsAbs(xdgStateHome) {
		xdgStateHome = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(xdgStateHome, "f2b", "f2b.sqlite3")
}

// Open opens the ledger in the file path and makes it, with its folder, if it is not there. A file of somebody else,
// a damaged and a locked one are errors; nothing is changed about them (see [SetAside]).
//
// What cannot be read is taken to be a damaged ledger only where there are locks beside it, as ledgers have: a name that
// was mistyped must not get somebody's file renamed.
//
// A ledger that somebody has cut to nothing is begun anew; see [Ledger.Emptied].
func Open(path string, o Options) (*Ledger, error) {
	emptied := isEmpty(path) && exists(path+lockSuffix)
	if err := prepareFile(path); err != nil {
		return nil, fmt.Errorf("state %s: %w", path, bare(err))
	}
	if o.Busy == 0 {
		o.Busy = 2 * time.Second
	}
	l, err := open(path, o)
	switch {
	case err == nil:
		l.emptied = emptied
		l.openLock() // if that fails it is said when the locks are needed
	case errors.Is(err, ErrDamaged) && !exists(path+lockSuffix):
		err = fmt.Errorf("state %s: %w: name another by -state", path, ErrForeign)
	}
	return l, err
}

// Memory opens an empty ledger that ends with the process. Nobody else can read it, so it is no database.
func Memory() (*Ledger, error) { return &Ledger{memory: newMemory()}, nil }

// Emptied reports whether the file was a ledger once, and empty when it was opened: what it knew is lost.
func (l *Ledger) Emptied() bool { return l.emptied }

// isEmpty reports whether there is a file, and nothing in it or still on its way there.
func isEmpty(path string) bool {
	info, err := os.Stat(path)
	log, logErr := os.Stat(path + "-wal")
	return err == nil && info.Size() == 0 && (logErr != nil || log.Size() == 0)
}

// prepareFile makes the folder and the file: log lines with names of users are nobody else's business.
func prepareFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// bare takes the path off an error of package os, for callers who name it themselves.
func bare(err error) error {
	if pe, ok := errors.AsType[*os.PathError](err); ok {
		return pe.Err
	}
	return err
}

func open(path string, o Options) (_ *Ledger, err error) {
	l := &Ledger{path: path, stmts: map[string]*sql.Stmt{}}
	defer func() {
		if err != nil {
			l.Close()
		}
	}()
	if l.db, err = sql.Open("sqlite", dsn(path, o.Busy)); err != nil {
		return nil, l.wrap(err)
	}
	l.db.SetMaxOpenConns(1) // data_version is of a connection, and so are the statements
	if l.conn, err = l.db.Conn(context.Background()); err != nil {
		return nil, l.wrap(err)
	}
	if err = l.prepareSchema(); err != nil {
		return nil, l.wrap(err)
	}
	if l.file, err = os.Stat(path); err != nil {
		return nil, l.wrap(err)
	}
	_, err = l.Changed()
	return l, err
}

// Path is the ledger's file; empty when it is in memory.
func (l *Ledger) Path() string { return l.path }

// Replaced reports whether another file lies where the ledger's was: somebody set it aside or removed it, and what is
// written here would be lost.
func (l *Ledger) Replaced() bool {
	if l.path == "" {
		return false
	}
	now, err := os.Stat(l.path)
	return err != nil || !os.SameFile(l.file, now)
}

// Changed reports whether another process wrote to the ledger since the last call. It reads no row: it may be called
// many times a second.
func (l *Ledger) Changed() (bool, error) {
	if l.memory != nil {
		return false, nil
	}
	var v int64
	if err := l.row("PRAGMA data_version").Scan(&v); err != nil {
		return false, l.wrap(err)
	}
	changed := v != l.seen
	l.seen = v
	return changed, nil
}

// Close closes the ledger. Its keeper, if it is one, is no longer alive.
func (l *Ledger) Close() error {
	var errs []error
	for _, s := range l.stmts {
		errs = append(errs, s.Close())
	}
	if l.conn != nil {
		errs = append(errs, l.conn.Close())
	}
	if l.db != nil {
		errs = append(errs, l.db.Close())
	}
	if l.lock != nil {
		errs = append(errs, l.lock.Close())
	}
	l.stmts, l.conn, l.db, l.lock = nil, nil, nil, nil
	return errors.Join(errs...)
}

// stmt returns the prepared form of a statement, which is prepared once.
func (l *Ledger) stmt(query string) (*sql.Stmt, error) {
	if s := l.stmts[query]; s != nil {
		return s, nil
	}
	s, err := l.conn.PrepareContext(context.Background(), query)
	if err == nil {
		l.stmts[query] = s
	}
	return s, err
}

func (l *Ledger) exec(query string, args ...any) (sql.Result, error) {
	s, err := l.stmt(query)
	if err != nil {
		return nil, err
	}
	return s.Exec(args...)
}

func (l *Ledger) query(query string, args ...any) (*sql.Rows, error) {
	s, err := l.stmt(query)
	if err != nil {
		return nil, err
	}
	return s.Query(args...)
}

// row is query for one row; an error comes out of its Scan.
func (l *Ledger) row(query string, args ...any) *oneRow {
	rows, err := l.query(query, args...)
	return &oneRow{rows, err}
}

type oneRow struct {
	rows *sql.Rows
	err  error
}

// Scan reads the row and ends the query; without a row the error is sql.ErrNoRows.
func (r *oneRow) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	return r.rows.Close()
}
