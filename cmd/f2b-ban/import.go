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
	policy, err := c.policy()
	if err != nil {
		return err
	}
	bans, err := ledger.ReadFail2ban(c.File, policy("").Bantime)
	if err != nil {
		return err
	}
	if c.tool.Jail != "" {
		for i := range bans {
			bans[i].Jail = c.tool.Jail
		}
	}
	name, err := c.tool.backendOf(std, c.tool.Jail)
	if err != nil {
		return err
	}
	return c.tool.act(std, name, policy, c.safety(), func(k *ban.Keeper) error { return k.Import(std.Stdout, bans) })
}
