package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"slices"
)

// opened opens rotated files one by one, but for those in which nothing stands yet, those that are being packed and
// those that cannot be read. The log is looked at once more where that will be another matter soon.
func (f *follower) opened(log *followed, list []sibling) iter.Seq2[sibling, *tailed] {
	return func(yield func(sibling, *tailed) bool) {
		for _, s := range list {
			t, err := f.openSibling(log, s.path)
			switch {
			case errors.Is(err, fs.ErrNotExist), errors.Is(err, errBeingPacked):
				log.unsure = true
			case err != nil:
				log.rescan = true
				if err != errEmpty && log.wants(s.path, s.info) {
					f.say(nil, fmt.Errorf("%w; what stands in it is left out", err))
				}
			default:
				log.unsure = log.unsure || !os.SameFile(t.info, s.info)
				if !yield(s, t) {
					return
				}
			}
		}
	}
}

var errEmpty = errors.New("nothing stands in it yet")

// openSibling opens a file that a log was rotated to, packed or not. One that cannot be read is noted, not to be tried
// again before it is written to.
func (f *follower) openSibling(log *followed, path string) (*tailed, error) {
	t, err := openTail(path, 0, log.p.dec, f.o.maxLine())
	if err != nil {
		if info, statErr := os.Stat(path); statErr == nil {
			log.see(sibling{path: path, info: info})
		}
		return nil, err
	}
	t.path, t.isNew = log.path, false
	err = t.readHead()
	switch isHalf := err != nil && !t.isPacked; {
	case isBeingPacked(path, t.info, isHalf):
		err = errBeingPacked
	case err != nil:
		log.see(sibling{path: path, info: t.info})
	}
	if err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// readHead reads what a rotated file begins with.
func (t *tailed) readHead() error {
	first, err := t.firstBytes()
	undecided, _ := candidates(first) // it may be the beginning of a magic number
	switch {
	case err != nil:
		return err
	case looksPacked(first):
		return t.readPackedHead()
	case undecided || len(first) == 0:
		return errEmpty
	}
	t.head = first
	return nil
}

// cut is a file that was emptied, as it was before.
type cut struct {
	tailed
	looks int // how often its copy was looked for
}

// emptied is for a file that was emptied in place. What it held and was not read is read from the copy that was made before.
func (f *follower) emptied(log *followed, t *tailed) {
	was := &cut{tailed: *t}
	was.f, was.trace, was.held = nil, slices.Clone(t.trace), slices.Clone(t.held)
	log.cut = append(log.cut, was)
	log.looks = 0
	t.restart()
	f.resume(log)
}

// resume looks for the copies of what was emptied, again for some time where names changed under our eyes. Without one, the
// part of a line that was read is no line: an address in it may be cut off.
func (f *follower) resume(log *followed) {
	log.cut = slices.DeleteFunc(log.cut, func(was *cut) bool {
		rest, isSure := f.copyOf(log, &was.tailed)
		was.looks++
		switch {
		case rest != nil:
			log.old = append(log.old, rest)
		case !isSure && was.looks < maxLooks:
			return false
		default:
			log.see(sibling{head: was.head}) // if it turns up, it has been read
			f.sayCut(log, &was.tailed)
		}
		return true
	})
}

// sayCut reports that a part of a line was left out, if that was so.
func (f *follower) sayCut(log *followed, t *tailed) {
	if len(t.held) > 0 {
		f.say(nil, fmt.Errorf("%s: emptied in the middle of a line; the part of it that was there is left out", log.path))
	}
}

// copyOf finds the copy of what an emptied file was: what was read last stands in it at the same place. It is read on from
// there. If there is none, isSure says whether the names stood still while they were looked at.
func (f *follower) copyOf(log *followed, was *tailed) (rest *tailed, isSure bool) {
	unsure := log.unsure
	log.unsure = false
	list := f.siblings(log)
	for s, t := range f.opened(log, newestFirst(list)) {
		if !f.isOpen(t.info) && t.resumeFrom(was) {
			log.see(sibling{info: t.info, head: t.head, path: s.path})
			log.unsure = unsure
			return t, true
		}
		t.close()
	}
	isSure = !log.unsure && sameFiles(list, f.siblings(log))
	log.unsure = unsure || !isSure
	return nil, isSure
}

// newestFirst turns the order of siblings, but for the packed ones being the last.
func newestFirst(list []sibling) []sibling {
	i := slices.IndexFunc(list, func(s sibling) bool { return hasPackedName(s.path) })
	if i < 0 {
		i = len(list)
	}
	list = slices.Clone(list)
	slices.Reverse(list[:i])
	slices.Reverse(list[i:])
	return list
}

// resumeFrom makes a copy go on where a file was that was emptied; false: it is no copy of that. The copy is never
// written to, so that a line without an end in it is none.
func (t *tailed) resumeFrom(was *tailed) bool {
	if !sameHead(t.head, was.head) {
		return false
	}
	trace := make([]byte, len(was.trace))
	start := was.off - int64(len(trace))
	if !t.isPacked {
		if _, err := t.f.ReadAt(trace, start); err != nil {
			return false
		}
	} else {
		if err := t.startUnpacking(); err != nil {
			return false
		}
		if _, err := io.CopyN(io.Discard, t.packed, start); err != nil {
			return false
		}
		if _, err := io.ReadFull(t.packed, trace); err != nil {
			return false
		}
	}
	if !bytes.Equal(trace, was.trace) {
		return false
	}
	t.off, t.trace, t.wide = was.off, trace, was.wide
	t.held, t.lost, t.lastCR, t.skip, t.no = slices.Clone(was.held), was.lost, was.lastCR, was.skip, was.no
	t.torn = true
	return true
}
