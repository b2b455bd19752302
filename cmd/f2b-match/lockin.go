package main

import (
	"slices"

	"golang.org/x/sys/unix"

	"f2b/lib/cli"
	"f2b/lib/sandbox"
	"f2b/lib/source"
)

// lockIn gives up what it does not take to read the logs, before the first byte of them is read.
func (t *tool) lockIn(std *cli.IO, watches []*watch) error {
	if !std.Alone {
		return nil
	}
	logs := t.named(watches)
	var err error
	if len(logs) > source.MaxUnpacked && !t.Follow {
		if t.spool, err = source.NewSpool(); err != nil {
			std.Warnf("%v", err) // it may do without
		}
	}
	return t.Flags.Enter(t.needs(watches, logs), t.say(std))
}

// say tells what -verbose is for.
func (t *tool) say(std *cli.IO) func(string, ...any) {
	if t.Verbose {
		return std.Warnf
	}
	return func(string, ...any) {}
}

// named lists the logs that are there.
func (t *tool) named(watches []*watch) []string {
	logs := slices.Clone(t.Logs)
	for _, w := range watches {
		for _, log := range w.logs {
			logs = append(logs, source.Glob(log.Glob)...)
		}
	}
	slices.Sort(logs)
	return slices.Compact(logs)
}

// needs is what it takes to read these logs. To follow one through its rotation takes the folder that it is in.
func (t *tool) needs(watches []*watch, logs []string) sandbox.Needs {
	n := sandbox.Needs{Files: logs}
	if len(logs) > 0 {
		n.Capabilities = []uintptr{unix.CAP_DAC_READ_SEARCH} // of root's, to read what belongs to others
	}
	for _, w := range watches {
		for _, log := range w.logs {
			folders := source.Folders(log.Glob)
			if t.Follow {
				n.Folders = append(n.Folders, folders...)
			} else {
				n.Listed = append(n.Listed, folders...)
			}
		}
		if w.journal && t.Input != "journal" {
			n.Start("journalctl")
			n.Folders = append(append(n.Folders, journalDirs...), w.journalPaths()...)
			n.Files = append(n.Files, journalFiles...)
		}
		n.Lookups = n.Lookups || w.filter.Resolves()
	}
	return n
}

// journalFiles are what journalctl reads beside the journal: which machine and which start of it this is, and where it is.
var journalFiles = []string{"/etc/machine-id", "/proc/sys/kernel/random/boot_id", "/proc/cmdline", "/proc/1/environ", "/usr/share/zoneinfo"}
