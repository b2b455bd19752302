package source

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"time"

	"f2b/lib/lines"
)

// unordered is how many bytes lines may stand away from where their time belongs.
const unordered = 64 << 10

// SeekTime returns the offset of a line such that no line before it was written at since or later. timeOf reads the
// time in a line and says whether it has one. Only about 2*log2(size) lines are looked at, and then a stretch of 128
// KiB in which lines may be out of order. Lines without a time belong to the one before them. In a log that names no
// times at all the offset is 0; where all are older it is the log's end. The read position of f is undefined
// afterwards.
func SeekTime(f io.ReadSeeker, since time.Time, timeOf func(line string) (time.Time, bool)) (int64, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	s := &timeSeeker{f: f, in: bufio.NewReaderSize(f, 4<<10), size: size, since: since, timeOf: timeOf}
	low, high := int64(0), size // what lies before low is older; what lies behind high is not
	for high-low > unordered {
		middle := low + (high-low)/2
		next, old, err := s.firstDated(middle, high)
		switch {
		case errors.Is(err, io.EOF): // no dates from the middle on
			high = middle
		case err != nil:
			return 0, err
		case old:
			low = next
		default:
			high = middle
		}
	}
	return s.scan(max(0, low-unordered), min(size, high+unordered))
}

// timeSeeker reads lines from anywhere in a log.
type timeSeeker struct {
	f      io.ReadSeeker
	size   int64
	in     *bufio.Reader
	pos    int64 // of the next line
	since  time.Time
	timeOf func(string) (time.Time, bool)
	dated  bool // a time has been seen
}

// goTo goes to the first line that begins at pos or behind it. io.EOF: up to the offset to there is none, which is all that is
// read of a line that takes up most of the log.
func (s *timeSeeker) goTo(pos, to int64) error {
	start := max(0, pos-1)
	if _, err := s.f.Seek(start, io.SeekStart); err != nil {
		return err
	}
	s.in.Reset(s.f)
	s.pos = start
	if pos == 0 {
		return nil
	}
	for {
		part, err := s.in.ReadSlice('\n')
		s.pos += int64(len(part))
		switch {
		case err != bufio.ErrBufferFull:
			return err
		case s.pos >= to:
			return io.EOF
		}
	}
}

// next reads the line at pos, its first 64 KiB if it is longer.
func (s *timeSeeker) next() (string, error) {
	var line []byte
	for {
		part, err := s.in.ReadSlice('\n')
		s.pos += int64(len(part))
		line = append(line, part[:min(len(part), lines.DefaultMax-min(len(line), lines.DefaultMax))]...)
		if err == io.EOF && len(line) > 0 {
			err = nil
		}
		if err != bufio.ErrBufferFull {
			return strings.ToValidUTF8(string(bytes.TrimRight(line, "\r\n")), "\ufffd"), err
		}
	}
}

// firstDated finds the first line with a time between two offsets: where the one behind it begins, and whether it is
// older than since. io.EOF: there is none.
func (s *timeSeeker) firstDated(from, to int64) (next int64, old bool, err error) {
	if err = s.goTo(from, to); err != nil {
		return 0, false, err
	}
	for s.pos < to {
		line, err := s.next()
		if err != nil {
			return 0, false, err
		}
		if t, ok := s.timeOf(line); ok {
			s.dated = true
			return s.pos, t.Before(s.since), nil
		}
	}
	return 0, false, io.EOF
}

// scan looks at every line between two offsets for the first that is not older than since.
func (s *timeSeeker) scan(from, to int64) (int64, error) {
	err := s.goTo(from, s.size)
	for err == nil && s.pos < to {
		at := s.pos
		var line string
		if line, err = s.next(); err != nil {
			break
		}
		t, ok := s.timeOf(line)
		s.dated = s.dated || ok
		if ok && !t.Before(s.since) {
			return at, nil
		}
	}
	if err != nil && err != io.EOF {
		return 0, err
	}
	if !s.dated {
		return 0, nil
	}
	return s.pos, nil
}
