package source

import (
	"bytes"
	"compress/bzip2"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// maxWindow is the most memory a zstd stream may ask for to be unpacked; it is what `zstd --ultra -22` makes.
const maxWindow = 128 << 20

// A format is a kind of compression, known by the first bytes of a file.
type format struct {
	name  string
	magic string // '?' stands for any byte
	open  func(io.Reader) (io.Reader, func(), error)
}

var formats = [...]format{
	{"gzip", "\x1f\x8b\x08", openGzip},
	{"xz", "\xfd7zXZ\x00", openXZ},
	{"zstd", "\x28\xb5\x2f\xfd", openZstd},
	{"bzip2", "BZh?1AY&SY", openBzip2},               // a block
	{"bzip2", "BZh?\x17\x72\x45\x38\x50", openBzip2}, // the end of an empty stream
}

// decompress returns what r holds once unpacked, or r itself where it isn't compressed. done lets go of the unpacker.
func decompress(r io.Reader) (plain io.Reader, done func(), err error) {
	head, f, err := sniff(r)
	if err != nil {
		return nil, nil, err
	}
	whole := io.MultiReader(bytes.NewReader(head), r)
	if f == nil {
		return whole, func() {}, nil
	}
	plain, done, err = f.open(whole)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", f.name, tooShort(err))
	}
	return &unpacker{plain, f.name}, done, nil
}

// sniff reads as much of r as it takes to tell its format, and no byte more: of a plain stream that is the first one,
// which may be all that is there for hours. The format is nil for plain text.
func sniff(r io.Reader) (head []byte, f *format, err error) {
	one := make([]byte, 1)
	for {
		possible, whole := candidates(head)
		if whole != nil || !possible {
			return head, whole, nil
		}
		n, err := r.Read(one)
		head = append(head, one[:n]...)
		if err == io.EOF {
			return head, nil, nil
		}
		if err != nil {
			return nil, nil, err
		}
	}
}

// candidates says whether a format's magic may begin with head, and which one's head is.
func candidates(head []byte) (possible bool, whole *format) {
	for i := range formats {
		magic := formats[i].magic
		if len(head) > len(magic) || !hasMagic(head, magic) {
			continue
		}
		if len(head) == len(magic) {
			return true, &formats[i]
		}
		possible = true
	}
	return possible, nil
}

func hasMagic(head []byte, magic string) bool {
	for i, b := range head {
		if magic[i] != '?' && magic[i] != b {
			return false
		}
	}
	return true
}

// unpacker says what kind of archive is damaged.
type unpacker struct {
	r    io.Reader
	name string
}

func (u *unpacker) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%s: %w", u.name, tooShort(err))
	}
	return n, err
}

// tooShort makes sure that the end of an archive in its middle isn't taken for the end of the log.
func tooShort(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func openGzip(r io.Reader) (io.Reader, func(), error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, nil, err
	}
	return z, func() { z.Close() }, nil
}

func openXZ(r io.Reader) (io.Reader, func(), error) {
	z, err := xz.NewReader(r)
	return z, func() {}, err
}

// openZstd unpacks in the caller's goroutine, so that BeforeRead is called there too.
func openZstd(r io.Reader) (io.Reader, func(), error) {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, nil, err
	}
	return z, z.Close, nil
}

func openBzip2(r io.Reader) (io.Reader, func(), error) {
	return bzip2.NewReader(r), func() {}, nil
}
