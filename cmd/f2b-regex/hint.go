package main

import (
	"fmt"
	"io"
	"strings"

	"f2b/lib/filter"
)

// hint says how close the first missed line came, since nothing matched at all.
func hint(w io.Writer, f *filter.Filter, n filter.Nearest) {
	fmt.Fprint(w, "\nNothing matched. The first missed line:\n")
	var rows []string
	if f.Dates() != nil {
		if n.Dated {
			rows = append(rows, "date:    found; the patterns saw "+quote(n.Text))
		} else {
			rows = append(rows, "date:    none found, so none was cut: try -d PATTERN; the patterns saw "+quote(n.Text))
		}
	}
	what := fmt.Sprintf("failregex %d", n.Rule)
	switch {
	case n.Prefregex:
		what = "prefregex"
		rows = append(rows, "missed:  prefregex does not match, so no failregex was tried")
	case n.Rule == 0:
		rows = append(rows, "missed:  no failregex matches even in its first part")
	default:
		rows = append(rows, fmt.Sprintf("nearest: %s", what))
	}
	if n.Pattern != "" {
		rows = append(rows,
			"         "+quote(n.Pattern)+" matches "+quote(n.Matched),
			"         "+quote(n.Rest)+" does not match "+quote(n.Missed))
	}
	list(w, "", rows)
}

// quote marks a piece of text, cut when it is long.
func quote(s string) string {
	const most = 160
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "..."
	}
	return "`" + visible(s) + "`"
}
