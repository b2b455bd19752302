package cmd_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var writeFaults = flag.Bool("faults", false, "write the table of faults into SECURITY.md")

// fault is what a test says in its comment of what it does to the tools, and of what has to come of that:
//
//	Fault: what: which. Outcome: what comes of it.
type fault struct {
	what, which, outcome string
	test                 string
}

// TestFaults holds the table of faults in SECURITY.md against the tests that make them.
func TestFaults(t *testing.T) {
	const page, begin, end = "../SECURITY.md", "<!-- faults: begin -->\n", "<!-- faults: end -->\n"
	faults := findFaults(t)
	if len(faults) < 20 {
		t.Fatalf("the tests tell of only %d faults", len(faults))
	}
	source, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(source), begin)
	table, after, okEnd := strings.Cut(rest, end)
	if !ok || !okEnd {
		t.Fatalf("%s has no place for the table", page)
	}
	want := faultTable(faults)
	if table == want {
		return
	}
	if !*writeFaults {
		t.Fatalf("the table in %s is not that of the tests: go test ./cmd -run TestFaults -faults", page)
	}
	if err := os.WriteFile(page, []byte(before+begin+want+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

func faultTable(faults []fault) string {
	table := "| what | fault | outcome | shown by |\n|---|---|---|---|\n"
	for _, f := range faults {
		table += fmt.Sprintf("| %s | %s | %s | %s |\n", f.what, f.which, f.outcome, f.test)
	}
	return table
}

// findFaults reads the tests of all packages and the scripts.
func findFaults(t *testing.T) (faults []fault) {
	t.Helper()
	for _, root := range []string{"../cmd", "../lib"} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(path, ".txtar") {
				return err
			}
			text, err := os.ReadFile(path)
			faults = append(faults, faultsOf(t, strings.TrimPrefix(path, "../"), string(text))...)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	slices.SortFunc(faults, func(a, b fault) int {
		return strings.Compare(a.what+"\n"+a.which, b.what+"\n"+b.which)
	})
	return faults
}

var (
	faultLine = regexp.MustCompile(`(?m)^(//|#) Fault: .*\n(?:(?://|#) [^\n]*\n)*`)
	faultText = regexp.MustCompile(`^Fault: ([^:]+): (.+?)\. Outcome: (.+)\.$`)
	testFunc  = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
)

// faultsOf reads the comments of one file. In Go the test is the function that comes next.
func faultsOf(t *testing.T, path, text string) (faults []fault) {
	t.Helper()
	for _, at := range faultLine.FindAllStringSubmatchIndex(text, -1) {
		comment := strings.ReplaceAll(text[at[0]:at[1]], "\n"+text[at[2]:at[3]]+" ", " ")
		m := faultText.FindStringSubmatch(strings.TrimSpace(strings.TrimPrefix(comment, text[at[2]:at[3]])))
		if m == nil {
			t.Errorf("%s: %q is not of the form Fault: what: which. Outcome: what comes of it.", path, comment)
			continue
		}
		f := fault{what: m[1], which: m[2], outcome: m[3], test: "`" + path + "`"}
		if name := testFunc.FindStringSubmatch(text[at[1]:]); strings.HasSuffix(path, ".go") && name != nil {
			f.test = "`" + filepath.Dir(path) + "` " + name[1]
		}
		faults = append(faults, f)
	}
	return faults
}
