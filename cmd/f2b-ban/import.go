package main

import (
	"f2b/lib/ban"
	"f2b/lib/cli"
	"f2b/lib/ledger"
)

// importCmd is f2b-ban import.
type importCmd struct {
	tool *tool `kong:"-"`
	banning
	File string `arg:"" help:"fail2ban's database, mostly /var/lib/fail2ban/fail2ban.sqlite3."`
}

// Run takes over bans that stand, with their ends, and the counts of those that are over.
func (c *importCmd) Run(std *cli.IO) error {
	policies, err := c.policies(std, c.tool)
	if err != nil {
		return err
	}
	bans, err := ledger.ReadFail2ban(c.File, policies.of(c.tool.only()).Bantime)
	if err != nil {
		return err
	}
	if c.tool.only() != "" {
		for i := range bans {
			bans[i].Jail = c.tool.only()
		}
	}
	name, err := c.tool.backendOf(std, c.tool.only(), policies.backend())
	if err != nil {
		return err
	}
	return c.tool.act(std, name, policies, c.safety(), func(k *ban.Keeper) error { return k.Import(std.Stdout, bans) })
}
