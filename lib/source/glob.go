package source

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Glob lists the files that a pattern names, in order, by the rules of Python's glob, which are a shell's: "*", "?" and
// "[!a-z]" within a component, and a leading dot has to be written out. A pattern without any of these names one file,
// there or not.
func Glob(pattern string) []string {
	if !hasMeta(pattern) {
		return []string{pattern}
	}
	found, err := filepath.Glob(goPattern(pattern))
	if err != nil { // an open bracket is a bracket
		found, _ = filepath.Glob(literalBrackets(pattern))
	}
	visible := found[:0]
	for _, path := range found {
		if !hidden(pattern, path) {
			visible = append(visible, path)
		}
	}
	return visible
}

// GlobMatches says whether Glob could list a path for this pattern.
func GlobMatches(pattern, path string) bool {
	if !hasMeta(pattern) {
		return pattern == path
	}
	ok, err := filepath.Match(goPattern(pattern), path)
	if err != nil {
		ok, _ = filepath.Match(literalBrackets(pattern), path)
	}
	return ok && !hidden(pattern, path)
}

func hasMeta(pattern string) bool { return strings.ContainsAny(pattern, "*?[") }

// goPattern writes a pattern for package filepath: there a "^" negates, and a backslash quotes.
func goPattern(pattern string) string {
	return strings.ReplaceAll(strings.ReplaceAll(pattern, `\`, `\\`), "[!", "[^")
}

func literalBrackets(pattern string) string {
	return strings.ReplaceAll(strings.ReplaceAll(pattern, `\`, `\\`), "[", `\[`)
}

// hidden says whether a wildcard of the pattern stands for a leading dot of the path.
func hidden(pattern, path string) bool {
	patterns, names := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(patterns) != len(names) {
		return true
	}
	for i, name := range names {
		if strings.HasPrefix(name, ".") && !strings.HasPrefix(patterns[i], ".") {
			return true
		}
	}
	return false
}

// globDirs lists the directories that have to be watched to see what a pattern comes to name, the nearest first: for
// /home/*/log/x.log these are each /home/*/log, each /home/* and /home.
func globDirs(pattern string) []string {
	var dirs []string
	for dir := filepath.Dir(pattern); ; dir = filepath.Dir(dir) {
		if hasMeta(dir) {
			dirs = append(dirs, Glob(dir)...)
			continue
		}
		for up := filepath.Dir(dir); up != dir; dir, up = up, filepath.Dir(up) {
			if _, err := os.Stat(dir); err == nil {
				break // otherwise the nearest one that is there, in which the others may come to be
			}
		}
		return append(dirs, dir)
	}
}

// Folders lists the folders that hold the files which a pattern names, or will once they are there: the one before its first wildcard,
// the nearest that exists, and those to which links lead. The root is none of them: all that it holds is not what anybody means.
func Folders(pattern string) []string {
	dir := filepath.Dir(pattern)
	for hasMeta(dir) {
		dir = filepath.Dir(dir)
	}
	for _, err := os.Stat(dir); err != nil && dir != filepath.Dir(dir); _, err = os.Stat(dir) {
		dir = filepath.Dir(dir)
	}
	folders := map[string]bool{dir: true}
	for _, path := range Glob(pattern) {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			folders[filepath.Dir(real)] = true
		}
	}
	delete(folders, "/")
	return slices.Sorted(maps.Keys(folders))
}
