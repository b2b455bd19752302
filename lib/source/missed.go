package source

import (
	"bytes"
	"os"
	"slices"
)

const (
	maxGone  = 20 // for how many looks a file is remembered that is not there any more
	maxLooks = 20 // how often in a row the rotated files are looked for because they did not stand still
)

// missed opens the files that a log was rotated to since the last look and that were never seen under its own name, and
// notes what is there now. Files are told apart by their first bytes: renaming, copying and packing leave them as they
// are. A copy of what an open file holds by now, or of what the log's name stands for, is left alone: either that is
// going to be read, or it will be gone when we look again.
func (f *follower) missed(log *followed, now *tailed) []*tailed {
	var found []*tailed
	var seen, changed []sibling
	for _, s := range f.siblings(log) {
		if old := log.unchanged(s); old != nil {
			old.gone = 0
			seen = append(seen, *old)
		} else {
			changed = append(changed, s)
		}
	}
	for s, t := range f.opened(log, changed) {
		isKnown := f.isOpen(t.info) || log.knows(t.head) || slices.ContainsFunc(found, t.isSame)
		if !isKnown && (now.holds(t.head) || log.holds(t.head)) {
			log.rescan = true
			t.close()
			continue
		}
		seen = append(seen, sibling{path: s.path, info: t.info, head: t.head})
		if isKnown || t.info.ModTime().Before(f.begun) && (!log.wants(s.path, t.info) || log.startEarlier(t) != nil) {
			t.close()
			continue
		}
		found = append(found, t)
		log.rescan = true
	}
	log.remember(seen)
	return byAge(found)
}

// holds says whether a file begins with these bytes now, read or not.
func (t *tailed) holds(head []byte) bool {
	if t == nil || t.f == nil {
		return false
	}
	first, _ := t.firstBytes()
	return sameHead(first, head)
}

// holds is the same for what is open and for the file that the log's name stands for, which may be another one by now.
func (log *followed) holds(head []byte) bool {
	if slices.ContainsFunc(log.files(), func(t *tailed) bool { return t.holds(head) }) {
		return true
	}
	t, err := openTail(log.path, 0, log.p.dec, 0)
	if err != nil {
		return false
	}
	defer t.close()
	return t.holds(head)
}

// remember takes over what is there now, and keeps for some time what was there before: it may turn up compressed, or
// under a name that was passed over in a listing made during the renaming.
func (log *followed) remember(seen []sibling) {
	for _, s := range log.seen {
		if !log.unsure {
			s.gone++
		}
		if s.gone <= maxGone && !slices.ContainsFunc(seen, s.isSame) {
			seen = append(seen, s)
		}
	}
	log.seen = seen
}

// isSame says whether two notes are of one file. Of those that were compressed at the start the first bytes are not known.
func (s sibling) isSame(o sibling) bool {
	if len(s.head) > 0 && len(o.head) > 0 {
		return bytes.Equal(s.head, o.head)
	}
	return s.info != nil && o.info != nil && os.SameFile(s.info, o.info)
}

// unchanged finds a file among those seen before; a new name changes nothing.
func (log *followed) unchanged(s sibling) *sibling {
	for i := range log.seen {
		old := &log.seen[i]
		if old.info != nil && os.SameFile(old.info, s.info) && old.info.Size() == s.info.Size() && old.info.ModTime().Equal(s.info.ModTime()) {
			return old
		}
	}
	return nil
}

// knows says whether a file with these first bytes was seen.
func (log *followed) knows(head []byte) bool {
	hasHead := func(t *tailed) bool { return sameHead(t.head, head) }
	if slices.ContainsFunc(log.files(), hasHead) || slices.ContainsFunc(log.cut, func(c *cut) bool { return hasHead(&c.tailed) }) {
		return true
	}
	return slices.ContainsFunc(log.seen, func(s sibling) bool { return sameHead(s.head, head) })
}

// sameHead compares as much as both have.
func sameHead(a, b []byte) bool {
	n := min(len(a), len(b))
	return n > 0 && bytes.Equal(a[:n], b[:n])
}

func (t *tailed) isSame(other *tailed) bool {
	return os.SameFile(t.info, other.info) || sameHead(t.head, other.head)
}
