package main

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"f2b/lib/config"
	"f2b/lib/jail"
	"f2b/lib/source"
)

// anyMatch is what at least one of the filters wants of the journal.
func anyMatch(watches []*watch) source.Match {
	var matches []source.Match
	for _, w := range watches {
		matches = append(matches, w.match)
	}
	return source.AnyOf(matches...)
}

// journals groups the filters that read the machine's journal by how it is read: one journalctl serves a group.
func journals(watches []*watch) [][]*watch {
	var groups [][]*watch
	for _, w := range watches {
		if !w.journal {
			continue
		}
		i := slices.IndexFunc(groups, func(g []*watch) bool { return slices.Equal(g[0].journalArgs, w.journalArgs) })
		if i < 0 {
			groups = append(groups, []*watch{w})
		} else {
			groups[i] = append(groups[i], w)
		}
	}
	return groups
}

// earliest is the time from which on a group needs entries; zero: from the first.
func earliest(group []*watch) time.Time {
	first := group[0].since
	for _, w := range group[1:] {
		if w.since.Before(first) {
			first = w.since
		}
	}
	return first
}

// journalDirs are where journald keeps its files.
var journalDirs = []string{"/run/log/journal", "/var/log/journal"}

// hasJournal says whether this machine has a journal that can be read.
func hasJournal() bool {
	if _, err := exec.LookPath("journalctl"); err != nil {
		return false
	}
	return slices.ContainsFunc(journalDirs, func(dir string) bool {
		entries, _ := os.ReadDir(dir)
		return len(entries) > 0
	})
}

// readsJournal says where a jail reads: where its backend says so, and in the journal where that is auto and there is no log.
func (t *tool) readsJournal(s jail.Sources) bool {
	switch {
	case t.Input == "journal":
		return true
	case len(t.Logs) > 0:
		return false
	case s.Backend == "auto" && s.Journalmatch != "":
		return !anyThere(s.Logpath) && hasJournal()
	}
	return s.Backend == "systemd"
}

// anyThere says whether one of the logs exists.
func anyThere(logs []jail.Logpath) bool {
	return slices.ContainsFunc(logs, func(log jail.Logpath) bool {
		return slices.ContainsFunc(source.Glob(log.Glob), func(name string) bool {
			_, err := os.Stat(name)
			return err == nil
		})
	})
}

// The bits of fail2ban's journalflags that journalctl has a word for.
const (
	systemOnly  = 4
	currentUser = 8
)

// journalArgs turns the options of a backend such as systemd[journalpath=/mnt/log/journal] into arguments of journalctl. As in
// fail2ban the system's own journal is read unless they say otherwise.
func journalArgs(options []config.Arg) ([]string, error) {
	args, flags := []string{}, systemOnly
	for _, o := range options {
		switch strings.ToLower(o.Name) {
		case "journalpath":
			args, flags = append(args, "--directory="+o.Value), 0
		case "journalfiles":
			for pattern := range strings.FieldsFuncSeq(o.Value, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' }) {
				args, flags = append(args, "--file="+pattern), 0
			}
		case "namespace":
			args = append(args, "--namespace="+o.Value)
		case "journalflags":
			n, err := strconv.ParseUint(o.Value, 0, 8)
			if err != nil {
				return nil, errors.New("journalflags is no number")
			}
			flags = int(n)
		default:
			return nil, errors.New("its options are journalpath, journalfiles, journalflags and namespace, not " + o.Name)
		}
	}
	if flags&systemOnly != 0 {
		args = append(args, "--system")
	}
	if flags&currentUser != 0 {
		args = append(args, "--user")
	}
	return args, nil
}
