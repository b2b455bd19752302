package main

import (
	"f2b/lib/ban"
	"f2b/lib/cli"
	"f2b/lib/firewall/dryrun"
	"f2b/lib/ledger"
)

// replay plays decisions of the past. The events say all that would have been done, so the dry run need not say it too.
func (c *keepCmd) replay(std *cli.IO) error {
	if c.tool.Backend != "" && c.tool.Backend != "dryrun" {
		return cli.Usagef("-replay enforces nothing: it goes with the backend dryrun, not with %s", c.tool.Backend)
	}
	c.tool.Backend = "dryrun"
	policies, err := c.policies(std, c.tool)
	if err != nil {
		return err
	}
	if err := c.fits("dryrun"); err != nil || c.Check {
		return err
	}
	safety := c.safety()
	if safety != nil {
		safety.Own = nil // the log may be another machine's
	}
	if err := c.lockIn(std, []string{"dryrun"}); err != nil {
		return err
	}
	jails := ban.NewJails(func(jail string) ban.Policy { return withoutChance(policies.of(jail)) })
	return ban.New(ban.Options{
		Backend: dryrun.New(jails.Firewall, nil), Jails: jails, Voice: std, Safety: safety,
		Open: ledger.Memory, Jail: c.tool.only(), PurgeAge: c.purgeAge(), Replay: ban.NewReplay(),
	}).Run(std.Context, std.RawStdin, std.Stdout)
}

// withoutChance leaves out what would be another time at each replay.
func withoutChance(p ban.Policy) ban.Policy {
	if p.Escalation != nil {
		x := *p.Escalation
		x.Rndtime = 0
		p.Escalation = &x
	}
	return p
}
