package source

import (
	"bytes"
	"cmp"
	"io"
	"os"
	"time"
)

// stream is one of the logs that are merged.
type stream struct {
	all  *ordered
	log  Log
	dec  *decoder
	rank int // of those whose next lines have the same time the lowest comes first

	regular bool        // a file, which can be opened twice and never waits
	info    os.FileInfo // of a regular file
	in      *files      // nil: not open
	plain   *parked     // what in reads, if that is a plain file
	unpacks bool        // it reads a packed one
	block   Block       // what has been read of it
	keys    []int64     // the times of the block's lines
	at      int         // how many of them have been given out
	ahead   *Block      // the block behind it, if it had to be looked at already
	end     error       // what came instead of that block

	last  int64 // the time of the latest line, see timeline.go
	dated bool  // it is one that stood in a line
}

// key is when the next line is due, or at the soonest.
func (s *stream) key() int64 {
	if s.at < len(s.keys) {
		return s.keys[s.at]
	}
	return s.last
}

func (s *stream) before(other *stream) bool {
	a, b := s.key(), other.key()
	return a < b || a == b && s.rank < other.rank
}

// compare orders logs by when they begin, were written to last, and by name: log.2, log.1, log.
func (s *stream) compare(other *stream) int {
	return cmp.Or(cmp.Compare(s.last, other.last), s.written().Compare(other.written()), cmp.Compare(other.log.Path, s.log.Path))
}

// written is what dates without a year are read against.
func (s *stream) written() time.Time {
	if s.info == nil || s.all.o.Present {
		return time.Time{}
	}
	return written(s.info)
}

// lookMost is how many bytes of a log are looked at for its first date.
const lookMost = 1 << 20

// look finds out what the log is, and with first when it begins. What is no file, or cannot be read, is due at once: then
// it is waited for, or said what is wrong. A file without dates is due when it was written to last.
func (s *stream) look(first bool) {
	info, err := os.Stat(s.log.Path)
	if err != nil || s.log.Path == Stdin || !info.Mode().IsRegular() {
		return
	}
	s.info, s.regular = info, true
	if !first {
		return
	}
	in := s.reader(smallRoom)
	in.o.Report, in.o.Counter = func(error) {}, nil // it is said and counted when the log is read
	defer in.letGo()
	var b Block
	for read := 0; read < lookMost && in.Block(&b) == nil; {
		s.date(&b, nil)
		if s.dated {
			s.dated, s.last = false, s.keys[0]
			break
		}
		read += len(b.Text)
	}
	if s.keys = s.keys[:0]; s.last == earliest {
		s.last = key(info.ModTime())
	}
}

// reader reads the log with a buffer of so many bytes.
func (s *stream) reader(room int) *files {
	return &files{o: s.all.o.Options, dec: s.dec, max: s.all.o.maxLine(), paths: []string{s.log.Path}, room: room}
}

// load reads on, to lines that are wanted. At the end of the log it returns io.EOF.
func (s *stream) load() error {
	if s.in == nil {
		s.open()
	}
	s.at, s.keys = 0, s.keys[:0]
	for {
		if err := s.read(); err != nil {
			s.block.Lines, s.keys = s.block.Lines[:0], s.keys[:0]
			return err
		}
		s.date(&s.block, s.peek)
		for s.at = 0; s.at < len(s.keys) && s.keys[s.at] < s.all.from; s.at++ {
		}
		if s.at < len(s.keys) {
			if s.plain != nil {
				s.plain.park()
			}
			return nil
		}
	}
}

// read gets the next block.
func (s *stream) read() error {
	switch {
	case s.ahead != nil:
		s.block, s.ahead = *s.ahead, nil
		return nil
	case s.end != nil:
		err := s.end
		s.end = nil
		return err
	}
	return s.in.Block(&s.block)
}

// peek looks at the block behind the one at hand; nil if there is none, or if that might take a while.
func (s *stream) peek() *Block {
	if !s.regular {
		return nil
	}
	if s.ahead == nil && s.end == nil {
		b := &Block{}
		if s.end = s.in.Block(b); s.end == nil {
			s.ahead = b
		}
	}
	return s.ahead
}

// run counts the lines at hand that come before those of another log.
func (s *stream) run(rival *stream) int {
	limit := s.all.till
	if rival != nil {
		other := rival.key()
		if s.rank < rival.rank && other < latest {
			other++ // of the same time ours come first
		}
		limit = min(limit, other)
	}
	n := 1
	for _, k := range s.keys[s.at+1:] {
		if k >= limit {
			break
		}
		n++
	}
	return n
}

// swap gives the whole block at hand for an empty one.
func (s *stream) swap(b *Block) {
	*b, s.block = s.block, *b
	s.at, s.keys = 0, s.keys[:0]
}

// give adds copies of the next n lines to a block.
func (s *stream) give(b *Block, n int) {
	p := Part{n, s.block.File, s.block.No + int64(s.at), s.block.Written}
	for _, place := range s.block.Lines[s.at : s.at+n] {
		at := len(b.decoded)
		b.decoded = append(b.decoded, s.block.Text[place[0]:place[1]]...)
		b.Lines = append(b.Lines, [2]int32{int32(at), int32(len(b.decoded))})
		b.decoded = append(b.decoded, '\n')
	}
	if last := len(b.Parts) - 1; last >= 0 && b.Parts[last].File == p.File && b.Parts[last].No+int64(b.Parts[last].Lines) == p.No {
		b.Parts[last].Lines += n
	} else {
		b.Parts = append(b.Parts, p)
	}
	b.Cut, b.Dropped = b.Cut+s.block.Cut, b.Dropped+s.block.Dropped
	s.block.Cut, s.block.Dropped = 0, 0
	s.at += n
}

// close lets go of the log.
func (s *stream) close() {
	if s.in != nil {
		s.in.letGo()
		s.all.crowd.leave(s)
		s.in, s.plain, s.unpacks = nil, nil, false
	}
}

// seek goes to where the wanted time begins in a plain file, and returns how many lines lie before that.
func (s *stream) seek(f *os.File) (off, lines int64, err error) {
	if s.all.from == earliest || s.log.TimeOf == nil || s.dec.wide != nil {
		return 0, 0, nil
	}
	now := s.written()
	off, err = SeekTime(f, time.UnixMicro(s.all.from), func(line string) (time.Time, bool) {
		return s.log.TimeOf(s.dec.text([]byte(line)), now)
	})
	if err != nil {
		return 0, 0, err
	}
	before := io.NewSectionReader(f, 0, off)
	buf := make([]byte, 64<<10)
	for {
		n, err := before.Read(buf)
		lines += int64(bytes.Count(buf[:n], []byte("\n")))
		if err == io.EOF {
			return off, lines, nil
		}
		if err != nil {
			return 0, 0, err
		}
	}
}
