package cli

import (
	"context"
	"io"
	"os"
)

// readSize is how much is read at once: as much as a pipe holds.
const readSize = 64 << 10

// endingReader reads from a reader that cannot be interrupted, and ends with a context all the same. The reading is done
// by a goroutine of its own, one read for each that is asked for, so it never takes more than was wanted. (A deadline on
// the file would need it non-blocking, which it would then be for every process that shares it.)
type endingReader struct {
	ctx    context.Context
	src    io.Reader
	ask    chan struct{}
	answer chan answer
	rest   []byte // read and not yet given out
	err    error  // comes after rest
}

type answer struct {
	data []byte
	err  error
}

// inputs returns a reader of src that gives io.EOF once ctx is done, and one that doesn't.
func inputs(ctx context.Context, src io.Reader) (ending, raw io.Reader) {
	if pipe := openPipe(src); pipe != nil {
		return &endingPipe{ctx: ctx, pipe: pipe}, pipe
	}
	if ctx.Done() == nil {
		return src, src
	}
	if isFile(src) {
		return &endingFile{ctx, src}, src
	}
	return &endingReader{ctx: ctx, src: src}, src
}

// endingFile reads from a file, which has to be waited for never long, until a context ends.
type endingFile struct {
	ctx context.Context
	src io.Reader
}

func (f *endingFile) Read(p []byte) (int, error) {
	if f.ctx.Err() != nil {
		return 0, io.EOF
	}
	return f.src.Read(p)
}

// isFile says whether a reader is a regular file.
func isFile(r io.Reader) bool {
	f, ok := r.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}

func (r *endingReader) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, io.EOF
	}
	if len(r.rest) == 0 && r.err == nil {
		if !r.fetch() {
			return 0, io.EOF
		}
	}
	if len(r.rest) == 0 {
		return 0, r.err
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// fetch has one read done; it is false when the context ended first.
func (r *endingReader) fetch() bool {
	if r.ask == nil {
		r.ask, r.answer = make(chan struct{}, 1), make(chan answer, 1)
		go r.serve()
	}
	r.ask <- struct{}{}
	select {
	case a := <-r.answer:
		r.rest, r.err = a.data, a.err
		return true
	case <-r.ctx.Done():
		return false
	}
}

// serve does the reads. A read that nobody waits for any more keeps its goroutine until the process ends.
func (r *endingReader) serve() {
	buf := make([]byte, readSize)
	for {
		select {
		case <-r.ask:
			n, err := r.src.Read(buf)
			r.answer <- answer{buf[:n], err}
		case <-r.ctx.Done():
			return
		}
	}
}
