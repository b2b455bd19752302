package main

import (
	"fmt"
	"io"
	"strings"

	"f2b/lib/cli"
	"f2b/lib/ledger"
)

// statusCmd is f2b-ban status.
type statusCmd struct {
	tool *tool  `kong:"-"`
	Name string `arg:"" optional:"" placeholder:"JAIL" help:"The jail to show."`
}

// Run prints what the ledger knows in the layout of fail2ban-client, whose output many scripts read.
func (c *statusCmd) Run(std *cli.IO) error {
	l, err := c.tool.read(std)
	if err != nil {
		return err
	}
	defer l.Close()
	totals, err := l.Totals()
	if err != nil {
		return err
	}
	if c.Name == "" {
		return statusAll(std.Stdout, totals)
	}
	for _, t := range totals {
		if t.Jail == c.Name {
			return statusJail(std.Stdout, l, t)
		}
	}
	return fmt.Errorf("there is no jail %q: nothing was banned in it yet; f2b-ban status names those there are", c.Name)
}

func statusAll(w io.Writer, totals []ledger.Total) error {
	names := make([]string, len(totals))
	for i, t := range totals {
		names[i] = shown(t.Jail)
	}
	_, err := fmt.Fprintf(w, "Status\n|- Number of jail:\t%d\n`- Jail list:\t%s\n", len(totals), strings.Join(names, ", "))
	return err
}

// statusJail prints one jail. Failures are f2b-count's business, so the branch of the filter is not there.
func statusJail(w io.Writer, l *ledger.Ledger, t ledger.Total) error {
	bans, err := standing(l, t.Jail)
	if err != nil {
		return err
	}
	var keys []string
	listed := map[string]bool{} // two backends may enforce one ban
	for i := range bans {
		if key := bans[i].Key; !listed[key] {
			listed[key] = true
			keys = append(keys, shown(key))
		}
	}
	_, err = fmt.Fprintf(w, "Status for the jail: %s\n`- Actions\n   |- Currently banned:\t%d\n   |- Total banned:\t%d\n   `- Banned IP list:\t%s\n",
		shown(t.Jail), len(keys), t.Ever, strings.Join(keys, " "))
	return err
}
