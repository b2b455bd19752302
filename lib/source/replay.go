package source

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"
)

// startLooks is how often the rotated files are looked for at the start, because their names changed meanwhile.
const startLooks = 20

// openFirst opens a log that is there at the start, where its path wants it to begin, and what it was rotated to since then.
func (f *follower) openFirst(log *followed) {
	t, err := f.openAt(log)
	isOthers := t != nil && f.isOpen(t.info)
	if isOthers {
		t.close()
	} else {
		log.now = t
		log.wanted = !log.p.Tail && (errors.Is(err, fs.ErrNotExist) || t != nil && t.off == 0)
	}
	for range startLooks {
		if !f.findEarlier(log) {
			break
		}
	}
	if isOthers {
		return
	}
	info, statErr := os.Stat(log.path)
	if err != nil && (statErr != nil || !errors.Is(err, fs.ErrNotExist)) {
		f.say(log, err)
	}
	if t != nil && (statErr != nil || !os.SameFile(info, t.info)) { // it is one of the rotated files by now
		log.retire()
	}
	byAge(log.old)
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
	if isPacked(log.path) {
		t.close()
		return nil, &os.PathError{Op: "follow", Path: log.path, Err: errPacked}
	}
	if t.head, err = t.firstBytes(); err != nil {
		t.close()
		return nil, err
	}
	t.isNew = len(t.head) == 0 // until then it can be emptied unseen
	off := int64(-1)
	if !log.p.Tail {
		if off, err = log.p.seek(t); err != nil {
			t.close()
			return nil, err
		}
	}
	if off != 0 {
		if err = t.begin(off); err != nil {
			t.close()
			return nil, err
		}
	}
	return t, nil
}

// seek finds where to begin in a file that is there at the start.
func (p *pattern) seek(t *tailed) (int64, error) {
	if p.Since.IsZero() || p.TimeOf == nil || t.wide != nil {
		return 0, nil
	}
	return SeekTime(t.f, p.Since, func(line string) (time.Time, bool) { return p.TimeOf(p.dec.text([]byte(line))) })
}

// findEarlier opens what the log was rotated to and has to be read before it. The others are noted, since they are not
// to be taken for new ones later. Of a file that is there twice, being copied or packed at the moment, one is enough:
// the log itself, or the one that is not packed. It returns false when all is as it was when it looked before.
func (f *follower) findEarlier(log *followed) bool {
	log.unsure = false
	var list []sibling
	changed := false
	for _, s := range f.siblings(log) {
		switch {
		case log.unchanged(s) != nil:
			continue
		case log.wants(s.path, s.info):
			list = append(list, s)
		default:
			log.note(s, f)
		}
		changed = true
	}
	for s, t := range f.opened(log, list) {
		isKnown := f.isOpen(t.info) || log.now.holds(t.head) || log.knows(t.head)
		log.see(sibling{path: s.path, info: t.info, head: t.head})
		if isKnown || log.startEarlier(t) != nil {
			t.close()
			continue
		}
		log.old = append(log.old, t)
	}
	return changed
}

// wants says whether a file that the log was rotated to before the start is to be read: it was written to since the
// time wanted, or its pattern names it.
func (log *followed) wants(path string, info os.FileInfo) bool {
	switch {
	case !log.wanted:
		return false
	case log.p.Since.IsZero():
		return GlobMatches(log.p.Glob, path)
	}
	return !info.ModTime().Before(log.p.Since)
}

// note notes a rotated file that is there at the start. If it is not packed yet it will be some time, in another file:
// its first bytes have to be known.
func (log *followed) note(s sibling, f *follower) {
	if t, err := openTail(s.path, 0, log.p.dec, f.o.maxLine()); err == nil {
		if first, err := t.firstBytes(); err == nil && !looksPacked(first) {
			s.head, s.info = first, t.info
		}
		t.close()
	}
	log.see(s)
}

// see adds a note, in the place of one that there is of the file.
func (log *followed) see(s sibling) {
	log.seen = append(slices.DeleteFunc(log.seen, func(o sibling) bool {
		if s.info == nil || o.info == nil {
			return s.info == nil && o.info == nil && bytes.Equal(s.head, o.head)
		}
		return os.SameFile(s.info, o.info)
	}), s)
}

// startEarlier makes t begin at the time wanted. A compressed file cannot be searched, so its older lines are read and
// dropped.
func (log *followed) startEarlier(t *tailed) error {
	if log.p.Since.IsZero() || log.p.TimeOf == nil {
		return nil
	}
	if t.isPacked {
		t.since, t.timeOf = log.p.Since, log.p.TimeOf
		return nil
	}
	off, err := log.p.seek(t)
	if err == nil && off != 0 {
		err = t.begin(off)
	}
	return err
}
