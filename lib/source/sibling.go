package source

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// packedSuffixes end the names of compressed files.
var packedSuffixes = []string{".gz", ".xz", ".zst", ".bz2"}

// sibling is a file that a log was rotated to, by its name.
type sibling struct {
	path string
	info os.FileInfo
	head []byte // its first bytes, unpacked; nil: not looked at
	gone int    // how many looks ago it was there
}

// rotatedFrom returns the log that a file was rotated from by its name, if isLog knows one; else "".
func rotatedFrom(path string, isLog func(string) bool) string {
	dir, name := filepath.Split(path)
	for i := len(name) - 1; i > 0; i-- {
		if isRotation(name[i:]) && isLog(dir+name[:i]) {
			return dir + name[:i]
		}
	}
	return ""
}

// isRotation says whether this is what rotation puts behind a log's name: .1, .20240131-120000, -20240131, .old, ~, and
// the suffix of a compressed file, alone or behind one of these.
func isRotation(suffix string) bool {
	rest := suffix
	for _, packed := range packedSuffixes {
		rest = strings.TrimSuffix(rest, packed)
	}
	switch rest {
	case "":
		return suffix != ""
	case "~", ".old", ".bak", ".save":
		return true
	}
	digits := strings.TrimLeft(rest[1:], "0123456789")
	n := len(rest) - 1 - len(digits)
	if n == 0 || strings.Trim(digits, "0123456789-_.:T") != "" {
		return false
	}
	return rest[0] == '.' || (rest[0] == '-' || rest[0] == '_') && n >= 4 && len(rest) > 6 // a date, not the second of two logs
}

// listTries is how often a folder is listed again because a name in it was gone when the file was looked at.
const listTries = 10

// siblings lists the files that a log was rotated to, the oldest first, those that are packed behind all others. One
// that is renamed while they are listed may have been passed over, so they are listed again then.
func (f *follower) siblings(log *followed) []sibling {
	base := f.target(log)
	list, isWhole := listSiblings(base)
	for range listTries {
		if isWhole {
			break
		}
		list, isWhole = listSiblings(base)
	}
	log.unsure = log.unsure || !isWhole
	slices.SortFunc(list, func(a, b sibling) int {
		if packed := hasPackedName(a.path); packed != hasPackedName(b.path) {
			return map[bool]int{false: -1, true: 1}[packed]
		}
		return older(a.path, a.info, b.path, b.info)
	})
	return list
}

// older compares rotated files by their age.
func older(pathA string, a os.FileInfo, pathB string, b os.FileInfo) int {
	if c := a.ModTime().Compare(b.ModTime()); c != 0 {
		return c
	}
	return strings.Compare(pathB, pathA)
}

// byAge puts rotated files in the order in which they are to be read.
func byAge(list []*tailed) []*tailed {
	slices.SortFunc(list, func(a, b *tailed) int { return older(a.f.Name(), a.info, b.f.Name(), b.info) })
	return list
}

// sameFiles says whether two listings show the same files under the same names.
func sameFiles(a, b []sibling) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(s sibling) bool {
		return !slices.ContainsFunc(b, func(o sibling) bool { return s.path == o.path && os.SameFile(s.info, o.info) })
	})
}

func hasPackedName(path string) bool {
	return slices.ContainsFunc(packedSuffixes, func(s string) bool { return strings.HasSuffix(path, s) })
}

// listSiblings lists the files that bear the names of what base is rotated to; isWhole is false if one of them was gone
// before it was looked at.
func listSiblings(base string) (list []sibling, isWhole bool) {
	dir, err := os.Open(filepath.Dir(base))
	if err != nil {
		return nil, errors.Is(err, fs.ErrNotExist)
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	isWhole = true
	for _, name := range names {
		suffix, ok := strings.CutPrefix(name, filepath.Base(base))
		if !ok || suffix == "" || !isRotation(suffix) {
			continue
		}
		path := filepath.Join(filepath.Dir(base), name)
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			_, err := os.Lstat(path)
			isWhole = isWhole && err == nil // a link that leads nowhere
		case err == nil && info.Mode().IsRegular():
			list = append(list, sibling{path: path, info: info})
		}
	}
	return list, isWhole
}
