package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestRegexPrintsAsFail2ban runs f2b-regex and the installed fail2ban-regex over every sample log with its
// filter, and compares what they print: the heading, all counts, the hits of every pattern and date, and
// the missed and ignored lines. The differences that are meant:
//   - The time it took, and the two lines that say how many were matched in it.
//   - The names of the date formats are written in our own words; their hits are compared.
//   - A look-behind that changes nothing is left out of the expanded <HOST>.
//   - fail2ban-regex does not read a last line without its newline; here every log gets one.
//   - fail2ban-regex resolves host names by default: both are told -usedns no.
//   - Where nothing matched we say what was closest.
func TestRegexPrintsAsFail2ban(t *testing.T) {
	const logs = "/usr/lib/python3/dist-packages/fail2ban/tests/files/logs"
	paths, _ := filepath.Glob(logs + "/*")
	compared := 0
	for _, path := range paths {
		name := filepath.Base(path)
		if info, err := os.Stat("/etc/fail2ban/filter.d/" + name + ".conf"); err != nil || info.IsDir() {
			continue
		}
		for _, spec := range specs(name) {
			compared++
			t.Run(spec, func(t *testing.T) {
				t.Parallel()
				compareRegex(t, path, spec)
			})
		}
	}
	if compared < 90 {
		t.Fatalf("only %d logs were compared: Debian's package fail2ban brings them", compared)
	}
}

// specs lists the options under which a filter is compared.
func specs(name string) []string {
	switch name {
	case "sshd":
		return []string{"sshd", "sshd[mode=ddos]", "sshd[mode=extra]", "sshd[mode=aggressive]", "sshd[logtype=rfc5424]"}
	case "postfix":
		return []string{"postfix", "postfix[mode=auth]", "postfix[mode=more]", "postfix[mode=rbl]", "postfix[mode=aggressive]"}
	case "dovecot":
		return []string{"dovecot", "dovecot[mode=aggressive]"}
	case "apache-auth", "proftpd", "named-refused":
		return []string{name, name + "[logtype=short]"}
	}
	return []string{name}
}

func compareRegex(t *testing.T, path, spec string) {
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(log, append(data, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"-c", "/etc/fail2ban", "--usedns", "no", "--print-all-missed", "--print-all-ignored", log, spec}
	want := layout(output(t, "fail2ban-regex", args))
	have := layout(output(t, "f2b-regex", args))
	if !slices.Equal(have, want) {
		for i := range max(len(have), len(want)) {
			if a, b := at(want, i), at(have, i); a != b {
				t.Fatalf("line %d\n fail2ban-regex: %s\n      f2b-regex: %s", i+1, a, b)
			}
		}
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}

// output runs a command; the exit status 1 of f2b-regex says that no line matched.
func output(t *testing.T, name string, args []string) string {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "TZ=Europe/Zurich", "LC_ALL=C.UTF-8")
	out, err := cmd.Output()
	if exit, ok := err.(*exec.ExitError); err != nil && (!ok || exit.ExitCode() != 1 || len(out) == 0) {
		t.Fatalf("%s %q: %v", name, args, err)
	}
	return string(out)
}

var (
	dateRow  = regexp.MustCompile(`^(\|  \[\d+\]) .*`)
	timeUsed = regexp.MustCompile(`^\[processed in .*`)
)

// layout leaves out what may differ. The hits of the date formats are put in order: formats that fit
// equally often change places.
func layout(text string) []string {
	var out, dates []string
	inDates := false
	text, _, _ = strings.Cut(text, "\nNothing matched.")
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		switch {
		case strings.Contains(line, "date format"):
			inDates = true
		case inDates && line == "`-":
			slices.Sort(dates)
			out, dates, inDates = append(out, dates...), nil, false
		case inDates:
			dates = append(dates, dateRow.ReplaceAllString(line, "$1"))
			continue
		}
		line = strings.ReplaceAll(line, `(?<=:)`, "")
		out = append(out, timeUsed.ReplaceAllString(line, "[processed]"))
	}
	return out
}
