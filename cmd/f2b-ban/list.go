package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"f2b/lib/ban"
	"f2b/lib/cli"
	"f2b/lib/config"
	"f2b/lib/event"
	"f2b/lib/ledger"
)

// listCmd is f2b-ban list.
type listCmd struct {
	tool *tool `kong:"-"`
	JSON bool  `name:"json" help:"Print events instead of a table."`
}

// Run shows the bans in force.
func (c *listCmd) Run(std *cli.IO) error {
	bans, err := c.tool.inForce(std, c.tool.only())
	if err != nil {
		return err
	}
	if c.JSON {
		return listEvents(std.Stdout, bans)
	}
	return listTable(std.Stdout, bans, time.Now())
}

// inForce reads the bans that stand now; a jail that is empty means all.
func (t *tool) inForce(std *cli.IO, jail string) ([]ledger.Ban, error) {
	l, err := t.read(std)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	return standing(l, jail)
}

func standing(l *ledger.Ledger, jail string) ([]ledger.Ban, error) {
	all, err := l.InForce(jail)
	now := time.Now()
	bans := all[:0]
	for _, b := range all {
		if b.State == ledger.InForce && !b.Expired(now) {
			bans = append(bans, b)
		}
	}
	return bans, err
}

func listEvents(w io.Writer, bans []ledger.Ban) error {
	out := event.NewWriter(w)
	for i := range bans {
		e := ban.EventOf(&bans[i])
		if err := out.Write(&e); err != nil {
			return err
		}
	}
	return out.Flush()
}

func listTable(w io.Writer, bans []ledger.Ban, now time.Time) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "JAIL\tADDRESS\tDECIDED\tLEFT\tBANS\tBACKEND")
	for i := range bans {
		b := &bans[i]
		left := "for ever"
		if !b.Expires.IsZero() {
			left = config.Duration(b.Expires.Sub(now).Round(time.Second) / time.Second).String()
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%s\n", shown(b.Jail), shown(b.Key),
			b.Time.Local().Format(time.DateTime), left, b.Bancount, b.Backend)
	}
	return t.Flush()
}
