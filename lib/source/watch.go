package source

import (
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// slowPoll is how often files are looked at although they are watched: network file systems say nothing, a
	// full queue loses events, and a directory may come to be where none was.
	slowPoll = time.Second
	// fastPoll is how often they are looked at where not everything can be watched.
	fastPoll = 250 * time.Millisecond
)

// watcher tells which files change. What it misses is found by polling, so it can do its best and no more.
type watcher struct {
	fs   *fsnotify.Watcher // nil: everything is polled
	dirs map[string]bool   // watched
	full bool              // something could not be watched
	poll time.Duration     // overrules slowPoll and fastPoll
	tick *time.Timer
}

func newWatcher(o FollowOptions) *watcher {
	w := &watcher{dirs: make(map[string]bool), poll: o.Poll}
	if !o.NoNotify {
		w.fs, _ = fsnotify.NewWatcher() // there may be no inotify instance left
	}
	w.full = w.fs == nil
	w.tick = time.NewTimer(w.interval())
	return w
}

// interval is the time between two polls.
func (w *watcher) interval() time.Duration {
	switch {
	case w.poll > 0:
		return w.poll
	case w.full:
		return fastPoll
	}
	return slowPoll
}

// watch makes sure that these directories are watched, and no others. A directory may have been replaced since, so that
// each is added again.
func (w *watcher) watch(dirs map[string]bool) {
	if w.fs == nil {
		return
	}
	w.full = false
	for dir := range dirs {
		if w.fs.Add(dir) != nil {
			w.full = true
		}
	}
	for dir := range w.dirs {
		if !dirs[dir] {
			w.fs.Remove(dir) // it may be gone, which is all the same
		}
	}
	w.dirs = dirs
}

func (w *watcher) events() chan fsnotify.Event {
	if w.fs == nil {
		return nil
	}
	return w.fs.Events
}

func (w *watcher) errors() chan error {
	if w.fs == nil {
		return nil
	}
	return w.fs.Errors
}

func (w *watcher) close() {
	w.tick.Stop()
	if w.fs != nil {
		w.fs.Close()
	}
}

// also watches one more directory.
func (w *watcher) also(dir string) {
	if w.fs == nil || w.dirs[dir] {
		return
	}
	if w.fs.Add(dir) != nil {
		w.full = true
		return
	}
	w.dirs[dir] = true
}
