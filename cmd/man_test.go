package cmd_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// option is one flag, as the help shows it or as a page describes it.
type option struct {
	short      string
	takesValue bool
	text       string
}

// TestPagesAndFlagsAgree holds each tool's page against its help: the same flags with the same letters, each with a value or
// without, and every default told.
func TestPagesAndFlagsAgree(t *testing.T) {
	for _, tool := range append(tools(), splices()...) {
		t.Run(tool, func(t *testing.T) {
			source, err := os.ReadFile("../man/" + tool + ".1")
			if err != nil {
				t.Fatal(err)
			}
			help, page := helpOptions(t, tool), pageOptions(string(source))
			if len(help) < 2 {
				t.Fatalf("the help has only %d flags", len(help))
			}
			for _, name := range slices.Sorted(maps.Keys(help)) {
				compareOption(t, name, help[name], page)
			}
			for name := range page {
				if _, ok := help[name]; !ok {
					t.Errorf("the page tells of -%s, which is no flag", name)
				}
			}
		})
	}
}

var helpDefault = regexp.MustCompile(`\(default ([^()]*)\)$`)

func compareOption(t *testing.T, name string, want option, page map[string]option) {
	got, ok := page[name]
	switch {
	case !ok:
		t.Errorf("the page says nothing of -%s", name)
		return
	case got.short != want.short || got.takesValue != want.takesValue:
		t.Errorf("-%s is %+v in the help, %+v on the page", name, want, got)
	}
	if m := helpDefault.FindStringSubmatch(want.text); m != nil && m[1] != "true" && !strings.Contains(got.text, m[1]) {
		t.Errorf("the page doesn't tell that -%s is %s by default", name, m[1])
	}
}

// helpOptions reads what -h shows, for the tool and each of its commands.
func helpOptions(t *testing.T, tool string) map[string]option {
	help := output(t, tool, []string{"-h"})
	options := make(map[string]option)
	addHelp(options, help)
	_, commands, found := strings.Cut(help, "\ncommands:\n")
	if found {
		commands, _, _ = strings.Cut(commands, "\n\n")
		for _, m := range regexp.MustCompile(`(?m)^  ([a-z]+)`).FindAllStringSubmatch(commands, -1) {
			addHelp(options, output(t, tool, []string{m[1], "-h"}))
		}
	}
	return options
}

var helpHead = regexp.MustCompile(`^  (?:-(\w), )?-(\[no-\])?([\w-]+)( \S+)?(?:  +(.*))?$`)

// addHelp reads one help page. A flag's text goes on in lines that are indented further.
func addHelp(options map[string]option, help string) {
	_, flags, _ := strings.Cut(help, "\nflags:\n")
	name := ""
	for line := range strings.Lines(flags) {
		line = strings.TrimRight(line, "\n")
		if m := helpHead.FindStringSubmatch(line); m != nil {
			name = m[3]
			options[name] = option{m[1], m[4] != "", m[5]}
			if m[2] != "" {
				options["no-"+name] = option{}
			}
			continue
		}
		o := options[name]
		o.text = strings.TrimSpace(o.text + " " + strings.TrimSpace(line))
		options[name] = o
	}
}

var pageHead = regexp.MustCompile(`^\.It Fl ([\w-]+(?: , (?:Fl )?[\w-]+)*)( (?:Ar|Cm) .*)?$`)

// pageOptions reads the items of a page that are about flags, up to the next item.
func pageOptions(source string) map[string]option {
	options := make(map[string]option)
	var names []string
	for line := range strings.Lines(source) {
		line = strings.TrimRight(line, "\n")
		switch m := pageHead.FindStringSubmatch(line); {
		case m != nil:
			var short string
			names, short = itemNames(m[1])
			for _, name := range names {
				options[name] = option{short: short, takesValue: m[2] != ""}
			}
		case strings.HasPrefix(line, ".It") || strings.HasPrefix(line, ".Sh") || strings.HasPrefix(line, ".Ss"):
			names = nil
		}
		for _, name := range names {
			o := options[name]
			o.text += line + "\n"
			options[name] = o
		}
	}
	return options
}

// itemNames parts the names of an item, such as "F , follow" or "check-all , no-check-all".
func itemNames(item string) (names []string, short string) {
	for name := range strings.SplitSeq(item, " , ") {
		if name = strings.TrimPrefix(name, "Fl "); len(name) == 1 {
			short = name
		} else {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return []string{short}, "" // a flag of one letter
	}
	return names, short
}

// TestPages holds that every page is there, is clean, and has the sections that people look for.
func TestPages(t *testing.T) {
	pages, _ := filepath.Glob("../man/*.[1-8]")
	for _, want := range slices.Concat(tools(), splices(), []string{"f2b-event", "f2b"}) {
		if !slices.ContainsFunc(pages, func(p string) bool { return strings.HasPrefix(filepath.Base(p), want+".") }) {
			t.Errorf("%s has no page", want)
		}
	}
	for _, page := range pages {
		if out, err := exec.Command("mandoc", "-T", "lint", "-W", "warning", page).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", page, err, out)
		}
		source, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		sections := []string{"NAME", "DESCRIPTION", "EXAMPLES", "SEE ALSO"}
		if strings.HasSuffix(page, ".1") {
			sections = append(sections, "SYNOPSIS", "EXIT STATUS")
		}
		for _, section := range sections {
			if !strings.Contains(string(source), "\n.Sh "+section+"\n") {
				t.Errorf("%s has no section %s", page, section)
			}
		}
	}
}

// TestPagesNameRealThings holds the cross references between the pages.
func TestPagesNameRealThings(t *testing.T) {
	pages, _ := filepath.Glob("../man/*.[1-8]")
	reference := regexp.MustCompile(`(?m)^\.Xr (f2b\S*) (\d)`)
	found := 0
	for _, page := range pages {
		source, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range reference.FindAllStringSubmatch(string(source), -1) {
			found++
			if _, err := os.Stat("../man/" + m[1] + "." + m[2]); err != nil {
				t.Errorf("%s refers to %s(%s), which isn't there", page, m[1], m[2])
			}
		}
	}
	if found == 0 {
		t.Error("no page refers to another")
	}
}
