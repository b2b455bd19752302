package source

import (
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"
)

// How many logs are held open at once. A plain one beyond that is closed between two reads. One that is packed cannot be
// read on from the middle, so it is unpacked to a temporary file first, beyond MaxUnpacked of them.
const (
	maxOpen     = 32
	MaxUnpacked = 8
	smallRoom   = 4 << 10 // for the buffers of each where there are so many
)

// crowd is the logs that are open at the same time.
type crowd struct {
	open      atomic.Int32 // plain files that are
	unpacking int          // packed ones that are

	mu      sync.Mutex // Close comes at any time
	readers map[*stream]*files
	closed  bool
	spool   *os.File // what was unpacked, one log behind the other; it has no name any more
	spooled int64    // its length
}

func (c *crowd) isClosed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// close closes what is open.
func (c *crowd) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	var errs []error
	for _, in := range c.readers {
		errs = append(errs, in.Close())
	}
	if c.spool != nil {
		errs = append(errs, c.spool.Close())
		c.spool = nil
	}
	return errors.Join(errs...)
}

// join and leave keep the list of readers.
func (c *crowd) join(s *stream) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.readers == nil {
		c.readers = map[*stream]*files{}
	}
	c.readers[s] = s.in
	if c.closed {
		s.in.Close()
	}
}

func (c *crowd) leave(s *stream) {
	if s.unpacks {
		c.unpacking--
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.readers, s)
}

// open makes the reader of a log.
func (s *stream) open() {
	c := &s.all.crowd
	room := 0
	if len(c.readers) >= maxOpen {
		room = smallRoom
	}
	s.in = s.reader(room)
	switch {
	case !s.regular:
	case !isPacked(s.log.Path):
		s.in.opening = s.openPlain
	case c.unpacking >= MaxUnpacked:
		s.in.opening = s.openUnpacked
	default:
		c.unpacking++
		s.unpacks = true
	}
	c.join(s)
}

// openPlain opens a plain file at the first line that is wanted.
func (s *stream) openPlain(path string) (io.ReadCloser, error) {
	p := &parked{path: path, open: &s.all.crowd.open}
	f, err := p.file()
	if err == nil {
		p.off, s.in.no, err = s.seek(f)
	}
	if err == nil {
		_, err = f.Seek(p.off, io.SeekStart)
	}
	if err != nil {
		p.Close()
		return nil, err
	}
	s.in.o.Counter.read(int(p.off))
	s.in.written, s.plain = s.written(), p
	return p, nil
}

// parked is a plain file that may be closed between two reads.
type parked struct {
	path string
	open *atomic.Int32 // how many of them are
	info os.FileInfo   // of the file
	off  int64         // of what is read next

	mu     sync.Mutex // for Close, which may come at any time
	f      *os.File   // nil: not open at the moment
	closed bool
}

func (p *parked) Read(b []byte) (int, error) {
	f, err := p.file()
	if err != nil {
		return 0, err
	}
	n, err := f.Read(b)
	p.off += int64(n)
	return n, err
}

// file is the file, opened again if need be.
func (p *parked) file() (*os.File, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return nil, os.ErrClosed
	case p.f != nil:
		return p.f, nil
	}
	f, err := os.Open(p.path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && p.info != nil && !os.SameFile(info, p.info) {
		err = &os.PathError{Op: "read", Path: p.path, Err: errReplaced}
	}
	if err == nil {
		_, err = f.Seek(p.off, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	p.f, p.info = f, info
	p.open.Add(1)
	return f, nil
}

// errReplaced is what came in between.
var errReplaced = errors.New("it is another file now, rotated while it was read; what it held from there on is left out")

// park closes the file for now, if too many are open.
func (p *parked) park() {
	if p.open.Load() > maxOpen {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.shut()
	}
}

func (p *parked) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	return p.shut()
}

func (p *parked) shut() error {
	if p.f == nil {
		return nil
	}
	f := p.f
	p.f = nil
	p.open.Add(-1)
	return f.Close()
}
