// Package lines reads lines of bounded length and says when it is about to wait for more.
//
// Every stage of a pipeline reads its input through a Reader, because two rules hold for all of them.
// A line has a cap: what lies beyond it is dropped and counted, so that no line can fill the memory, and the rest of
// a line that is too long is never taken for a line of its own, which would let anyone who can write a long line forge one.
// And a stage flushes its output whenever it is about to wait for input: an event is on its way before the next read
// blocks, while a fast stream is still written in large blocks.
package lines

import (
	"bytes"
	"io"
)

// DefaultMax is the cap of a log line in bytes, its end of line not counted.
const DefaultMax = 64 << 10

// firstBuffer is what a Reader starts with: as much as a pipe holds.
const firstBuffer = 64 << 10

// mostBuffer is how much Chunk reads at a time of what comes fast: it fits into the nearer caches.
const mostBuffer = 256 << 10

// maxEmptyReads is how often in a row an underlying reader may give neither bytes nor an error.
const maxEmptyReads = 100

// Reader reads lines of at most a given number of bytes.
type Reader struct {
	// BeforeRead, if set, is called each time the Reader is about to read from the underlying reader and so may
	// wait: this is where a tool flushes what it has written. Its error ends the reading.
	BeforeRead func() error

	src        io.Reader
	max        int
	most       int // how large Chunk makes the buffer
	buf        []byte
	start, end int   // buf[start:end] is read and not yet given out
	err        error // what ended the reading; given out once the buffer is empty
}

// NewReader returns a Reader of r whose lines have at most max bytes; DefaultMax if max is not positive.
func NewReader(r io.Reader, max int) *Reader {
	reader := NewReaderSize(r, max, firstBuffer)
	reader.most = mostBuffer
	return reader
}

// NewReaderSize is NewReader with a buffer of size bytes, which grows for longer lines alone: for those who read a thousand
// files at once.
func NewReaderSize(r io.Reader, max, size int) *Reader {
	if max <= 0 {
		max = DefaultMax
	}
	return &Reader{src: r, max: max, most: size, buf: make([]byte, size)}
}

// Next returns the next line without its end ("\n" or "\r\n"); the bytes are valid until the next call.
// dropped is the number of bytes that were cut off because the line was longer than the cap.
// A last line without an end is a line too. At the end of the input, and ever after, the error is io.EOF; any other
// error of the underlying reader is given out in the same way, once the lines before it are; what there was of the line under
// way is left out then, since an address in it may be cut off.
func (r *Reader) Next() (line []byte, dropped int, err error) {
	seen := 0 // bytes after start that are known to hold no "\n"
	for {
		if i := bytes.IndexByte(r.buf[r.start+seen:r.end], '\n'); i >= 0 {
			n := seen + i
			line = r.buf[r.start : r.start+n]
			r.start += n + 1
			line, dropped = cut(trimCR(line), r.max)
			return line, dropped, nil
		}
		seen = r.end - r.start
		if seen >= r.max+2 {
			return r.overlong()
		}
		if r.err != nil {
			return r.last()
		}
		r.fill()
	}
}

// Chunk waits for a line as Next does, and returns it together with all that are at hand behind it, with their ends. The cap is not
// applied to them, except to a line so long that it does not fit in: that one comes alone, and as from Next. The bytes are the caller's; in
// exchange the Reader takes those of spare for what it reads next.
func (r *Reader) Chunk(spare []byte) (chunk []byte, dropped int, err error) {
	seen := 0 // bytes after start that are known to hold no "\n"
	for {
		if i := bytes.LastIndexByte(r.buf[r.start+seen:r.end], '\n'); i >= 0 {
			break
		}
		seen = r.end - r.start
		if seen >= r.max+2 {
			return r.overlong()
		}
		if r.err != nil {
			return r.last()
		}
		r.fill()
	}
	whole := r.buf[r.start : r.start+bytes.LastIndexByte(r.buf[r.start:r.end], '\n')+1]
	rest := r.buf[r.start+len(whole) : r.end]
	size := len(r.buf)
	if r.end == size && size < r.most { // it is filled as fast as it is emptied
		size *= 2
	}
	if spare = spare[:cap(spare)]; len(spare) < size {
		spare = make([]byte, size)
	}
	r.buf, r.start, r.end = spare, 0, copy(spare, rest)
	return whole, 0, nil
}

// last gives out what is left without an end of line, unless reading failed there, then the error.
func (r *Reader) last() ([]byte, int, error) {
	if r.start == r.end || r.err != io.EOF {
		return nil, 0, r.err
	}
	line, dropped := cut(r.buf[r.start:r.end], r.max)
	r.start = r.end
	return line, dropped, nil
}

// overlong gives out the first max bytes of a line and reads on to its end without keeping anything.
// It is called when more than max+1 bytes without an end are at hand, so that one "\r" more could not save it.
func (r *Reader) overlong() ([]byte, int, error) {
	r.shift()
	r.grow(r.max + firstBuffer)
	tail := r.max // where the scratch space behind the kept bytes begins
	dropped := r.end - tail
	lastCR := r.buf[r.end-1] == '\r'
	for r.err == nil {
		r.start, r.end = tail, tail
		r.fillAt()
		chunk := r.buf[tail:r.end]
		if i := bytes.IndexByte(chunk, '\n'); i >= 0 {
			if i > 0 {
				lastCR = chunk[i-1] == '\r'
			}
			if lastCR {
				dropped--
			}
			r.start = tail + i + 1
			return r.buf[:r.max], dropped + i, nil
		}
		if len(chunk) > 0 {
			dropped += len(chunk)
			lastCR = chunk[len(chunk)-1] == '\r'
		}
	}
	r.start, r.end = tail, tail
	return r.buf[:r.max], dropped, nil
}

// fill makes room behind what is at hand and reads once.
func (r *Reader) fill() {
	r.shift()
	if r.end == len(r.buf) {
		r.grow(min(2*len(r.buf), r.max+firstBuffer))
	}
	r.fillAt()
}

// grow gives the buffer at least size bytes.
func (r *Reader) grow(size int) {
	if size > len(r.buf) {
		grown := make([]byte, size)
		copy(grown, r.buf[:r.end])
		r.buf = grown
	}
}

// shift moves what is at hand to the front of the buffer.
func (r *Reader) shift() {
	if r.start > 0 {
		copy(r.buf, r.buf[r.start:r.end])
		r.end -= r.start
		r.start = 0
	}
}

// fillAt reads once into the buffer's free end; it sets err when the reading is over.
func (r *Reader) fillAt() {
	if r.BeforeRead != nil {
		if r.err = r.BeforeRead(); r.err != nil {
			return
		}
	}
	for range maxEmptyReads {
		n, err := r.src.Read(r.buf[r.end:])
		r.end += n
		r.err = err
		if n > 0 || err != nil {
			return
		}
	}
	r.err = io.ErrNoProgress
}

// trimCR takes the "\r" off that stood before the "\n".
func trimCR(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		return line[:n-1]
	}
	return line
}

// cut keeps the first max bytes of line.
func cut(line []byte, max int) (kept []byte, dropped int) {
	if len(line) > max {
		return line[:max], len(line) - max
	}
	return line, 0
}
