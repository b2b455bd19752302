package source

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"
)

// startTries is how often the opening of a log is begun anew because it was rotated meanwhile.
const startTries = 20

// openFirst opens a log that is there at the start, where its path wants it to begin, and behind what it was rotated to
// since then. What was opened has to be of one moment, or a file that is renamed while others are opened would be missed or
// opened twice.
func (f *follower) openFirst(log *followed) {
	for try := range startTries {
		before := f.siblings(log)
		log.seen = nil
		log.noteSeen(before, f)
		t, err := f.openAt(log)
		if t != nil && f.isOpen(t.info) {
			t.close()
			return
		}
		log.now = t
		if !log.p.Tail && (errors.Is(err, fs.ErrNotExist) || t != nil && t.off == 0) {
			log.old = f.earlier(log, before)
		}
		if try == startTries-1 || log.stands() && sameFiles(before, f.siblings(log)) {
			if err != nil {
				f.say(log, err)
			}
			return
		}
		for _, t := range log.files() {
			t.close()
		}
		log.now, log.old = nil, nil
	}
}

// stands says whether the log's name stands for what was opened under it, and that begins as it did.
func (log *followed) stands() bool {
	info, err := os.Stat(log.path)
	if log.now == nil {
		return err != nil
	}
	return err == nil && os.SameFile(info, log.now.info) && (len(log.now.head) == 0 || log.now.holds(log.now.head))
}

// sameFiles says whether two listings show the same files under the same names.
func sameFiles(a, b []sibling) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(s sibling) bool {
		return !slices.ContainsFunc(b, func(o sibling) bool { return s.path == o.path && os.SameFile(s.info, o.info) })
	})
}

// openAt opens the log itself.
func (f *follower) openAt(log *followed) (*tailed, error) {
	t, err := openTail(log.path, 0, log.p.dec, f.o.maxLine())
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w; it is followed once it is there", err)
		}
		return nil, err
	}
	t.isNew = false
	if isPacked(log.path) {
		t.close()
		return nil, &os.PathError{Op: "follow", Path: log.path, Err: errPacked}
	}
	if t.head, err = t.firstBytes(); err != nil {
		t.close()
		return nil, err
	}
	off := int64(-1)
	if !log.p.Tail {
		if off, err = log.p.seek(t); err != nil {
			t.close()
			return nil, err
		}
	}
	if off != 0 {
		err = t.begin(off)
	}
	return t, err
}

// seek finds where to begin in a file that is there at the start.
func (p *pattern) seek(t *tailed) (int64, error) {
	if p.Since.IsZero() || p.TimeOf == nil || t.wide != nil {
		return 0, nil
	}
	return SeekTime(t.f, p.Since, func(line string) (time.Time, bool) { return p.TimeOf(p.dec.text([]byte(line))) })
}

// noteSeen notes the rotated files that are there at the start. Those that are not compressed yet will be some time, in
// another file: their first bytes have to be known.
func (log *followed) noteSeen(list []sibling, f *follower) {
	for _, s := range list {
		if t, err := openTail(s.path, 0, log.p.dec, f.o.maxLine()); err == nil {
			if first, err := t.firstBytes(); err == nil && !looksPacked(first) {
				s.head = first
			}
			t.close()
		}
		log.seen = append(log.seen, s)
	}
}

// earlier opens what the log was rotated to and has to be read before it: files that were written to since the time
// wanted, or those that its pattern names. Of a file that is there twice, being copied or packed at the moment, one is enough: the
// log itself, or the one that is not packed.
func (f *follower) earlier(log *followed, all []sibling) []*tailed {
	var list []*tailed
	for _, s := range all {
		switch {
		case !log.p.Since.IsZero():
			if s.info.ModTime().Before(log.p.Since) {
				continue
			}
		case !GlobMatches(log.p.Glob, s.path):
			continue
		}
		t := f.openSibling(log, s.path)
		if t == nil {
			continue
		}
		if f.isOpen(t.info) || log.now.holds(t.head) || log.startEarlier(t) != nil {
			t.close()
			continue
		}
		list = addOnce(list, t)
	}
	return list
}

// addOnce adds a file to a list, unless the same is in it; one that is packed gives way to one that isn't.
func addOnce(list []*tailed, t *tailed) []*tailed {
	i := slices.IndexFunc(list, t.isSame)
	switch {
	case i < 0:
		return append(list, t)
	case list[i].packed != nil && t.packed == nil:
		list[i].close()
		list[i] = t
	default:
		t.close()
	}
	return list
}

// startEarlier makes t begin at the time wanted. A compressed file cannot be searched, so its older lines are read and
// dropped.
func (log *followed) startEarlier(t *tailed) error {
	if log.p.Since.IsZero() || log.p.TimeOf == nil {
		return nil
	}
	if t.packed != nil {
		t.since, t.timeOf = log.p.Since, log.p.TimeOf
		return nil
	}
	off, err := log.p.seek(t)
	if err == nil && off != 0 {
		err = t.begin(off)
	}
	return err
}
