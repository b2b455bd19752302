package main

import (
	"os"
	"slices"
	"time"

	"f2b/lib/filter"
	"f2b/lib/source"
)

// routeAge is how long it is remembered which filters a file is for: a link that one of their paths names may move.
const routeAge = time.Second

// router knows which filters a line is for.
type router struct {
	watches   []*watch
	files     map[string]*route
	audiences []*audience
	chosen    []*watch
}

// route is whom a file is for.
type route struct {
	*audience
	made time.Time
}

// audience is some of the filters.
type audience struct {
	watches []*watch
	numbers []int // among all
	sieve   *filter.Sieve
	sifted  bool // sieve has been made; it may be nil
}

func newRouter(watches []*watch) *router {
	share(watches)
	return &router{watches: watches, files: map[string]*route{}}
}

// route lists the filters that a line is for. The list is valid until the next call.
func (r *router) route(l *source.Line) []*watch {
	if l.Fields == nil {
		return r.audience(l.File).watches
	}
	r.chosen = r.chosen[:0]
	for _, w := range r.watches {
		if w.journal && w.match.Match(l) {
			r.chosen = append(r.chosen, w)
		}
	}
	return r.chosen
}

// audience tells whom a file is for.
func (r *router) audience(file string) *audience {
	known := r.files[file]
	if known == nil || time.Since(known.made) > routeAge {
		known = &route{r.gather(r.find(file)), time.Now()}
		r.files[file] = known
	}
	return known.audience
}

// gather returns the audience of these filters, the same one each time.
func (r *router) gather(numbers []int) *audience {
	for _, a := range r.audiences {
		if slices.Equal(a.numbers, numbers) {
			return a
		}
	}
	a := &audience{numbers: numbers}
	for _, n := range numbers {
		a.watches = append(a.watches, r.watches[n])
	}
	r.audiences = append(r.audiences, a)
	return a
}

// find lists the filters that a file is for.
func (r *router) find(file string) []int {
	info, _ := os.Stat(file)
	var found []int
	for n, w := range r.watches {
		if !w.journal && (len(w.logs) == 0 || w.reads(file, info)) {
			found = append(found, n)
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

// sift makes the audience's sieve when it is needed first.
func (a *audience) sift() {
	if a.sifted {
		return
	}
	a.sifted = true
	var filters []*filter.Filter
	for _, w := range a.watches {
		filters = append(filters, w.filter)
	}
	a.sieve = filter.NewSieve(filters)
}

// share lets filters find dates together where they are given the same lines of the same files and read dates alike.
func share(watches []*watch) {
	for i, w := range watches {
		w.number, w.dates = i, w
		for _, other := range watches[:i] {
			if other.dates == other && !w.journal && !other.journal && slices.Equal(w.logs, other.logs) && w.filter.ShareDates(other.filter) {
				w.dates = other
				break
			}
		}
	}
}
