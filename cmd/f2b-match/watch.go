package main

import (
	"cmp"
	"fmt"
	"os"
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
	o.Soon = !t.Check
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

// disagrees says which file another filter wants in another encoding: it is read once, in that of the one that begins earliest.
func (w *watch) disagrees(others []*watch) error {
	for _, other := range others {
		if w.journal || other.journal || plainEncoding(w.encoding) == plainEncoding(other.encoding) {
			continue
		}
		for _, log := range w.logs {
			for _, file := range append(source.Glob(log.Glob), log.Glob) {
				if info, _ := os.Stat(file); other.reads(file, info) {
					return fmt.Errorf("%s, but %s in jail %s, and %s is read once: let them say the same",
						cmp.Or(w.encoding, "auto"), cmp.Or(other.encoding, "auto"), other.jail, file)
				}
			}
		}
	}
	return nil
}

// plainEncoding is how the encodings are called that mean the same.
func plainEncoding(name string) string {
	if name = strings.ToLower(name); name == "auto" || name == "" {
		return "utf-8"
	}
	return name
}
