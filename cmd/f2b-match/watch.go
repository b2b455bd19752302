package main

import (
	"strings"
	"time"

	"f2b/lib/cli"
	"f2b/lib/filter"
	"f2b/lib/jail"
	"f2b/lib/source"
)

// watch is a filter at work, for a jail or for itself.
type watch struct {
	jail     string // empty: there is none
	filter   *filter.Filter
	logs     []jail.Logpath // the files; none: every line is for this filter
	encoding string         // of the files

	journal     bool         // the lines are entries of the journal
	match       source.Match // those that are meant
	journalArgs []string     // of journalctl

	number int           // among all
	dates  *watch        // which filter finds the dates, this one or one before it with which it shares them
	dating filter.Dating // of the line at hand

	since, until time.Time     // failures of another time are passed over; zero: none are
	recent       time.Duration // how far back from now since was set; 0: it is a fixed time
}

// journalPaths are the folders and files of another journal than the machine's.
func (w *watch) journalPaths() []string {
	var paths []string
	for _, arg := range w.journalArgs {
		for _, option := range []string{"--directory=", "--file="} {
			if path, ok := strings.CutPrefix(arg, option); ok {
				paths = append(paths, source.Folders(path+"/")...)
			}
		}
	}
	return paths
}

// watches makes the filter, or those of all jails.
func (t *tool) watches(std *cli.IO, o filter.Options) ([]*watch, error) {
	if len(t.Jail) > 0 {
		return t.jails(std, o)
	}
	f, err := filter.Load(t.Filter, o)
	if err != nil {
		return nil, err
	}
	w := &watch{filter: f, encoding: t.Logencoding, journal: o.Journal}
	if w.journal {
		w.match, err = source.ParseMatch(joined(f.Journalmatch))
	}
	if t.Follow {
		for _, path := range t.Logs {
			w.logs = append(w.logs, jail.Logpath{Glob: path})
		}
	}
	t.setPeriod(w, defaultSince)
	return []*watch{w}, err
}
