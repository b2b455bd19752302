package source

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"f2b/lib/lines"
)

// Stdin is the path that stands for standard input.
const Stdin = "-"

// Reader gives the lines of r, which may be compressed.
func Reader(r io.Reader, o Options) Source {
	o.Stdin = r
	return Files([]string{Stdin}, o)
}

// Files gives the lines of the files one after another. "-" is Options.Stdin. Whether a file is compressed by gzip, xz,
// zstd or bzip2 is told by its first bytes, not by its name. A file that cannot be opened is reported; so is one that
// is damaged or cut short, after the lines that could be read of it.
func Files(paths []string, o Options) Source {
	dec, err := newDecoder(o.Encoding)
	if err != nil {
		return failed{err}
	}
	return &files{o: o, dec: dec, max: o.maxLine(), paths: paths}
}

// files reads the first of paths through lines, if that is set, and then the others.
type files struct {
	o     Options
	dec   *decoder
	max   int // the cap of a line
	paths []string

	lines   *lines.Reader // the file being read; nil: none is
	name    string        // how it is called in lines: its path, empty for standard input
	no      int64         // lines given of it
	written time.Time     // as in Line
	close   func() error
	err     error // what ended everything

	opening func(path string) (io.ReadCloser, error) // opens a path in another way than as a file; nil: there is none
	room    int                                      // for a buffer; 0: as much as is good

	mu     sync.Mutex // for what Close, which comes at any time, has to do with
	raw    io.Closer  // the file being read; nil: none that is ours
	closed bool
}

func (s *files) Next() (Line, error) {
	raw, dropped, err := s.next()
	if err != nil {
		return Line{}, err
	}
	text := s.dec.text(raw)
	if dropped > 0 {
		text = shortened(text)
	}
	return Line{Text: text, File: s.name, No: s.no, Written: s.written, Dropped: dropped}, nil
}

// next returns the next line as it stands there; it is number no of the file name.
func (s *files) next() (raw []byte, dropped int, err error) {
	err = s.each(func() (err error) {
		raw, dropped, err = s.lines.Next()
		return err
	})
	if err == nil {
		s.no++
		s.o.Counter.cut(1)
	}
	return raw, dropped, err
}

// each calls read for one file after another, until it returns no error.
func (s *files) each(read func() error) error {
	for s.err == nil {
		if s.isClosed() {
			s.letGo()
			s.err = io.EOF
			break
		}
		if s.lines == nil {
			if err := s.open(); err != nil {
				return err
			}
			continue
		}
		err := read()
		if err == nil {
			return nil
		}
		if err = s.finish(err); err != nil {
			return err
		}
	}
	return s.err
}

// open goes on to the next path.
func (s *files) open() error {
	if len(s.paths) == 0 {
		s.err = io.EOF
		return nil
	}
	path := s.paths[0]
	s.paths = s.paths[1:]
	raw, err := s.start(path)
	if err != nil {
		return s.end(err)
	}
	plain, done, err := decompress(&flushing{raw, s.o.BeforeRead, s.o.Counter})
	if err != nil {
		s.own(nil)
		s.close()
		if s.isClosed() {
			return nil
		}
		return s.end(fmt.Errorf("%s: %w", title(path), err))
	}
	closeFile := s.close
	s.close = func() error { done(); return closeFile() }
	if s.room == 0 {
		s.lines = lines.NewReader(s.dec.reader(plain), s.max)
	} else {
		s.lines = lines.NewReaderSize(s.dec.reader(plain), s.max, s.room)
	}
	return nil
}

// start opens a path; what it returns is closed by s.close.
func (s *files) start(path string) (io.Reader, error) {
	s.name, s.no, s.written = "", 0, time.Time{}
	if path == Stdin {
		if s.o.Stdin == nil {
			return nil, errors.New("standard input: not open")
		}
		s.close = func() error { return nil }
		return s.o.Stdin, nil
	}
	if s.o.BeforeRead != nil { // opening a named pipe waits for its writer
		if err := s.o.BeforeRead(); err != nil {
			return nil, &stopped{err}
		}
	}
	s.name = path
	f, err := s.openFile(path)
	if err != nil {
		return nil, err
	}
	s.close = f.Close
	s.own(f)
	return f, nil
}

// openFile opens a file and notes its time.
func (s *files) openFile(path string) (io.ReadCloser, error) {
	if s.opening != nil {
		return s.opening(path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && !s.o.Present {
		s.written = written(info)
	}
	return f, nil
}

// oldest is the oldest time of a file that is believed: archives are made with files of 1970 or 1980.
var oldest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// written is when a file was last written to. All but files have no such time.
func written(info os.FileInfo) time.Time {
	if at := info.ModTime(); info.Mode().IsRegular() && at.After(oldest) {
		return at
	}
	return time.Time{}
}

// own notes the file that Close is to close, and closes it if that has come before.
func (s *files) own(f io.Closer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.raw = f; f != nil && s.closed {
		f.Close()
	}
}

func (s *files) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// letGo ends the reading of the file at hand.
func (s *files) letGo() {
	if s.lines != nil {
		s.lines = nil
		s.own(nil)
		s.close()
	}
}

// finish ends the file being read, for the reason given.
func (s *files) finish(reason error) error {
	s.letGo()
	if reason == io.EOF || s.isClosed() {
		return nil
	}
	if _, ok := errors.AsType[*os.PathError](reason); ok { // it names the file itself
		return s.end(reason)
	}
	return s.end(fmt.Errorf("%s: after line %d: %w", title(s.name), s.no, reason))
}

// end reports what ended a file, or ends the source where BeforeRead wanted that.
func (s *files) end(err error) error {
	if halt, ok := errors.AsType[*stopped](err); ok {
		s.err = halt.error
		return nil
	}
	return s.o.report(err)
}

// Close closes the file being read, which ends a read that waits; standard input stays open. The rest is up to the
// next call of Next, for one may be under way.
func (s *files) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed = true; s.raw == nil {
		return nil
	}
	return s.raw.Close()
}

// title is what messages call a path.
func title(path string) string {
	if path == Stdin || path == "" {
		return "standard input"
	}
	return path
}
