package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"f2b/lib/cli"
	"f2b/lib/source"
)

// open gives the source of lines. before is called whenever a read may wait; what is read is counted.
func (t *tool) open(std *cli.IO, watches []*watch, counter *source.Counter, before func() error) (source.Source, error) {
	o := source.Options{Encoding: t.Logencoding, Stdin: std.Stdin, Counter: counter, Report: func(err error) { std.Errorf("%v", err) }}
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
		if o.Encoding = watches[0].encoding; !batched(watches) {
			o.BeforeRead = before
		}
		return source.Files(paths, o), nil
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
			return &sequence{paths: once(paths), o: o}
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
		timeOf, err := w.filter.TimeReader()
		if err != nil {
			timeOf = nil // the same patterns have been read once before
		}
		for _, log := range w.logs {
			p := source.Path{Glob: log.Glob, Encoding: w.encoding, Tail: log.Tail}
			if timeOf != nil {
				p.Since, p.TimeOf = w.since, timeOf
			}
			paths = append(paths, p)
		}
	}
	return paths
}

// once lists the files of paths that are there, each once.
func once(paths []source.Path) []source.Path {
	var all []source.Path
	var seen []os.FileInfo
	for _, p := range paths {
		for _, name := range source.Glob(p.Glob) {
			info, err := os.Stat(name)
			if err != nil || isAmong(info, seen) {
				continue
			}
			seen = append(seen, info)
			all = append(all, source.Path{Glob: name, Encoding: p.Encoding})
		}
	}
	return all
}

func isAmong(info os.FileInfo, seen []os.FileInfo) bool {
	for _, other := range seen {
		if os.SameFile(info, other) {
			return true
		}
	}
	return false
}

// sequence reads files one after another, each in its own encoding.
type sequence struct {
	paths []source.Path
	o     source.Options
	now   source.Source
}

func (s *sequence) Next() (source.Line, error) {
	for {
		if s.now == nil {
			if len(s.paths) == 0 {
				return source.Line{}, io.EOF
			}
			o := s.o
			o.Encoding = s.paths[0].Encoding
			s.now = source.Files([]string{s.paths[0].Glob}, o)
			s.paths = s.paths[1:]
		}
		l, err := s.now.Next()
		if !errors.Is(err, io.EOF) {
			return l, err
		}
		s.now.Close()
		s.now = nil
	}
}

func (s *sequence) Close() error {
	s.paths = nil
	if s.now == nil {
		return nil
	}
	return s.now.Close()
}

// joined joins the lines of an option.
func joined(all []string) string { return strings.Join(all, "\n") }
