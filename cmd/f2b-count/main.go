// F2b-count reads the events of f2b-match and writes a ban for each address that failed too often.
package main

import (
	"f2b/lib/cli"
	"f2b/lib/config"
	"f2b/lib/sandbox"
)

const description = "Reads events, counts the failures of each address in a sliding window, and writes a ban event " +
	"for each address that had too many. What is neither a match nor a banned event passes through."

// count is the tool's flags. What is not given is the jail's, or the default.
type count struct {
	Jail          []string         `placeholder:"NAME" help:"Count as jail.conf says of the jail NAME; all: of each that is enabled."`
	Config        []string         `placeholder:"DIR" help:"Look for jail.conf in DIR, before /etc/f2b and /etc/fail2ban."`
	Findtime      *config.Duration `placeholder:"TIME" help:"The length of the window: 600, 10m, 1d12h; -1 is without end (default: the jail's, else 10m)."`
	Maxretry      *int             `placeholder:"N" help:"The failure within findtime that decides (default: the jail's, else 5)."`
	Maxmatches    *int             `placeholder:"N" help:"How many lines a ban shows, the last ones (default: the jail's, else as many as maxretry)."`
	Ignoreip      []string         `placeholder:"LIST" help:"Whom to leave alone: addresses, nets such as 192.0.2.0/24 or 192.0.2.0/255.255.255.0, host names, file:PATH with one of these a line; separated by commas or blanks. It replaces the jail's."`
	Ignoreself    *bool            `help:"Leave the machine's own addresses alone (default: as the jail says, which mostly does). f2b-ban does so in any case."`
	Ignorecommand string           `placeholder:"COMMAND" help:"A shell command that is asked before each ban; status 0 leaves the address alone. <ip> stands for the address, <family> for inet4 or inet6."`
	Ipv4Prefix    int              `name:"ipv4-prefix" default:"32" placeholder:"BITS" help:"Count and ban IPv4 nets of this prefix length."`
	Ipv6Prefix    int              `name:"ipv6-prefix" default:"128" placeholder:"BITS" help:"Count and ban IPv6 nets of this prefix length."`
	MaxTracked    int              `default:"1000000" help:"How many addresses of a jail to keep in mind; beyond that the ones quiet for longest go."`
	Verbose       bool             `short:"v" help:"Say what the process has given up, and what this kernel cannot bound."`
	sandbox.Flags
}

func main() {
	onOneProcessor()
	cli.Main("f2b-count", description, new(count))
}

// Run counts until the input ends.
func (c *count) Run(io *cli.IO) error {
	if err := c.check(); err != nil {
		return err
	}
	s := &settler{io: io, flags: c, lists: map[string]*ignoreList{}}
	unnamed, err := s.settle(unnamedJail)
	if err != nil {
		return err
	}
	named, only, err := s.named()
	if err != nil {
		return err
	}
	counter := &counter{io: io, flags: c, jails: newJails(named, unnamed, c.MaxTracked), only: only}
	if err := counter.lockIn(); err != nil {
		return err
	}
	return counter.run()
}

// check refuses settings that make no sense.
func (c *count) check() error {
	switch {
	case c.Findtime != nil && (*c.Findtime == 0 || *c.Findtime < config.Forever):
		return cli.Usagef("-findtime: %v is no length of time", *c.Findtime)
	case c.Maxretry != nil && *c.Maxretry < 1:
		return cli.Usagef("-maxretry: %d is less than 1", *c.Maxretry)
	case c.Maxmatches != nil && *c.Maxmatches < 0:
		return cli.Usagef("-maxmatches: %d is less than 0", *c.Maxmatches)
	case c.Ipv4Prefix < 1 || c.Ipv4Prefix > 32:
		return cli.Usagef("-ipv4-prefix: %d is not between 1 and 32", c.Ipv4Prefix)
	case c.Ipv6Prefix < 1 || c.Ipv6Prefix > 128:
		return cli.Usagef("-ipv6-prefix: %d is not between 1 and 128", c.Ipv6Prefix)
	case c.MaxTracked < 1:
		return cli.Usagef("-max-tracked: %d is less than 1", c.MaxTracked)
	}
	if err := checkCommand(c.Ignorecommand); err != nil {
		return cli.Usagef("-ignorecommand: %v", err)
	}
	return nil
}
