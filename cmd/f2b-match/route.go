package main

import (
	"os"
	"slices"
	"time"

	"f2b/lib/source"
)

// routeAge is how long it is remembered which filters a file is for: a link that one of their paths names may move.
const routeAge = time.Second

// router knows which filters a line is for.
type router struct {
	watches []*watch
	files   map[string]*route
	chosen  []*watch
}

// route is the filters of one file.
type route struct {
	watches []*watch
	made    time.Time
}

func newRouter(watches []*watch) *router {
	return &router{watches: watches, files: map[string]*route{}}
}

// route lists the filters that a line is for. The list is valid until the next call.
func (r *router) route(l *source.Line) []*watch {
	if l.Fields != nil {
		r.chosen = r.chosen[:0]
		for _, w := range r.watches {
			if w.journal && w.match.Match(l) {
				r.chosen = append(r.chosen, w)
			}
		}
		return r.chosen
	}
	known := r.files[l.File]
	if known == nil || time.Since(known.made) > routeAge {
		known = &route{watches: r.find(l.File), made: time.Now()}
		r.files[l.File] = known
	}
	return known.watches
}

// find lists the filters that a file is for.
func (r *router) find(file string) []*watch {
	info, _ := os.Stat(file)
	var found []*watch
	for _, w := range r.watches {
		if !w.journal && (len(w.logs) == 0 || w.reads(file, info)) {
			found = append(found, w)
		}
	}
	return found
}

// reads says whether one of the paths names a file, be it by another name.
func (w *watch) reads(file string, info os.FileInfo) bool {
	for _, log := range w.logs {
		if source.GlobMatches(log.Glob, file) {
			return true
		}
	}
	if info == nil {
		return false
	}
	for _, log := range w.logs {
		if slices.ContainsFunc(source.Glob(log.Glob), func(name string) bool {
			other, err := os.Stat(name)
			return err == nil && os.SameFile(info, other)
		}) {
			return true
		}
	}
	return false
}
