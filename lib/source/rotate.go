package source

import (
	"errors"
	"io/fs"
	"os"
	"slices"
)

const (
	maxOld   = 64  // rotated files of one log that are kept open
	idleOld  = 30  // polls without anything new after which a rotated file is let go when a later one is there
	idleLast = 600 // the same for the latest one: some daemons write to it until they are told of the rotation, at some time
)

// files are the open files of a log in the order they are read in.
func (log *followed) files() []*tailed {
	if log.now == nil {
		return log.old
	}
	return append(slices.Clip(log.old), log.now)
}

// turn looks for new lines of a log. It returns true where it has to be looked at again: there are lines, or another
// file.
func (f *follower) turn(log *followed) bool {
	for _, t := range log.files() {
		what, err := t.fill(f.buf)
		t.isDry = what == nothing
		if err != nil {
			f.say(log, err)
		}
		switch {
		case what == truncated:
			f.emptied(log, t)
			return true
		case what == data && t.isNew && f.foundMissed(log, t):
			return true
		case what == data, t.unfinished():
			f.cur = t
			return true
		}
	}
	f.dropEnded(log)
	return f.moved(log)
}

// foundMissed looks, when a file has its first lines, for others that took its place before it for a moment. They are
// read first.
func (f *follower) foundMissed(log *followed, t *tailed) bool {
	t.isNew = false
	missed := f.missed(log, log.now)
	if len(missed) == 0 {
		return false
	}
	t.saved, t.chunk = slices.Clone(t.chunk), nil
	log.old = append(log.old, missed...)
	return true
}

// moved looks whether the log's name stands for another file by now. All that was known has been read when it is
// called.
func (f *follower) moved(log *followed) bool {
	info, err := os.Stat(log.path)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			f.say(log, err)
			return false
		}
		return f.vanished(log)
	}
	if log.now != nil && os.SameFile(log.now.info, info) {
		return false
	}
	if owner := f.owner(info); owner != nil {
		if owner != log {
			f.enqueue(owner) // an event may have named only this log
		}
		log.takeBack(info)
		return false
	}
	return f.arrive(log)
}

// vanished is for a name that stands for nothing at the moment. Since it did last, it may have stood for a file that is
// rotated already.
func (f *follower) vanished(log *followed) bool {
	if log.now != nil {
		log.retire()
	}
	missed := f.missed(log, nil)
	log.old = append(log.old, missed...)
	return len(missed) > 0
}

// arrive opens a file that has come to stand under the log's name, to be read from its beginning.
func (f *follower) arrive(log *followed) bool {
	t, err := openTail(log.path, 0, log.p.dec, f.o.maxLine())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false
	case err != nil:
		f.say(log, err)
		return false
	case f.isOpen(t.info):
		t.close()
		return false
	case isPacked(log.path):
		f.say(log, &os.PathError{Op: "follow", Path: log.path, Err: errPacked})
		t.close()
		return false
	}
	log.said = ""
	if log.now != nil {
		log.retire()
	}
	log.old = append(log.old, f.missed(log, t)...)
	if t.info, err = t.f.Stat(); err == nil && !f.isOpen(t.info) {
		log.now = t
		return true
	}
	t.close() // it was renamed meanwhile and taken for one that was missed
	return true
}

// retire makes the log's file one that it was rotated to.
func (log *followed) retire() {
	log.now.idle = 0
	log.old = append(log.old, log.now)
	log.now = nil
}

// takeBack is for a name that stands for a file which is open already: one of this log's own that was renamed back, or
// one that is followed under another name, which is left alone.
func (log *followed) takeBack(info os.FileInfo) {
	i := slices.IndexFunc(log.old, func(t *tailed) bool { return t.f != nil && os.SameFile(t.info, info) })
	if log.now != nil {
		log.retire()
	}
	if i >= 0 {
		log.now = log.old[i]
		log.old = slices.Delete(log.old, i, i+1)
	}
}

// tidy counts the polls that brought nothing and lets go of files that nobody is likely to write to any more.
func (f *follower) tidy(log *followed) {
	for i, t := range log.old {
		if !t.isDry {
			continue // its turn has not come yet, or it is not read to its end
		}
		t.idle++
		last := i == len(log.old)-1
		if t.idle > idleLast || t.idle > idleOld && !last || t.idle > 1 && len(log.old)-i > maxOld {
			t.isLast = true
		}
	}
	if log.rescan || log.unsure || len(log.cut) > 0 {
		f.lookAgain(log)
	}
}

// lookAgain looks for files once more, and again at the next polls as long as names change under our eyes, but not for
// ever: one that cannot be read is no reason.
func (f *follower) lookAgain(log *followed) {
	log.unsure = false
	f.resume(log)
	log.old = append(log.old, f.missed(log, log.now)...)
	log.rescan = false
	if log.looks++; !log.unsure || log.looks > maxLooks {
		log.unsure, log.looks = false, 0
	}
}

// dropEnded closes the files that have been read to their end and will not grow.
func (f *follower) dropEnded(log *followed) {
	log.old = slices.DeleteFunc(log.old, func(t *tailed) bool {
		if t.ended {
			t.close()
			log.see(sibling{head: t.head})
			if !t.isPacked {
				f.sayCut(log, t)
			}
		}
		return t.ended
	})
}

// owner is the log that a file is being read for, under whatever name; nil: it isn't.
func (f *follower) owner(info os.FileInfo) *followed {
	for _, log := range f.logs {
		for _, t := range log.files() {
			if t.f != nil && os.SameFile(t.info, info) {
				return log
			}
		}
	}
	return nil
}

func (f *follower) isOpen(info os.FileInfo) bool { return f.owner(info) != nil }
