package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// OS is the machine's files. Unlike os.DirFS it takes paths as they are given, absolute ones too.
var OS fs.FS = machine{}

type machine struct{}

func (machine) Open(name string) (fs.File, error) { return os.Open(name) }

const (
	maxFile    = 4 << 20 // bytes of one file
	maxFiles   = 5000    // names of files looked at for one configuration, each time one is included
	maxOptions = 300_000 // options of all these files
)

var errEncoding = errors.New("not valid UTF-8")

// loader collects the files of a configuration in the order in which they are merged.
type loader struct {
	fsys     fs.FS
	parsed   map[string]*file // nil: not there, or not readable
	files    []*file
	names    int // looked at
	options  int // in files
	warnings []Warning
}

// baseFiles lists base.conf, base.d/*.conf, base.local and base.d/*.local, those that exist: later ones win.
func (l *loader) baseFiles(base string) []string {
	var names []string
	for _, ext := range []string{".conf", ".local"} {
		if _, err := fs.Stat(l.fsys, base+ext); err == nil {
			names = append(names, base+ext)
		}
		entries, _ := fs.ReadDir(l.fsys, base+".d") // sorted by name
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), ext) && !strings.HasPrefix(e.Name(), ".") {
				names = append(names, path.Join(base+".d", e.Name()))
			}
		}
	}
	return names
}

// load adds files, each with what it includes and with the .local that stands beside it.
// An include of one of the files in seen is skipped: that is how a loop ends.
func (l *loader) load(names, seen []string) error {
	for _, name := range l.withLocals(names) {
		if l.names++; l.names > maxFiles {
			return &Error{File: name, Section: "INCLUDES", Msg: fmt.Sprintf("more than %d files are included", maxFiles)}
		}
		f, err := l.parse(name)
		if err != nil {
			return err
		}
		if f == nil {
			continue
		}
		inner := append(slices.Clip(seen), name)
		if err := l.include(f.before, seen, inner); err != nil {
			return err
		}
		if l.options += f.options(); l.options > maxOptions {
			return &Error{File: name, Msg: fmt.Sprintf("more than %d options with all that is included", maxOptions)}
		}
		l.files = append(l.files, f)
		if err := l.include(f.after, seen, inner); err != nil {
			return err
		}
	}
	return nil
}

// include loads files that a file includes, but those in seen. One that is not there is ignored, as fail2ban does.
func (l *loader) include(names, seen, inner []string) error {
	for _, name := range names {
		if slices.Contains(seen, name) {
			continue
		}
		if err := l.load([]string{name}, inner); err != nil {
			return err
		}
	}
	return nil
}

// included lists the files that the option before or after of a file's section [INCLUDES] names, one a line,
// relative to the folder of the file itself.
func (f *file) included(option string) ([]string, error) {
	if f.section("INCLUDES") == nil {
		return nil, nil
	}
	alone := newConfig()
	alone.merge(f)
	list, _, err := alone.Get("INCLUDES", option)
	if err != nil {
		return nil, err
	}
	var names []string
	for name := range strings.SplitSeq(list, "\n") {
		switch {
		case name == "":
		case path.IsAbs(name):
			names = append(names, path.Clean(name))
		default:
			names = append(names, path.Join(path.Dir(f.path), name))
		}
	}
	return names, nil
}

// withLocals puts behind each file the one of the same name with .local, where there is one.
func (l *loader) withLocals(names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, name)
		local := strings.TrimSuffix(name, path.Ext(name)) + ".local"
		if slices.Contains(names, local) {
			continue
		}
		if info, err := fs.Stat(l.fsys, local); err == nil && info.Mode().IsRegular() {
			all = append(all, local)
		}
	}
	return all
}

// parse reads a file once. A file that cannot be read is left out with a warning, as fail2ban does;
// one that is not there is left out silently; one that is wrong is an error.
func (l *loader) parse(name string) (*file, error) {
	if f, ok := l.parsed[name]; ok {
		return f, nil
	}
	l.parsed[name] = nil
	data, err := readFile(l.fsys, name)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid) {
			l.warnings = append(l.warnings, Warning{Pos: Pos{File: name}, Msg: "left out: " + reason(err)})
		}
		return nil, nil
	}
	f, err := parse(name, data)
	if errors.Is(err, errEncoding) {
		e := err.(*Error)
		l.warnings = append(l.warnings, Warning{Pos: Pos{name, e.Line}, Msg: "left out: " + e.Msg, Hint: e.Hint})
		return nil, nil
	}
	if err == nil {
		f.before, err = f.included("before")
	}
	if err == nil {
		f.after, err = f.included("after")
	}
	if err != nil {
		return nil, err
	}
	l.parsed[name] = f
	l.warnings = append(l.warnings, f.warnings...)
	return f, nil
}

func readFile(fsys fs.FS, name string) (string, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("larger than %d MiB", maxFile>>20)
	}
	return string(data), err
}

// reason is an error of the file system without the path, which the message around it names.
func reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}
