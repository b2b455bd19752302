package main

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"f2b/lib/ban"
	"f2b/lib/cli"
	"f2b/lib/event"
	"f2b/lib/ledger"
)

// unbanCmd is f2b-ban unban.
type unbanCmd struct {
	tool      *tool    `kong:"-"`
	All       bool     `help:"End all bans (of -jail, where it is given)."`
	Addresses []string `arg:"" optional:"" placeholder:"IP" help:"Addresses, networks and ids, as list shows them."`
}

// Run ends bans in every jail, or in the one of -jail. A pipeline that keeps them says so too.
func (c *unbanCmd) Run(std *cli.IO) error {
	if c.All == (len(c.Addresses) > 0) {
		return cli.Usagef("unban: addresses or -all")
	}
	rows, err := c.rows(std)
	if err != nil {
		return err
	}
	byBackend := map[string][]event.Event{}
	for _, row := range rows {
		if c.tool.Backend == "" || c.tool.Backend == row.Backend {
			byBackend[row.Backend] = append(byBackend[row.Backend], wishOf(&row))
		}
	}
	for _, name := range sortedKeys(byBackend) {
		err := c.tool.act(std, name, noPolicies, nil, func(k *ban.Keeper) error { return k.Act(std.Stdout, byBackend[name]) })
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// rows are the bans that are to end.
func (c *unbanCmd) rows(std *cli.IO) ([]ledger.Ban, error) {
	l, err := c.tool.read(std)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	if c.All {
		return l.InForce(c.tool.only())
	}
	var rows []ledger.Ban
	locked := sync.OnceValue(func() bool { return errors.Is(l.Writable(), ledger.ErrLocked) })
	for _, s := range c.Addresses {
		found, err := l.Of(key(s))
		if err != nil {
			return nil, err
		}
		found = slices.DeleteFunc(found, func(b ledger.Ban) bool { return c.tool.only() != "" && b.Jail != c.tool.only() })
		switch {
		case len(found) > 0:
		case locked():
			std.Errorf("%s: not found, but the state is locked by another program: a ban may not be written down yet: try again later", s)
		default:
			std.Warnf("%s is not banned", s)
		}
		rows = append(rows, found...)
	}
	return rows, nil
}

// key is how the ledger calls what a user wrote.
func key(s string) string {
	p, err := parseAddress(s)
	if err != nil {
		return s // an id
	}
	e := event.Event{IP: p}
	return e.Key()
}

// wishOf is the event that wants a ban to end.
func wishOf(row *ledger.Ban) event.Event {
	e := event.Event{V: event.Version, Type: event.Unban, Jail: row.Jail}
	if p, err := parseAddress(row.Key); err == nil {
		e.IP = p
	} else {
		e.ID = row.Key
	}
	return e
}

func sortedKeys(m map[string][]event.Event) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
