package main

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"f2b/lib/cli"
	"f2b/lib/ledger"
)

// path is the ledger's file.
func (t *tool) path() string {
	if t.State != "" {
		return t.State
	}
	home, _ := os.UserHomeDir()
	return ledger.DefaultPath(os.Geteuid() == 0, os.Getenv("XDG_STATE_HOME"), home)
}

// read opens the ledger for a command that only looks at it. A file that is not there is not made: nobody is banned.
func (t *tool) read(std *cli.IO) (*ledger.Ledger, error) {
	if _, err := os.Stat(t.path()); errors.Is(err, fs.ErrNotExist) {
		return ledger.Memory()
	}
	return t.open(std)
}

// open opens the ledger. One that was cut to nothing is begun anew, which is said.
func (t *tool) open(std *cli.IO) (*ledger.Ledger, error) {
	l, err := ledger.Open(t.path(), ledger.Options{})
	if err == nil && l.Emptied() {
		std.Errorf("state %s: it was empty: the bans that it held are forgotten, and it is begun anew", t.path())
	}
	return l, err
}

// ledger returns what opens the ledger of a backend. A damaged file is set aside, and a new one begun in its place.
func (t *tool) ledger(std *cli.IO, backend string) func() (*ledger.Ledger, error) {
	if backend == "dryrun" {
		return ledger.Memory
	}
	return func() (*ledger.Ledger, error) {
		l, err := t.open(std)
		if !errors.Is(err, ledger.ErrDamaged) {
			return l, err
		}
		aside, asideErr := ledger.SetAside(t.path(), time.Now())
		if asideErr != nil {
			return nil, errors.Join(err, asideErr)
		}
		std.Errorf("%v: it is kept as %s, and a new one begun", err, aside)
		return t.open(std)
	}
}
