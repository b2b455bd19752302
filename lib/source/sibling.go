package source

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// errPacked is why a compressed file is not followed.
var errPacked = errors.New("compressed, so it does not grow; name it without -follow to read it")

// maxGone is for how many looks a file is remembered that is not there any more.
const maxGone = 20

// packedSuffixes end the names of compressed files.
var packedSuffixes = []string{".gz", ".xz", ".zst", ".bz2"}

// sibling is a file that a log was rotated to, by its name.
type sibling struct {
	path string
	info os.FileInfo
	head []byte // its first bytes, unpacked; nil: not looked at
	gone int    // how many looks ago it was there
}

// rotatedFrom returns the log that a file was rotated from by its name, if isLog knows one; else "".
func rotatedFrom(path string, isLog func(string) bool) string {
	dir, name := filepath.Split(path)
	for i := len(name) - 1; i > 0; i-- {
		if isRotation(name[i:]) && isLog(dir+name[:i]) {
			return dir + name[:i]
		}
	}
	return ""
}

// isRotation says whether this is what rotation puts behind a log's name: .1, .20240131-120000, -20240131, .old, ~, and
// the suffix of a compressed file, alone or behind one of these.
func isRotation(suffix string) bool {
	rest := suffix
	for _, packed := range packedSuffixes {
		rest = strings.TrimSuffix(rest, packed)
	}
	switch rest {
	case "":
		return suffix != ""
	case "~", ".old", ".bak", ".save":
		return true
	}
	digits := strings.TrimLeft(rest[1:], "0123456789")
	n := len(rest) - 1 - len(digits)
	if n == 0 || strings.Trim(digits, "0123456789-_.:T") != "" {
		return false
	}
	return rest[0] == '.' || (rest[0] == '-' || rest[0] == '_') && n >= 4 && len(rest) > 6 // a date, not the second of two logs
}

// siblings lists the files that a log was rotated to, the oldest first.
func (f *follower) siblings(log *followed) []sibling {
	base := f.target(log)
	dir, err := os.Open(filepath.Dir(base))
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	var list []sibling
	for _, name := range names {
		suffix, ok := strings.CutPrefix(name, filepath.Base(base))
		if !ok || suffix == "" || !isRotation(suffix) {
			continue
		}
		path := filepath.Join(filepath.Dir(base), name)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			list = append(list, sibling{path: path, info: info})
		}
	}
	slices.SortFunc(list, func(a, b sibling) int {
		if c := a.info.ModTime().Compare(b.info.ModTime()); c != 0 {
			return c
		}
		return strings.Compare(b.path, a.path)
	})
	return list
}

// missed opens the files that a log was rotated to since the last look and that were never seen under its own name, and
// notes what is there now. Files are told apart by their first bytes: renaming, copying and packing leave them as they
// are. A copy of what now holds, or of what the log's name stands for by now, is left alone: either that is going to be
// read, or it will be gone when we look again.
func (f *follower) missed(log *followed, now *tailed) []*tailed {
	var found []*tailed
	var seen []sibling
	for _, s := range f.siblings(log) {
		if old := log.unchanged(s); old != nil {
			old.gone = 0
			seen = append(seen, *old)
			continue
		}
		t := f.openSibling(log, s.path)
		if t == nil || len(t.head) == 0 {
			log.rescan = true // it was renamed or is being written just now
		}
		if t == nil {
			continue
		}
		isKnown := len(t.head) == 0 || f.isOpen(t.info) || log.knows(t.head) || slices.ContainsFunc(found, t.isSame)
		if !isKnown && (now.holds(t.head) || log.nameHolds(t.head)) {
			log.rescan = true
			t.close()
			continue
		}
		if len(t.head) > 0 {
			seen = append(seen, sibling{path: s.path, info: t.info, head: t.head})
		}
		if isKnown {
			t.close()
			continue
		}
		found = append(found, t)
		log.rescan = true
	}
	log.remember(append(seen, log.openHeads()...))
	return found
}

// holds says whether a file begins with these bytes now, read or not.
func (t *tailed) holds(head []byte) bool {
	if t == nil || t.f == nil {
		return false
	}
	first, _ := t.firstBytes()
	return sameHead(first, head)
}

// nameHolds is the same for the file that the log's name stands for, which may be another one by now.
func (log *followed) nameHolds(head []byte) bool {
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
		if s.gone++; s.gone <= maxGone && !slices.ContainsFunc(seen, func(o sibling) bool { return bytes.Equal(o.head, s.head) }) {
			seen = append(seen, s)
		}
	}
	log.seen = seen
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
	if slices.ContainsFunc(log.files(), func(t *tailed) bool { return sameHead(t.head, head) }) {
		return true
	}
	return slices.ContainsFunc(log.seen, func(s sibling) bool { return sameHead(s.head, head) })
}

// openHeads are the first bytes of what is being read. What such a file holds now doesn't count: if it was emptied and
// written to since, that has not been seen.
func (log *followed) openHeads() []sibling {
	var list []sibling
	for _, t := range log.files() {
		list = append(list, sibling{head: t.head})
	}
	return list
}

// sameHead compares as much as both have.
func sameHead(a, b []byte) bool {
	n := min(len(a), len(b))
	return n > 0 && bytes.Equal(a[:n], b[:n])
}

func (t *tailed) isSame(other *tailed) bool {
	return os.SameFile(t.info, other.info) || sameHead(t.head, other.head)
}

// openSibling opens a file that a log was rotated to, packed or not; nil where that is not possible.
func (f *follower) openSibling(log *followed, path string) *tailed {
	t, err := openTail(path, 0, log.p.dec, f.o.maxLine())
	if err != nil {
		return nil
	}
	t.path, t.isNew = log.path, false
	first, err := t.firstBytes()
	undecided, _ := candidates(first) // nothing is there yet, or the beginning of a magic number
	switch {
	case err != nil:
	case looksPacked(first):
		err = t.openPacked()
	case !undecided:
		t.head = first
	}
	if err != nil {
		t.close()
		return nil
	}
	return t
}

// looksPacked says whether a file that begins with these bytes is compressed.
func looksPacked(first []byte) bool {
	_, format, err := sniff(bytes.NewReader(first))
	return err == nil && format != nil
}

// openPacked makes t give what the compressed file holds, its head too.
func (t *tailed) openPacked() error {
	plain, done, err := decompress(io.NewSectionReader(t.f, 0, 1<<62))
	if err != nil {
		return err
	}
	t.packed, t.done = plain, done
	head := make([]byte, traceSize)
	n, err := io.ReadFull(plain, head)
	if err != nil && n == 0 {
		return err
	}
	t.head, t.saved = head[:n], slices.Clone(head[:n])
	t.orderBytes(t.head)
	return nil
}

// isPacked says whether a file is compressed; false too where it cannot be read.
func isPacked(path string) bool {
	t, err := openTail(path, 0, &decoder{}, 0)
	if err != nil {
		return false
	}
	defer t.close()
	first, err := t.firstBytes()
	return err == nil && looksPacked(first)
}

// copyOf finds the copy of a file that was emptied: what was read last stands in it at the same place. It is read on
// from there.
func (f *follower) copyOf(log *followed, t *tailed) *tailed {
	list := f.siblings(log)
	for _, s := range slices.Backward(list) {
		c := f.openSibling(log, s.path)
		if c == nil {
			continue
		}
		if !f.isOpen(c.info) && c.goOnFrom(t) {
			log.seen = append(log.seen, sibling{path: s.path, info: c.info, head: c.head})
			return c
		}
		c.close()
	}
	return nil
}

// goOnFrom makes a copy go on where t was; false: it is no copy of what t was.
func (c *tailed) goOnFrom(t *tailed) bool {
	if t.off == 0 && !sameHead(c.head, t.head) {
		return false
	}
	trace := make([]byte, len(t.trace))
	start := t.off - int64(len(trace))
	if c.packed == nil {
		if _, err := c.f.ReadAt(trace, start); err != nil {
			return false
		}
	} else {
		c.packed = io.MultiReader(bytes.NewReader(c.saved), c.packed)
		c.saved = nil
		if _, err := io.CopyN(io.Discard, c.packed, start); err != nil {
			return false
		}
		if _, err := io.ReadFull(c.packed, trace); err != nil {
			return false
		}
	}
	if !bytes.Equal(trace, t.trace) {
		return false
	}
	c.off, c.trace, c.wide = t.off, trace, t.wide
	c.held, c.lost, c.lastCR, c.skip, c.no = t.held, t.lost, t.lastCR, t.skip, t.no
	return true
}
