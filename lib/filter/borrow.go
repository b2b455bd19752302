package filter

import (
	"errors"
	"io/fs"
	"path"
)

// borrowing reads the files of a filter. One that is missing beside the filter's own, as the common.conf of
// a built-in filter that was copied to /etc/f2b, is taken from those built in.
type borrowing struct {
	fs.FS
	own string // the filter itself, which is not borrowed
}

// Open opens a file.
func (b borrowing) Open(name string) (fs.File, error) {
	f, err := b.FS.Open(name)
	if err == nil || !errors.Is(err, fs.ErrNotExist) || name == b.own || path.Dir(name) != path.Dir(b.own) {
		return f, err
	}
	if f, err := builtin.Open(path.Join("builtin/filter.d", path.Base(name))); err == nil {
		return f, nil
	}
	return f, err
}
