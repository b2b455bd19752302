package cmd_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// completions makes what completes a tool in a shell, as a file.
func completions(t *testing.T, shell, tool string) string {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("../scripts/completion", shell, path)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s in %s: %v", tool, shell, err)
	}
	file := filepath.Join(t.TempDir(), "_"+tool)
	writeFile(t, file, string(text))
	return file
}

// typed are lines as they are typed, up to the tab, and what is offered for each.
var typed = map[string]string{
	"f2b-match -fail":                 "-failregex",
	"f2b-match --unt":                 "--until",
	"f2b-match -input ":               "journal text",
	"f2b-match -usedns w":             "warn",
	"f2b-match dovec":                 "dovecot",
	"f2b-match -show xin":             "xinetd-fail",
	"f2b-ban un":                      "unban",
	"f2b-ban -backend ipt":            "iptables",
	"f2b-ban list -js":                "-json",
	"f2b-ban -bantime-m":              "-bantime-maxtime -bantime-multipliers",
	"f2b-count -max":                  "-max-tracked -maxmatches -maxretry",
	"f2b-regex -print-all-ma":         "-print-all-matched",
	"f2b-mail -dig":                   "-digest",
	"f2b-ban unban -al":               "-all",
	"f2b-ban -protocol tc":            "tcp",
	"f2b-match -jail all -c":          "-check -config",
	"f2b-match sshd -show=pure":       "pure-ftpd",
	"f2b-match -input=j":              "journal",
	"f2b-ban ban 192.0.2.1 -blocktyp": "-blocktype",
}

// TestCompletionInBash has bash complete what is typed.
func TestCompletionInBash(t *testing.T) {
	for line, want := range typed {
		tool, _, _ := strings.Cut(line, " ")
		// As readline has it, "=" is a word of its own.
		words := strings.Split(strings.ReplaceAll(line, "=", " = "), " ")
		script := `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
			"_${1//-/_}"; printf '%s\n' "${COMPREPLY[@]}"`
		got := asked(t, "bash", append([]string{"--norc", "-c", script, "bash", completions(t, "bash", tool)}, words...)...)
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

// TestCompletionInFish does the same with fish, which shows a text behind each.
func TestCompletionInFish(t *testing.T) {
	for line, want := range typed {
		if strings.Contains(line, "--") || strings.Contains(line, "=") { // an old-style option of fish has one dash, and a value behind a blank
			continue
		}
		tool, _, _ := strings.Cut(line, " ")
		var got []string
		for _, offer := range asked(t, "fish", "--no-config", "-c", `source $argv[1]; complete -C $argv[2]`, completions(t, "fish", tool), line) {
			word, _, _ := strings.Cut(offer, "\t")
			got = append(got, word)
		}
		slices.Sort(got)
		if got = slices.Compact(got); strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

// TestCompletionsKnowAllFlags holds what zsh is told, and the flags that bash offers, against the help.
func TestCompletionsKnowAllFlags(t *testing.T) {
	for _, tool := range append(tools(), splices()...) {
		help := helpOptions(t, tool)
		var want []string
		for name := range help {
			if !strings.HasPrefix(name, "no-") {
				want = append(want, "-"+name)
			}
		}
		slices.Sort(want)
		zsh := map[string]bool{}
		script := `_arguments() { print -l -- "$@" }; source $1`
		for _, spec := range asked(t, "zsh", "-f", "-c", script, "zsh", completions(t, "zsh", tool)) {
			if flag, rest, ok := strings.Cut(strings.TrimPrefix(spec, "*"), "["); ok && strings.HasPrefix(spec, "*-") && strings.Contains(rest, "]") {
				zsh[flag] = true
			}
		}
		if got := slices.Sorted(maps.Keys(zsh)); !slices.Equal(got, want) {
			t.Errorf("%s in zsh: %q, want %q", tool, got, want)
		}
	}
}

// asked runs a program and returns its lines.
func asked(t *testing.T, program string, args ...string) []string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Stderr = os.Stderr
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("%s: %v", program, err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}
