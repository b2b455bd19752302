package source

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// openFirst opens a log that is there at the start, where its path wants it to begin, and behind what it was rotated to
// since then.
func (f *follower) openFirst(log *followed) {
	log.noteSeen(f.siblings(log), f)
	t, err := f.openAt(log)
	if err != nil {
		f.say(log, err)
	}
	if t != nil && f.isOpen(t.info) {
		t.close()
		return
	}
	if !log.p.Tail && (errors.Is(err, fs.ErrNotExist) || t != nil && t.off == 0) {
		log.old = f.earlier(log)
	}
	log.now = t
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
// wanted, or those that its pattern names.
func (f *follower) earlier(log *followed) []*tailed {
	var list []*tailed
	for _, s := range f.siblings(log) {
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
		if f.isOpen(t.info) || log.startEarlier(t) != nil {
			t.close()
			continue
		}
		list = append(list, t)
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
