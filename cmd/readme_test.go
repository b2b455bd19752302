package cmd_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// shown is a command that README.md shows, and what it says the command prints.
type shown struct{ command, output string }

// console takes the commands out of the console blocks of a page: "$ command" lines, each with its output behind it.
func console(page string) (all []shown) {
	inside := false
	for line := range strings.Lines(page) {
		switch command, isCommand := strings.CutPrefix(line, "$ "); {
		case !inside:
			inside = line == "```console\n"
		case line == "```\n":
			inside = false
		case isCommand:
			all = append(all, shown{command: strings.TrimSuffix(command, "\n")})
		case len(all) > 0:
			all[len(all)-1].output += line
		}
	}
	return all
}

// TestReadme runs what README.md shows, and holds what is printed against what it says is printed. What the commands say
// to people, on standard error, is left out there.
func TestReadme(t *testing.T) {
	page, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	commands := console(string(page))
	if len(commands) < 5 {
		t.Errorf("only %d commands in the console blocks", len(commands))
	}
	for _, c := range commands {
		cmd := exec.Command("sh", "-c", c.command)
		cmd.Dir = ".."
		output, _ := cmd.Output() // status 1 is an answer too
		if got := string(output); got != c.output || got == "" {
			t.Errorf("$ %s\nprints\n%sand README.md says\n%s", c.command, got, c.output)
		}
	}
}

// TestDemo runs the demonstration, and wants to see the two addresses that fail twice banned, and no other.
func TestDemo(t *testing.T) {
	output, err := exec.Command("../scripts/demo").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	_, banning, found := strings.Cut(string(output), "f2b-ban bans.")
	if !found {
		t.Fatalf("nothing is banned in\n%s", output)
	}
	for _, want := range []string{
		`{"v":1,"type":"banned","time":"2026-03-01T10:02:30Z","ip":"192.0.2.8",`,
		`{"v":1,"type":"banned","time":"2026-03-01T10:05:02Z","ip":"2001:db8::bad",`,
		"\n192.0.2.8 after 2 failures\n", "\n2001:db8::bad after 2 failures\n",
		"f2b-ban: would ban 192.0.2.8 ",
	} {
		if !strings.Contains(banning, want) {
			t.Errorf("the demonstration does not show %s", want)
		}
	}
	if strings.Contains(banning, `"ip":"203.0.113.90"`) {
		t.Error("the demonstration bans an address that failed once")
	}
	if t.Failed() {
		t.Logf("%s", output)
	}
}
