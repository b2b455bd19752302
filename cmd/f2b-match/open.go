package main

import (
	"errors"
	"io/fs"
	"strings"
	"time"

	"f2b/lib/cli"
	"f2b/lib/source"
)

// open gives the source of lines. before is called whenever a read may wait; what is read is counted.
func (t *tool) open(std *cli.IO, watches []*watch, counter *source.Counter, before func() error) (source.Source, error) {
	o := source.Options{Encoding: t.Logencoding, Stdin: std.Stdin, Spool: t.spool, Counter: counter, Present: t.Now != "", Report: func(err error) { std.Errorf("%v", err) }}
	for _, w := range watches {
		if err := source.CheckEncoding(w.encoding); err != nil {
			return nil, err
		}
	}
	paths := t.Logs
	if len(paths) == 0 && (len(t.Jail) == 0 || t.Input == "journal") {
		paths = []string{source.Stdin}
	}
	switch {
	case t.Input == "journal":
		o.BeforeRead = before
		o.Match = anyMatch(watches)
		return source.JournalFiles(paths, o), nil
	case len(paths) > 0 && !t.Follow:
		if !batched(watches) {
			o.BeforeRead = before
		}
		return t.read(paths, watches, o), nil
	}
	if batched(watches) && !t.Follow {
		before = nil // the files are read in blocks
	}
	return source.Merge(before, t.makers(std, watches, o)...), nil
}

// maker makes a source that calls what it is given before it waits.
type maker = func(before func() error) source.Source

// makers lists the sources of what filters watch by themselves: their files, and the journal.
func (t *tool) makers(std *cli.IO, watches []*watch, o source.Options) []maker {
	var makers []maker
	if paths := t.paths(watches); len(paths) > 0 {
		makers = append(makers, func(before func() error) source.Source {
			o := o
			o.BeforeRead = before
			if t.Follow {
				o.Report = t.followReport(std)
				return source.Follow(std.Context, paths, source.FollowOptions{Options: o})
			}
			return t.readOwn(once(paths), watches, o)
		})
	}
	for _, group := range journals(watches) {
		makers = append(makers, func(before func() error) source.Source {
			o := o
			o.BeforeRead, o.Match = before, anyMatch(group)
			return source.Journalctl(std.Context, source.JournalctlOptions{
				Options: o, Args: group[0].journalArgs, Since: earliest(group), Follow: t.Follow,
			})
		})
	}
	return makers
}

// followReport tells what cannot be read. That one of a jail's logs is not there is nothing to tell: it names those of several
// distributions; that all are missing is said when the jail is read.
func (t *tool) followReport(std *cli.IO) func(error) {
	return func(err error) {
		if len(t.Jail) == 0 || !errors.Is(err, fs.ErrNotExist) {
			std.Errorf("%v", err)
		}
	}
}

// paths lists what filters watch in files, with where to begin.
func (t *tool) paths(watches []*watch) []source.Path {
	var paths []source.Path
	for _, w := range watches {
		if w.journal {
			continue
		}
		timeOf := w.timeOf()
		for _, log := range w.logs {
			p := source.Path{Glob: log.Glob, Encoding: w.encoding, Tail: log.Tail}
			if timeOf != nil {
				p.Since, p.TimeOf = w.since, func(line string) (time.Time, bool) { return timeOf(line, time.Time{}) }
			}
			paths = append(paths, p)
		}
	}
	return paths
}

// joined joins the lines of an option.
func joined(all []string) string { return strings.Join(all, "\n") }
