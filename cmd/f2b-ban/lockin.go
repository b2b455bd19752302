package main

import (
	"os"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"

	"f2b/lib/cli"
	"f2b/lib/firewall/xtables"
	"f2b/lib/ledger"
	"f2b/lib/sandbox"
	"f2b/lib/source"
)

// lockIn gives up what it does not take to enforce bans by these backends, before the first byte of input is read. An action is a
// script of the administrator's, which may need anything: with one nothing is given up.
func (c *keepCmd) lockIn(std *cli.IO, backends []string) error {
	say := func(string, ...any) {}
	if c.Verbose {
		say = std.Warnf
	}
	switch {
	case !std.Alone:
		return nil
	case slices.Contains(backends, "action"):
		say("sandbox: not bounded: actions are scripts, which may need anything")
		return nil
	}
	n := sandbox.Needs{Families: []int{unix.AF_NETLINK}} // to ask for the machine's own addresses
	if !slices.Equal(backends, []string{"dryrun"}) {
		n = c.tool.needs()
	}
	if slices.Contains(backends, "iptables") || slices.Contains(backends, "ipset") {
		addTables(&n)
	}
	flags := sandbox.Flags{Sandbox: c.Sandbox}
	return flags.Enter(n, say)
}

// needs is what it takes to change the firewall by netlink and to write the ledger.
func (t *tool) needs() sandbox.Needs {
	n := sandbox.Needs{
		Files:        []string{"/dev/urandom"},
		Writable:     source.Folders(t.path()),
		Families:     []int{unix.AF_NETLINK},
		Capabilities: []uintptr{unix.CAP_NET_ADMIN},
	}
	if info, err := os.Stat(t.path()); err == nil && info.Sys().(*syscall.Stat_t).Uid != uint32(os.Geteuid()) {
		n.Attributes = true // the ledger is another's, and what SQLite puts beside it has to be so too
		n.Capabilities = append(n.Capabilities, unix.CAP_DAC_OVERRIDE, unix.CAP_CHOWN)
	}
	return n
}

// addTables adds what the programs of iptables and ipset need. The older ones talk to the kernel through raw sockets.
func addTables(n *sandbox.Needs) {
	for _, program := range []string{"iptables", "iptables-restore", "ip6tables", "ip6tables-restore", "ipset"} {
		n.Start(program)
	}
	xtables.Lock()() // makes the file
	n.Writable = append(n.Writable, xtables.LockFile, "/run/xtables.lock")
	n.Files = append(n.Files, "/etc/protocols", "/etc/services", "/etc/nsswitch.conf", "/proc/net/ip_tables_names", "/proc/net/ip6_tables_names",
		"/proc/sys/kernel/modprobe")
	n.Families = append(n.Families, unix.AF_INET, unix.AF_INET6)
	n.Capabilities = append(n.Capabilities, unix.CAP_NET_RAW)
}

// early opens the ledger now, while everything may still be opened. What it returns gives that one first.
func early(open func() (*ledger.Ledger, error)) func() (*ledger.Ledger, error) {
	opened, err := open()
	first := true
	return func() (*ledger.Ledger, error) {
		if first {
			first = false
			return opened, err
		}
		return open()
	}
}
