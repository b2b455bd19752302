package config

import (
	"fmt"
	"strings"
)

// Pos says where an option stands. The zero Pos belongs to a value that came from no file: an argument.
type Pos struct {
	File string
	Line int // from 1
}

// String gives "file:line".
func (p Pos) String() string {
	if p.File == "" {
		return "argument"
	}
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Error is a mistake in a configuration: where it is, what it is and, in Hint, what to try.
// Line is 0 when the mistake is not in one line, Section and Option are empty when it is in none.
type Error struct {
	File            string
	Line            int
	Section, Option string
	Msg, Hint       string

	cause error // what errors.Is sees, such as fs.ErrNotExist
}

// Error gives "file:line: [section] option: message (hint)" with the parts that are known.
func (e *Error) Error() string {
	var parts []string
	if e.File != "" {
		parts = append(parts, Pos{e.File, e.Line}.String())
	}
	place := e.Option
	if e.Section != "" {
		place = strings.TrimSpace("[" + e.Section + "] " + e.Option)
	}
	if place != "" {
		parts = append(parts, place)
	}
	text := strings.Join(append(parts, e.Msg), ": ")
	if e.Hint != "" {
		text += " (" + e.Hint + ")"
	}
	return text
}

// Unwrap gives the error of the file system behind this one, if there is one.
func (e *Error) Unwrap() error { return e.cause }

// errorAt makes an Error for the byte at offset of a value.
func (v *value) errorAt(offset int, msg, hint string) *Error {
	return &Error{File: v.pos.File, Line: v.lineAt(offset), Section: v.section, Option: v.option, Msg: msg, Hint: hint}
}

// nearest gives the name that name was probably meant to be, or "" when none is near.
func nearest(name string, names []string) string {
	if len(name) < 3 {
		return ""
	}
	best, limit := "", max(1, len(name)/4)+1
	for _, n := range names {
		if d := distance(name, n); d > 0 && d < limit {
			best, limit = n, d
		}
	}
	return best
}

// maxDistanceLen bounds what distance compares: nobody mistypes a longer name by a letter or two.
const maxDistanceLen = 64

// distance is the number of single letters to insert, remove, replace or swap with their neighbour that makes b of a.
func distance(a, b string) int {
	if len(a) > maxDistanceLen || len(b) > maxDistanceLen {
		return maxDistanceLen
	}
	var rows [3][maxDistanceLen + 1]int // the row under way and the two above it, in turn
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := range len(a) {
		above2, above, row := &rows[(i+2)%3], &rows[i%3], &rows[(i+1)%3]
		row[0] = i + 1
		for j := range len(b) {
			change := 1
			if a[i] == b[j] {
				change = 0
			}
			row[j+1] = min(above[j]+change, above[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], above2[j-1]+1)
			}
		}
	}
	return rows[len(a)%3][len(b)]
}

// meant gives a hint that names the nearest of names, or "".
func meant(name string, names []string, format string) string {
	if n := nearest(name, names); n != "" {
		return fmt.Sprintf("did you mean "+format+"?", n)
	}
	return ""
}
