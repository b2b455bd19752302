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
	single  []*filter.Batch
}

func newRouter(watches []*watch) *router {
	share(watches)
	return &router{watches: watches, files: map[string]*route{}}
}

// route lists the filters that a single line may match, once its date is known to each of them. The list is valid until the next call.
func (r *router) route(l *source.Line) []*watch {
	r.chosen = r.chosen[:0]
	if l.Fields == nil {
		a := r.audience(l.File)
		a.date(l)
		r.chosen = a.choose(l.Text, r.chosen)
		return r.chosen
	}
	for _, w := range r.watches {
		if w.journal && w.match.Match(l) {
			w.date(l)
			r.chosen = append(r.chosen, w)
		}
	}
	return r.chosen
}

func (a *audience) date(l *source.Line) {
	for _, w := range a.watches {
		if w.dates == w {
			w.date(l)
		}
	}
}

func (w *watch) date(l *source.Line) {
	w.dating = w.filter.DateOf(filter.Line{Text: l.Text, Time: l.Time, File: l.File, Now: l.Written})
}

// choose adds those of the audience that have to look at a line, by the literals in it.
func (a *audience) choose(line string, chosen []*watch) []*watch {
	a.sift()
	if a.sieve == nil {
		return append(chosen, a.watches...)
	}
	for i, w := range a.watches {
		a.single[i].One(line, &w.dates.dating)
	}
	a.sieve.Sift(a.single)
	for i, w := range a.watches {
		if !a.single[i].Empty() {
			chosen = append(chosen, w)
		}
	}
	return chosen
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
	if a.sieve = filter.NewSieve(filters); a.sieve == nil {
		return
	}
	for range a.watches {
		a.single = append(a.single, &filter.Batch{})
	}
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
