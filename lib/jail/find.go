package jail

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"f2b/lib/config"
)

// dirs are the folders in which filters and actions are looked for, the jail's own first and the built-in one last.
func (c *Config) dirs() []string {
	dirs := []string{c.Dir}
	for _, dir := range append(c.o.Dirs, builtinDir) {
		if dir != c.Dir && (dir != builtinDir || c.o.Builtin != nil) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// find reads the files of a filter or an action that an option of the jail names, and tells the path of the first.
func (s *section) find(kind, name string) (*config.Config, string, error) {
	files := layered{builtin: s.c.o.Builtin}
	for _, dir := range s.c.dirs() {
		base := path.Join(dir, kind+".d", name)
		for _, ending := range []string{".conf", ".local"} {
			if info, err := fs.Stat(files, base+ending); err == nil && !info.IsDir() {
				files.own = base + ".conf"
				c, err := config.Read(files, base)
				return c, base + ending, err
			}
		}
	}
	hint := ""
	if near := config.Nearest(name, s.c.names(kind)); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	return nil, "", s.mistake(kind, hint, fmt.Sprintf("there is no %s %q in %s", kind, name, strings.Join(s.c.dirs(), ", ")))
}

// names lists the filters or actions that can be found.
func (c *Config) names(kind string) []string {
	var names []string
	for _, dir := range c.dirs() {
		entries, _ := fs.ReadDir(layered{builtin: c.o.Builtin}, path.Join(dir, kind+".d"))
		for _, e := range entries {
			if name, ok := strings.CutSuffix(e.Name(), ".conf"); ok {
				names = append(names, name)
			}
		}
	}
	return names
}

// layered is the machine's files, and the built-in ones under a name that no file has.
type layered struct {
	builtin fs.FS
	own     string // a filter that is being read; what is missing beside it is taken from the built-in ones
}

func (l layered) Open(name string) (fs.File, error) {
	if rest, ok := strings.CutPrefix(name, builtinDir+"/"); ok {
		return l.builtin.Open(rest)
	}
	f, err := config.OS.Open(name)
	if err == nil || l.builtin == nil || name == l.own || path.Dir(name) != path.Dir(l.own) || !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	if f, err := l.builtin.Open(path.Join(path.Base(path.Dir(name)), path.Base(name))); err == nil {
		return f, nil
	}
	return nil, err
}
