package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// further is a line of a page that goes on with a command: those that it prints stand at the margin, or far in as uniq -c
// puts them.
var further = regexp.MustCompile(`^(  |    )\S`)

// questions takes the commands out of a page as it is shown: "$ command" lines, each with the output behind it.
func questions(t *testing.T, page string) (all []shown) {
	text, err := exec.Command("mandoc", "-T", "ascii", page).Output()
	if err != nil {
		t.Fatal(err)
	}
	const indent = "           "
	inside := false
	for line := range strings.Lines(string(text)) {
		line, isExample := strings.CutPrefix(line, indent)
		command, isCommand := strings.CutPrefix(line, "$ ")
		last := len(all) - 1
		switch {
		case !isExample:
			inside = false
		case isCommand:
			all, inside = append(all, shown{command: command}), true
		case inside && all[last].output == "" && further.MatchString(line):
			all[last].command += line
		case inside:
			all[last].output += line
		}
	}
	return all
}

// TestForensics asks what f2b-forensics(7) asks, word by word, of the logs it speaks of, and wants its answers.
func TestForensics(t *testing.T) {
	dir := t.TempDir()
	script, err := filepath.Abs("testdata/forensics-logs")
	if err != nil {
		t.Fatal(err)
	}
	run := func(name string, args ...string) string {
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Stderr = dir, os.Stderr
		cmd.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C.UTF-8")
		output, err := cmd.Output()
		if err != nil {
			t.Errorf("%s: %v", args, err)
		}
		return string(output)
	}
	run("sh", script)
	asked := questions(t, "../man/f2b-forensics.7")
	if len(asked) < 10 {
		t.Errorf("only %d questions", len(asked))
	}
	for _, q := range asked {
		// On the page there are blanks in the place of tabs.
		got, want := strings.Fields(run("sh", "-c", q.command)), strings.Fields(q.output)
		if len(got) == 0 || strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("$ %s\nprints\n%s\nand the page says\n%s", q.command, strings.Join(got, " "), strings.Join(want, " "))
		}
	}
}
