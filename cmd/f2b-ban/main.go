// Command f2b-ban enforces bans: it reads decisions, has a firewall carry them out, and writes what happened.
package main

import (
	"cmp"
	"time"

	"f2b/lib/ban"
	"f2b/lib/cli"
	"f2b/lib/config"
)

// tool holds the flags that go with every command, and the commands.
type tool struct {
	Backend string   `placeholder:"NAME" help:"Who enforces the bans: dryrun, nftables, iptables, ipset, action, jail. dryrun touches nothing and says what it would do; jail is whom the jail's actions name (default jail where -jail names one of jail.conf, else dryrun; of a command: who enforces the jail already)."`
	State   string   `placeholder:"FILE" help:"Remember bans in FILE (default /var/lib/f2b/f2b.sqlite3 for root, else f2b/f2b.sqlite3 in the XDG state folder). dryrun remembers nothing."`
	Jail    []string `placeholder:"NAME" help:"Ban as jail.conf says of the jail NAME; all: of each that is enabled. If it is one, all bans are kept in it, whatever jail their events name; list: only this jail."`

	Keep   keepCmd   `cmd:"" default:"withargs" hidden:""`
	List   listCmd   `cmd:"" help:"Show the bans in force."`
	Status statusCmd `cmd:"" help:"Count the bans of each jail, or show those of one."`
	Ban    banCmd    `cmd:"" help:"Ban addresses."`
	Unban  unbanCmd  `cmd:"" help:"End bans."`
	Flush  flushCmd  `cmd:"" help:"End all bans and remove every trace from the firewall."`
	Import importCmd `cmd:"" help:"Take over the bans of a fail2ban database."`
}

// newTool ties the commands to the flags that they share.
func newTool() *tool {
	t := &tool{}
	t.Keep.tool, t.List.tool, t.Status.tool, t.Ban.tool = t, t, t, t
	t.Unban.tool, t.Flush.tool, t.Import.tool = t, t, t
	return t
}

func main() {
	onOneProcessor()
	cli.Main("f2b-ban", "Enforce bans: decisions in, what happened out, as JSON events.", newTool())
}

// keepCmd is f2b-ban without a command: the last stage of a pipeline.
type keepCmd struct {
	tool *tool `kong:"-"`
	banning
	Replay      bool            `help:"Play decisions of the past, with dryrun: no time goes by but theirs, and at the end of the input the bans are played to their ends."`
	Check       bool            `help:"Check what -jail and the other flags say, with the scripts of actions, and do nothing."`
	FlushOnExit bool            `help:"End this process's bans when it ends. Without it they stay."`
	PurgeAge    config.Duration `placeholder:"TIME" default:"30d" help:"Forget bans that have been over for TIME; until then they count. -1: never."`
	Verbose     bool            `short:"v" help:"Say what the process has given up, and what this kernel cannot bound."`
	Sandbox     string          `enum:"on,off" default:"on" placeholder:"on|off" help:"off: keep the rights to files, network and programs that are not needed."`
}

// Run keeps bans until the input ends.
func (c *keepCmd) Run(std *cli.IO) error {
	if c.Replay {
		return c.replay(std)
	}
	policies, err := c.policies(std, c.tool)
	if err != nil {
		return err
	}
	jails := ban.NewJails(policies.of)
	name := cmp.Or(c.tool.Backend, policies.backend(), "dryrun")
	if err := c.fits(name); err != nil || c.Check {
		return err
	}
	backend, err := policies.open(std, name, jails)
	if err != nil {
		return err
	}
	defer backend.Close()
	open := early(c.tool.ledger(std, name))
	if err := c.lockIn(std, policies.backends(std, c.tool, name)); err != nil {
		return err
	}
	o := ban.Options{
		Backend: backend, Jails: jails, Clock: ban.Wall{}, Voice: std, Safety: c.safety(),
		Open: open, Jail: c.tool.only(), Start: policies.atOnce, Flush: c.FlushOnExit,
	}
	o.PurgeAge = c.purgeAge()
	if name == "dryrun" {
		o.Clock = &ban.EventTime{}
	} else {
		onAllProcessors(std)
	}
	return ban.New(o).Run(std.Context, std.RawStdin, std.Stdout)
}

// purgeAge is when bans that are over are forgotten; 0: never.
func (c *keepCmd) purgeAge() time.Duration {
	return time.Duration(max(c.PurgeAge, 0)) * time.Second
}

// only is the one jail that is meant; empty: all, or each event's own.
func (t *tool) only() string {
	if len(t.Jail) == 1 && t.Jail[0] != "all" {
		return t.Jail[0]
	}
	return ""
}
