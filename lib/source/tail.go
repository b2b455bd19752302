package source

import (
	"bytes"
	"io"
	"os"
	"slices"
	"syscall"
	"time"
)

const (
	// nonBlocking keeps the opening of a named pipe from waiting for its other end; on files it has no effect.
	nonBlocking = syscall.O_NONBLOCK

	chunkSize = 64 << 10 // what is read at a time
	traceSize = 256      // how many of the bytes last read are compared, to see whether the file is still what it was
)

// tailed is one open file that is read as it grows.
type tailed struct {
	path string // the log it belongs to
	f    *os.File
	info os.FileInfo
	dec  *decoder
	max  int // the cap of a line in bytes

	off   int64  // how far it is read
	trace []byte // the bytes before off, at most traceSize
	head  []byte // the first of the bytes that were read, at most traceSize
	saved []byte // read before its turn came, and to be given out first

	chunk  []byte    // read and not yet cut into lines; a part of the buffer given to fill
	held   []byte    // the beginning of a line whose end has not come yet, at most max+1 bytes
	lost   int       // how many more bytes of it there were
	lastCR bool      // the last byte of those was a "\r"
	skip   bool      // the line under way began before the place where reading began: drop it
	wide   *wideCode // in which "\n" is more than a byte
	no     int64     // lines cut so far; negative where reading did not begin at the file's start

	isPacked bool
	packed   io.Reader // what is in it once unpacked; nil: that has not begun, or ended
	done     func()    // lets go of the unpacker

	isNew  bool      // nothing has been read of it since it began or began anew
	since  time.Time // drop the lines before the first that was written at this time or later, as timeOf tells; zero: none
	timeOf func(line string) (t time.Time, ok bool)
	ended  bool // it will not grow any more: its last line needs no end
	torn   bool // but what follows its last end of line is no line here: an address in it may be cut off
	isDry  bool // the last look found nothing new
	idle   int  // how many polls in a row it was so
	isLast bool // if the next look finds nothing it has ended
}

// what fill found
type found int

const (
	nothing found = iota
	data
	truncated
)

// openTail opens a regular file to be read from off; a negative off is its end.
func openTail(path string, off int64, dec *decoder, max int) (*tailed, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|nonBlocking, 0)
	if err != nil {
		return nil, err
	}
	t := &tailed{path: path, f: f, dec: dec, max: max, isNew: true}
	if t.info, err = f.Stat(); err == nil {
		err = t.begin(off)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return t, nil
}

// begin makes t ready to be read from off.
func (t *tailed) begin(off int64) error {
	if !t.info.Mode().IsRegular() {
		return &os.PathError{Op: "follow", Path: t.path, Err: errNotRegular}
	}
	if off < 0 {
		off = t.info.Size()
	}
	first, err := t.firstBytes()
	if err != nil {
		return err
	}
	t.orderBytes(first)
	t.off, t.head = off, first[:min(off, int64(len(first)))]
	t.trace = make([]byte, min(off, traceSize))
	if _, err := t.f.ReadAt(t.trace, off-int64(len(t.trace))); err != nil && err != io.EOF {
		return err
	}
	if off > 0 {
		t.no = -1
		t.skip = t.wide == nil && t.trace[len(t.trace)-1] != '\n'
	}
	return nil
}

// firstBytes reads what the file begins with now.
func (t *tailed) firstBytes() ([]byte, error) {
	first := make([]byte, traceSize)
	n, err := t.f.ReadAt(first, 0)
	if err == io.EOF {
		err = nil
	}
	return first[:n], err
}

// orderBytes finds the byte order of a code with more than one byte a unit.
func (t *tailed) orderBytes(first []byte) {
	if t.dec.wide != nil {
		w := t.dec.wide.ordered(first)
		t.wide = &w
	}
}

// fill reads on, into buf. One read gets the bytes before off again and those behind it, so that there is no moment in
// which the file could be exchanged unseen: a file that was emptied and has grown beyond off since has other bytes
// there.
func (t *tailed) fill(buf []byte) (found, error) {
	switch {
	case len(t.saved) > 0:
		t.chunk, t.saved = t.saved, nil
		return data, nil
	case t.ended:
		return nothing, nil
	case t.isPacked:
		return t.unpack(buf)
	}
	if _, err := t.f.Seek(t.off-int64(len(t.trace)), io.SeekStart); err != nil {
		return nothing, err
	}
	n, err := t.f.Read(buf)
	if err != nil && err != io.EOF {
		return nothing, err
	}
	k := len(t.trace)
	if n < k || !bytes.Equal(buf[:k], t.trace) || t.off == 0 && !bytes.HasPrefix(buf[:n], t.head) {
		return truncated, nil
	}
	if t.wide != nil {
		n -= (n - k) % t.wide.unit
	}
	if n == k {
		t.ended = t.isLast
		return nothing, nil
	}
	t.chunk = buf[k:n]
	if t.off == 0 {
		t.orderBytes(t.chunk)
	}
	if t.off == 0 {
		t.head = slices.Clone(t.chunk[:min(n, traceSize)])
	} else if t.off == int64(len(t.head)) {
		t.head = append(t.head, t.chunk[:min(n-k, traceSize-len(t.head))]...)
	}
	t.off += int64(n - k)
	t.trace = append(t.trace[:0], buf[max(0, n-traceSize):n]...)
	t.idle = 0
	return data, nil
}

// restart goes back to the beginning of a file that was emptied.
func (t *tailed) restart() {
	t.off, t.trace, t.head, t.saved, t.chunk = 0, t.trace[:0], nil, nil, nil
	t.held, t.lost, t.lastCR, t.skip = nil, 0, false, false
	t.no, t.isNew = 0, true
}

func (t *tailed) close() {
	t.stopUnpacking()
	if t.f != nil {
		t.f.Close()
	}
}
