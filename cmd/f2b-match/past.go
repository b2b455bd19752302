package main

import (
	"os"
	"slices"
	"time"

	"f2b/lib/source"
)

// read gives the lines of the logs that were named: of one as it stands, of several in the order of their times.
func (t *tool) read(paths []string, watches []*watch, o source.Options) source.Source {
	w := watches[0]
	if len(paths) == 1 && w.since.IsZero() && w.until.IsZero() {
		o.Encoding = w.encoding
		return source.Files(paths, o)
	}
	var logs []source.Log
	timeOf := w.timeOf()
	for _, path := range paths {
		logs = append(logs, source.Log{Path: path, Encoding: w.encoding, TimeOf: timeOf})
	}
	return source.Ordered(logs, source.OrderedOptions{Options: o, Since: w.since, Until: w.until})
}

// readOwn gives the lines of the logs that jails have, each as its jail reads it.
func (t *tool) readOwn(paths []source.Path, watches []*watch, o source.Options) source.Source {
	if len(paths) == 1 && t.since.IsZero() && t.until.IsZero() {
		o.Encoding = paths[0].Encoding
		return source.Files([]string{paths[0].Glob}, o)
	}
	var logs []source.Log
	r := &router{watches: watches}
	readers := map[*watch]func(string, time.Time) (time.Time, bool){}
	for _, p := range paths {
		w := watches[0]
		if its := r.find(p.Glob); len(its) > 0 {
			w = watches[its[0]]
		}
		if _, made := readers[w]; !made {
			readers[w] = w.timeOf()
		}
		logs = append(logs, source.Log{Path: p.Glob, Encoding: p.Encoding, TimeOf: readers[w]})
	}
	return source.Ordered(logs, source.OrderedOptions{Options: o, Since: t.since, Until: t.until, Apart: true})
}

// timeOf reads the time in a line as the filter does; nil: it reads none.
func (w *watch) timeOf() func(line string, now time.Time) (time.Time, bool) {
	timeOf, err := w.filter.TimeReader()
	if err != nil {
		return nil // the same patterns have been read once before
	}
	return timeOf
}

// once lists the files of paths that are there, each once.
func once(paths []source.Path) []source.Path {
	var all []source.Path
	var seen []os.FileInfo
	for _, p := range paths {
		for _, name := range source.Glob(p.Glob) {
			info, err := os.Stat(name)
			if err != nil || slices.ContainsFunc(seen, func(other os.FileInfo) bool { return os.SameFile(info, other) }) {
				continue
			}
			seen = append(seen, info)
			all = append(all, source.Path{Glob: name, Encoding: p.Encoding})
		}
	}
	return all
}
