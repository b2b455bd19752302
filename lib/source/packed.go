package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// errPacked is why a compressed file is not followed.
var errPacked = errors.New("compressed, so it does not grow; name it without -follow to read it")

// looksPacked says whether a file that begins with these bytes is compressed.
func looksPacked(first []byte) bool {
	_, format, err := sniff(bytes.NewReader(first))
	return err == nil && format != nil
}

// readPackedHead reads what a compressed file begins with once unpacked. The rest is unpacked when its turn comes: each
// unpacker takes up to some megabytes.
func (t *tailed) readPackedHead() error {
	if err := t.startUnpacking(); err != nil {
		return fmt.Errorf("%s: %w", t.f.Name(), err)
	}
	head := make([]byte, traceSize)
	n, err := io.ReadFull(t.packed, head)
	t.stopUnpacking()
	switch {
	case err == io.EOF:
		t.isPacked = true // a whole one
		return errEmpty
	case n == 0:
		return fmt.Errorf("%s: %w", t.f.Name(), err)
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

// errBeingPacked is why one is not read yet.
var errBeingPacked = errors.New("being compressed")

// packedIn is how long nothing may be written to a compressed file for it to be taken for a whole one all the same.
const packedIn = time.Minute

// isBeingPacked says whether a file may be a compressed one that is not whole yet: what it is made of is there until then. It may be
// gone just now where the file was found to be half of one.
func isBeingPacked(path string, info os.FileInfo, isHalf bool) bool {
	if !hasPackedName(path) || time.Since(info.ModTime()) > packedIn {
		return false
	}
	_, err := os.Stat(strings.TrimSuffix(path, filepath.Ext(path)))
	return err == nil || isHalf
}

// unpack reads on in a compressed file, which never grows.
func (t *tailed) unpack(buf []byte) (found, error) {
	n, err := 0, error(nil)
	if t.packed == nil {
		err = t.startUnpacking()
	}
	if err == nil {
		n, err = io.ReadFull(t.packed, buf[:chunkSize]) // whole units of a wide code
	}
	t.chunk = buf[:n]
	if err == io.ErrUnexpectedEOF { // ReadFull's own, an archive's is wrapped
		return data, nil
	}
	if err != nil {
		t.ended = true
		t.stopUnpacking()
	}
	if err == io.EOF {
		err = nil
	} else if err != nil {
		t.torn = true
		err = fmt.Errorf("%s: %w", t.f.Name(), err)
	}
	if n == 0 {
		return nothing, err
	}
	return data, err
}
