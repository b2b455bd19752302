package source

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/fsnotify/fsnotify"
)

const (
	// expandTicks is how many polls go by until patterns are expanded again and directories watched anew, although
	// nothing told of a new file.
	expandTicks = 5
	// drainMax is how many events are taken in between two reads.
	drainMax = 1000
	// maxDepth is how many levels of directories may come to be at once.
	maxDepth = 100
)

// start opens what is there. Directories are watched first, so that nothing happens unseen in between.
func (f *follower) start() {
	f.watcher = newWatcher(f.o)
	f.expand(true)
}

// expand looks for files that the patterns have come to name, and watches the directories where some may come to be.
func (f *follower) expand(first bool) {
	for range maxDepth { // a directory may have come to be before its parent was watched
		dirs := f.dirs()
		f.watcher.watch(dirs)
		if maps.Equal(dirs, f.dirs()) {
			break
		}
	}
	for _, p := range f.paths {
		f.expandOne(p, first)
	}
	for _, log := range f.logs {
		if log.now == nil { // it may have come to be in a directory that was not watched yet
			f.enqueue(log)
		}
	}
}

// dirs are the directories to be watched.
func (f *follower) dirs() map[string]bool {
	dirs := make(map[string]bool)
	for _, p := range f.paths {
		for _, dir := range globDirs(p.Glob) {
			dirs[dir] = true
		}
	}
	for _, log := range f.logs {
		dirs[filepath.Dir(f.target(log))] = true
	}
	return dirs
}

func (f *follower) expandOne(p pattern, first bool) {
	found := Glob(p.Glob)
	if first && len(found) == 0 {
		f.say(nil, fmt.Errorf("%w; it is followed once there is one", &fs.PathError{Op: "open", Path: p.Glob, Err: syscall.ENOENT}))
	}
	names := make(map[string]bool, len(found))
	for _, path := range found {
		names[path] = true
	}
	for _, path := range found {
		if f.logs[path] != nil || hasMeta(p.Glob) && !f.wanted(path, names) {
			continue
		}
		log := &followed{path: path, p: p}
		f.logs[path] = log
		f.watcher.also(filepath.Dir(f.target(log)))
		if first {
			f.openFirst(log)
		} else {
			f.findEarlier(log)
			f.arrive(log)
		}
		f.enqueue(log)
	}
}

// wanted says whether a file that a wildcard found is a log of its own: not a directory, not compressed, and not what
// another of those found was rotated to.
func (f *follower) wanted(path string, names map[string]bool) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	if base := rotatedFrom(path, func(base string) bool { return names[base] || f.logs[base] != nil }); base != "" {
		return false
	}
	return !isPacked(path)
}

// target notes what events will call a log: its path and, if that is a link, the file it leads to, which is returned.
func (f *follower) target(log *followed) string {
	f.byName[log.path] = log
	real, err := filepath.EvalSymlinks(log.path)
	if err != nil { // a link leads nowhere between two logs
		return cmp.Or(log.real, log.path)
	}
	if f.byName[real] == nil {
		f.byName[real] = log
	}
	log.real = real
	return real
}

func (f *follower) enqueue(log *followed) {
	if !log.queued {
		log.queued = true
		f.queue = append(f.queue, log)
	}
}

// wait lets events and time go by until there is something to look at.
func (f *follower) wait() error {
	if f.o.BeforeRead != nil {
		if err := f.o.BeforeRead(); err != nil {
			f.shut()
			return err
		}
	}
	select {
	case event := <-f.watcher.events():
		f.event(event)
	case <-f.watcher.errors():
		f.lookAtAll()
	case <-f.watcher.tick.C:
		f.poll()
	case <-f.ctx.Done():
	}
	return nil
}

// drain takes in what has happened, without waiting.
func (f *follower) drain() {
	for range drainMax {
		select {
		case event := <-f.watcher.events():
			f.event(event)
		case <-f.watcher.errors():
			f.lookAtAll()
		case <-f.watcher.tick.C:
			f.poll()
		default:
			return
		}
	}
}

// event queues the log that an event is about.
func (f *follower) event(event fsnotify.Event) {
	name := filepath.Clean(event.Name)
	log := f.byName[name]
	if log == nil {
		base := rotatedFrom(name, func(base string) bool { return f.byName[base] != nil })
		log = f.byName[base]
	}
	switch {
	case log != nil:
		f.enqueue(log)
		if event.Has(fsnotify.Create) {
			f.watcher.also(filepath.Dir(f.target(log))) // a link may lead elsewhere now
		}
	case event.Has(fsnotify.Create) && f.leadsToPattern(name):
		f.expand(false)
	}
}

// leadsToPattern says whether a new file or directory may be what a pattern names, or hold it.
func (f *follower) leadsToPattern(path string) bool {
	for _, p := range f.paths {
		whole := strings.Split(p.Glob, "/")
		depth := strings.Count(path, "/") + 1
		if depth <= len(whole) && GlobMatches(strings.Join(whole[:depth], "/"), path) {
			return true
		}
	}
	return false
}

// poll looks at everything, in case that no event told of it.
func (f *follower) poll() {
	f.watcher.tick.Reset(f.watcher.interval())
	f.ticks++
	for _, log := range f.logs {
		if f.tidy(log); log.now == nil && len(log.old) == 0 && hasMeta(log.p.Glob) {
			f.forget(log)
			continue
		}
		f.enqueue(log)
	}
	if f.ticks%expandTicks == 0 || f.watcher.full {
		f.expand(false)
	}
}

// lookAtAll is for when events were lost.
func (f *follower) lookAtAll() {
	f.expand(false)
	for _, log := range f.logs {
		f.enqueue(log)
	}
}

// forget is for a file of a pattern that is gone for good; should it come again, the pattern finds it.
func (f *follower) forget(log *followed) {
	delete(f.logs, log.path)
	maps.DeleteFunc(f.byName, func(_ string, l *followed) bool { return l == log })
}
