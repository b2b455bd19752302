package filter

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"f2b/lib/config"
)

// Found is a filter as Load would find it.
type Found struct {
	Name string
	File string // its path; a built-in one's begins with builtin/
	Text []byte // of the file
}

// Builtin tells whether it is one of the project's own.
func (f *Found) Builtin() bool { return strings.HasPrefix(f.File, "builtin/") }

// Find looks a filter up by its name, with or without options, or by the path of its file. The files that
// filters include (common) are found as well.
func Find(spec string, dirs []string) (*Found, error) {
	name, _, err := config.ParseName(spec)
	if err != nil {
		return nil, err
	}
	_, file, err := find(name, dirs)
	if err != nil {
		return nil, err
	}
	for _, fsys := range []fs.FS{config.OS, builtin} {
		text, err := fs.ReadFile(fsys, file)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return &Found{Name: name, File: file, Text: text}, err
		}
	}
	return nil, noSuchFilter(name, dirs)
}

// Summary is what the comment at the head of the file says first, in one line: what the filter catches. A
// filter that replaces a built-in one catches the same, so that one's words are taken.
func (f *Found) Summary() string {
	text, err := fs.ReadFile(builtin, "builtin/filter.d/"+path.Base(f.Name)+".conf")
	if err != nil {
		text = f.Text
	}
	var said []string
	for line := range strings.Lines(string(text)) {
		comment, ok := strings.CutPrefix(strings.TrimSpace(line), "#")
		comment = strings.TrimSpace(comment)
		if !ok || comment == "" && said != nil {
			break
		}
		if comment != "" {
			said = append(said, comment)
		}
	}
	first, _, _ := strings.Cut(strings.Join(said, " "), ". ")
	return strings.TrimSuffix(first, ".")
}
