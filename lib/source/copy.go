package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// errPacked is why a compressed file is not followed.
var errPacked = errors.New("compressed, so it does not grow; name it without -follow to read it")

// opened opens rotated files one by one. Those in which nothing stands yet are passed over, and so are those that are being packed.
// The log is looked at once more then, and where a name stands for another file than it did.
func (f *follower) opened(log *followed, list []sibling) iter.Seq2[sibling, *tailed] {
	return func(yield func(sibling, *tailed) bool) {
		for _, s := range list {
			t, err := f.openSibling(log, s.path)
			if err != nil || !os.SameFile(t.info, s.info) {
				log.unsure = true
			}
			switch {
			case err != nil:
			case len(t.head) == 0:
				log.rescan = true
				t.close()
			case t.isPacked && isBeingPacked(s.path, t.info):
				log.unsure = true
				t.close()
			case !yield(s, t):
				return
			}
		}
	}
}

// packedIn is how long nothing may be written to a compressed file for it to be taken for a whole one all the same.
const packedIn = time.Minute

// isBeingPacked says whether a compressed file may not be whole yet: what it is made of is there until then.
func isBeingPacked(path string, info os.FileInfo) bool {
	if time.Since(info.ModTime()) > packedIn {
		return false
	}
	_, err := os.Stat(strings.TrimSuffix(path, filepath.Ext(path)))
	return err == nil
}

// openSibling opens a file that a log was rotated to, packed or not.
func (f *follower) openSibling(log *followed, path string) (*tailed, error) {
	t, err := openTail(path, 0, log.p.dec, f.o.maxLine())
	if err != nil {
		return nil, err
	}
	t.path, t.isNew = log.path, false
	first, err := t.firstBytes()
	undecided, _ := candidates(first) // nothing is there yet, or the beginning of a magic number
	switch {
	case err != nil:
	case looksPacked(first):
		err = t.readPackedHead()
	case !undecided:
		t.head = first
	}
	if err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// looksPacked says whether a file that begins with these bytes is compressed.
func looksPacked(first []byte) bool {
	_, format, err := sniff(bytes.NewReader(first))
	return err == nil && format != nil
}

// readPackedHead reads what a compressed file begins with once unpacked. The rest is unpacked when its turn comes: each unpacker takes
// up to some megabytes.
func (t *tailed) readPackedHead() error {
	if err := t.startUnpacking(); err != nil {
		return err
	}
	head := make([]byte, traceSize)
	n, err := io.ReadFull(t.packed, head)
	t.stopUnpacking()
	if err != nil && n == 0 {
		return err
	}
	t.isPacked, t.head = true, head[:n]
	t.orderBytes(t.head)
	return nil
}

func (t *tailed) startUnpacking() (err error) {
	t.packed, t.done, err = decompress(io.NewSectionReader(t.f, 0, 1<<62))
	return err
}

func (t *tailed) stopUnpacking() {
	if t.packed != nil {
		t.done()
		t.packed = nil
	}
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

// emptied is for a file that was emptied in place. What it held and was not read is read from the copy that was made before.
func (f *follower) emptied(log *followed, t *tailed) {
	was := *t
	was.f = nil
	was.trace, was.held, was.idle = slices.Clone(t.trace), slices.Clone(t.held), 0
	log.cut = append(log.cut, &was)
	t.restart()
	f.goOn(log)
}

// goOn looks for the copies of what was emptied, again for some time where names changed under our eyes. Without one, the part of a
// line that was read is no line: an address in it may be cut off.
func (f *follower) goOn(log *followed) {
	log.cut = slices.DeleteFunc(log.cut, func(was *tailed) bool {
		rest, isSure := f.copyOf(log, was)
		was.idle++
		switch {
		case rest != nil:
			log.old = append(log.old, rest)
		case !isSure && was.idle < maxGone:
			return false
		default:
			log.seen = append(log.seen, sibling{head: was.head}) // if it turns up, it has been read
			if len(was.held) > 0 {
				f.say(log, fmt.Errorf("%s: emptied in the middle of a line; the part of it that was there is left out", log.path))
			}
		}
		return true
	})
}

// copyOf finds the copy of what an emptied file was: what was read last stands in it at the same place. It is read on from there. If
// there is none, isSure says whether the names stood still while they were looked at.
func (f *follower) copyOf(log *followed, was *tailed) (rest *tailed, isSure bool) {
	unsure := log.unsure
	log.unsure = false
	list := f.siblings(log)
	for s, c := range f.opened(log, newestFirst(list)) {
		if !f.isOpen(c.info) && c.goOnFrom(was) {
			log.seen = append(log.seen, sibling{path: s.path, info: c.info, head: c.head})
			log.unsure = unsure
			return c, true
		}
		c.close()
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

// goOnFrom makes a copy go on where t was; false: it is no copy of what t was.
func (c *tailed) goOnFrom(t *tailed) bool {
	if t.off == 0 && !sameHead(c.head, t.head) {
		return false
	}
	trace := make([]byte, len(t.trace))
	start := t.off - int64(len(trace))
	if !c.isPacked {
		if _, err := c.f.ReadAt(trace, start); err != nil {
			return false
		}
	} else {
		if err := c.startUnpacking(); err != nil {
			return false
		}
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
