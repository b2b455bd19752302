package main

import (
	"fmt"
	"io"
	"path"
	"strings"
	"unicode"

	"f2b/lib/config"
	"f2b/lib/filter"
)

// introduce says what is tested with what, in fail2ban-regex's words.
func (t *tool) introduce(w io.Writer, f *filter.Filter, log string) {
	fmt.Fprint(w, "\nRunning tests\n=============\n\n")
	if t.Maxlines > 0 {
		fmt.Fprintf(w, "Use         maxlines : %d\n", t.Maxlines)
	}
	if t.Datepattern != "" {
		fmt.Fprintf(w, "Use      datepattern : %s : %s\n", t.Datepattern, dateName(f))
	}
	switch {
	case f.File == "":
		fmt.Fprintf(w, "Use   failregex line : %s\n", short(t.Filter))
	case path.Base(path.Dir(f.File)) == "filter.d":
		fmt.Fprintf(w, "Use   failregex filter file : %s, basedir: %s\n", f.Name, path.Dir(path.Dir(f.File)))
	default:
		fmt.Fprintf(w, "Use   failregex file : %s\n", f.File)
	}
	if _, args, err := config.ParseName(t.Filter); err == nil && f.File != "" && len(args) > 0 {
		fmt.Fprintf(w, "Use   filter options : %s\n", pythonOptions(args))
	}
	if v, ok := f.Option("maxlines"); ok && t.Maxlines == 0 {
		fmt.Fprintf(w, "Use         maxlines : %s\n", v)
	}
	if v, ok := f.Option("datepattern"); ok && v != "" && t.Datepattern == "" && f.Dates() != nil {
		fmt.Fprintf(w, "Use      datepattern : %s : %s\n", v, dateName(f))
	}
	if t.Ignoreregex != "" {
		fmt.Fprintf(w, "Use ignoreregex line : %s\n", short(t.Ignoreregex))
	}
	fmt.Fprintf(w, "%s\n\n", log)
}

// dateName names the only date template, or says that there are several.
func dateName(f *filter.Filter) string {
	if f.Dates() == nil {
		return "none"
	}
	if hits := f.Dates().Hits(); len(hits) > 0 && len(hits) <= 2 {
		return hits[0].Name
	}
	return "Default Detectors"
}

// report prints the results.
func (t *tool) report(w io.Writer, f *filter.Filter, c *counts) {
	fmt.Fprint(w, "\nResults\n=======\n")
	if pre := f.Prefregex(); pre != "" {
		fmt.Fprintf(w, "\nPrefregex: %d total\n", c.prefixed)
		list(w, "", append([]string{pre}, c.prefixes...))
	}
	t.patterns(w, "Failregex", f.Failregex(), c.failregex, c.hits)
	t.patterns(w, "Ignoreregex", f.Ignoreregex(), c.ignoreregex, nil)
	if f.Dates() != nil {
		t.dates(w, f)
	}
	fmt.Fprintf(w, "\nLines: %d lines, %d ignored, %d matched, %d missed\n", c.tested, c.ignored, c.matched, c.missed)
	fmt.Fprintf(w, "[processed in %.2f sec]\n\n", c.took.Seconds())
	if t.PrintAllMatched {
		t.lines(w, "matched", c.matched, c.matchedLines, true)
	}
	if !t.PrintNoIgnored {
		t.lines(w, "ignored", c.ignored, c.ignoredLines, t.PrintAllIgnored)
	}
	if !t.PrintNoMissed {
		t.lines(w, "missed", c.missed, c.missedLines, t.PrintAllMissed)
	}
	if c.matched == 0 && c.firstMissed != nil {
		hint(w, f, f.Nearest(*c.firstMissed))
	}
}

// patterns lists those that had hits, or all with -v.
func (t *tool) patterns(w io.Writer, title string, patterns []string, hits []int, who [][]string) {
	total := 0
	var rows []string
	for i, p := range patterns {
		total += hits[i]
		if hits[i] > 0 || t.Verbose > 0 {
			rows = append(rows, fmt.Sprintf("%2d) [%d] %s", i+1, hits[i], p))
		}
		if who != nil {
			rows = append(rows, who[i]...)
		}
	}
	fmt.Fprintf(w, "\n%s: %d total\n", title, total)
	list(w, " #) [# of hits] regular expression", rows)
}

func (t *tool) dates(w io.Writer, f *filter.Filter) {
	fmt.Fprint(w, "\nDate template hits:\n")
	var rows []string
	for _, h := range f.Dates().Hits() {
		if h.Count == 0 && t.Verbose == 0 {
			continue
		}
		rows = append(rows, fmt.Sprintf("[%d] %s", h.Count, h.Name))
		if t.VerboseDate {
			rows = append(rows, "    # regex:   "+h.Pattern)
		}
	}
	list(w, "[# of hits] date format", rows)
}

// lines prints the lines of one kind, unless they are too many.
func (t *tool) lines(w io.Writer, kind string, n int, lines []string, all bool) {
	header := strings.ToUpper(kind[:1]) + kind[1:] + " line(s):"
	switch {
	case n == 0:
	case n < t.shown() || all:
		trimmed := make([]string, len(lines))
		for i, l := range lines {
			trimmed[i] = strings.TrimRight(visible(l), " \t")
		}
		list(w, header, trimmed)
	default:
		fmt.Fprintf(w, "%s too many to print.  Use --print-all-%s to print all %d lines\n", header, kind, n)
	}
}

// list draws fail2ban-regex's little tree.
func list(w io.Writer, header string, rows []string) {
	if len(rows) == 0 {
		return
	}
	if header != "" {
		fmt.Fprintf(w, "|- %s\n", header)
	}
	fmt.Fprintf(w, "|  %s\n`-\n", strings.Join(rows, "\n|  "))
}

// visible keeps what an attacker wrote into a log from steering the terminal, or turning around what stands on it.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && !unicode.IsGraphic(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}

// short cuts a long argument as fail2ban-regex does.
func short(s string) string {
	const most = 53
	if r := []rune(s); len(r) > most {
		return string(r[:most-3]) + "..."
	}
	return s
}
