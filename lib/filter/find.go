package filter

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"f2b/lib/config"
	own "f2b/lib/filter/builtin"
)

// builtin holds the project's own filters and jails, under the name by which people are told of them.
var builtin = inFolder{"builtin/", own.Files()}

// inFolder is a file system seen from the folder around it.
type inFolder struct {
	name  string
	files fs.FS
}

// Open opens a file by its name with the folder's.
func (f inFolder) Open(name string) (fs.File, error) {
	inside, ok := strings.CutPrefix(name, f.name)
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return f.files.Open(inside)
}

// Builtin is the project's own configuration folder: jail.conf and filter.d.
func Builtin() fs.FS { return own.Files() }

// DefaultDirs are the configuration folders that are looked through after those the user names.
var DefaultDirs = own.DefaultDirs

// place is a folder of filters.
type place struct {
	fsys fs.FS
	dir  string // the folder that holds filter.d
}

// places lists the folders in the order in which they are looked through.
func places(dirs []string) []place {
	var out []place
	for _, d := range dirs {
		out = append(out, place{config.OS, d})
	}
	return append(out, place{builtin, "builtin"})
}

// isFile tells whether an argument names a file rather than a filter.
func isFile(name string) bool {
	return strings.HasSuffix(name, ".conf") || strings.HasSuffix(name, ".local")
}

// find reads the configuration of a filter and tells where it was.
func find(name string, dirs []string) (*config.Config, string, error) {
	if strings.Contains(name, "/") || isFile(name) && exists(config.OS, name) {
		return findFile(name)
	}
	base := strings.TrimSuffix(strings.TrimSuffix(name, ".conf"), ".local")
	for _, p := range places(dirs) {
		root := path.Join(p.dir, "filter.d", base)
		for _, suffix := range []string{".conf", ".local"} {
			if exists(p.fsys, root+suffix) {
				c, err := config.Read(borrowing{p.fsys, root + ".conf"}, root)
				return c, root + suffix, err
			}
		}
	}
	return nil, "", noSuchFilter(base, dirs)
}

// findFile reads a filter by the path of its file. Inside a filter.d its .local and its folder belong to it.
func findFile(name string) (*config.Config, string, error) {
	file := name
	for _, suffix := range []string{"", ".conf", ".local"} {
		if exists(config.OS, name+suffix) {
			file = name + suffix
			break
		}
	}
	if !exists(config.OS, file) {
		return nil, "", fmt.Errorf("no such filter file: %s", name)
	}
	if path.Base(path.Dir(file)) == "filter.d" {
		root := strings.TrimSuffix(file, path.Ext(file))
		c, err := config.Read(borrowing{config.OS, root + ".conf"}, root)
		return c, file, err
	}
	c, err := config.ReadFile(config.OS, file)
	return c, file, err
}

// Names lists the filters that can be found, sorted, each once.
func Names(dirs []string) []string {
	var out []string
	for _, p := range places(dirs) {
		entries, _ := fs.ReadDir(p.fsys, path.Join(p.dir, "filter.d"))
		for _, e := range entries {
			if name, ok := strings.CutSuffix(e.Name(), ".conf"); ok && !strings.HasSuffix(name, "common") {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// noSuchFilter says where was looked, and which name is nearest.
func noSuchFilter(name string, dirs []string) error {
	looked := append(slices.Clone(dirs), "the built-in filters")
	hint := ""
	if best := config.Nearest(name, Names(dirs)); best != "" {
		hint = fmt.Sprintf(", did you mean %s?", best)
	}
	return fmt.Errorf("no such filter: %s (looked in %s)%s", name, strings.Join(looked, ", "), hint)
}
