package source

import (
	"fmt"
	"io"
	"os"
)

// openUnpacked unpacks a log to a temporary file and opens that.
func (s *stream) openUnpacked(path string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	plain, done, err := decompress(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	defer done()
	text, err := s.all.crowd.unpack(plain)
	if err != nil {
		return nil, fmt.Errorf("%s: too many packed logs overlap, and it could not be unpacked to a file: %w", path, err)
	}
	s.in.written = s.written()
	if info, err := f.Stat(); err == nil {
		s.in.o.Counter.read(int(info.Size() - text.Size())) // what is read from here on is counted as it is read
	}
	return text, nil
}

// unpacked is a log in the temporary file.
type unpacked struct {
	*io.SectionReader
	damage error // what ended it, if not its end
}

func (u *unpacked) Read(b []byte) (int, error) {
	n, err := u.SectionReader.Read(b)
	if err == io.EOF && u.damage != nil {
		err = u.damage
	}
	return n, err
}

// Close has nothing to do: the file is everybody's.
func (u *unpacked) Close() error { return nil }

// unpack adds what r holds to the temporary file.
func (c *crowd) unpack(r io.Reader) (*unpacked, error) {
	f, err := c.temporary()
	if err != nil {
		return nil, err
	}
	begin := c.spooled
	w := &noting{w: io.NewOffsetWriter(f, begin)}
	n, damage := io.Copy(w, r)
	c.spooled += n
	if w.err != nil {
		return nil, w.err
	}
	return &unpacked{io.NewSectionReader(f, begin, n), damage}, nil
}

// temporary is the file, made if need be. Without a name, nothing of it stays behind.
func (c *crowd) temporary() (*os.File, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return nil, os.ErrClosed
	case c.spool != nil:
		return c.spool, nil
	}
	f, err := NewSpool()
	c.spool = f
	return f, err
}

// NewSpool makes a temporary file without a name.
func NewSpool() (*os.File, error) {
	f, err := os.CreateTemp("", "f2b-")
	if err != nil {
		return nil, err
	}
	return f, os.Remove(f.Name())
}

// noting remembers what went wrong in writing, to be told from what went wrong in reading.
type noting struct {
	w   io.Writer
	err error
}

func (n *noting) Write(b []byte) (int, error) {
	k, err := n.w.Write(b)
	n.err = err
	return k, err
}
