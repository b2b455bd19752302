package source

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"f2b/lib/bounds"
)

func TestMatch(t *testing.T) {
	const ssh = `{"_SYSTEMD_UNIT":"sshd.service","_COMM":"sshd","PRIORITY":"6","OBJ":["a","b"]}`
	tests := []struct {
		match string
		want  bool
	}{
		{"", true},
		{"\n  \n", true},
		{"+", true},
		{"_COMM=sshd", true},
		{"_COMM=ssh", false},
		{"_comm=sshd + _COMM=x", false},
		{"_COMM=sshd PRIORITY=6", true},
		{"_COMM=sshd PRIORITY=7", false},
		{"_COMM=cron _COMM=sshd", true},
		{"_COMM=cron _COMM=sshd PRIORITY=7", false},
		{"_COMM=cron + _COMM=sshd", true},
		{"_COMM=cron + PRIORITY=7", false},
		{"+ + _COMM=sshd +", true},
		{"_COMM=cron\n\n_SYSTEMD_UNIT=sshd.service", true},
		{"OBJ=b", true},
		{"OBJ=c", false},
		{"MISSING=", false},
		{`_COMM="sshd"`, true},
		{`'_COMM=sshd'`, true},
		{`_COMM=ss\hd`, true},
		{`_COMM="ss\hd"`, false},
	}
	for _, test := range tests {
		m, err := ParseMatch(test.match)
		if strings.HasPrefix(test.match, "_comm") {
			if err == nil {
				t.Errorf("%q: no error", test.match)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", test.match, err)
			continue
		}
		all, said := readEntries(t, ssh, Options{Match: m})
		if len(said) > 0 || (len(all) == 1) != test.want {
			t.Errorf("%q: %d lines, said %q", test.match, len(all), said)
		}
	}
}

func TestMatchArgs(t *testing.T) {
	tests := []struct {
		match string
		want  []string
	}{
		{"", nil},
		{"A=1 B=2 + C=3", []string{"A=1", "B=2", "+", "C=3"}},
		{"A=1\nB=2", []string{"A=1", "+", "B=2"}},
		{"A=1 B=2 A=3 A=1", []string{"A=1", "A=3", "B=2"}},
		{"A=1 + A=1", []string{"A=1"}},
		{"A=x=y 'B=c d'", []string{"A=x=y", "B=c d"}},
	}
	for _, test := range tests {
		m, err := ParseMatch(test.match)
		if err != nil || !slices.Equal(m.Args(), test.want) || m.All() != (test.want == nil) || m.String() != strings.Join(test.want, " ") {
			t.Errorf("%q: %q, %v", test.match, m.Args(), err)
		}
	}
}

func TestMatchErrors(t *testing.T) {
	for in, want := range map[string]string{
		"sshd":           `journalmatch: "sshd" is no FIELD=value`,
		"=x":             `"=x" is no FIELD=value`,
		"unit=x":         `"unit=x" is no FIELD=value`,
		"__CURSOR=x":     `"__CURSOR=x" is no FIELD=value`,
		"/usr/sbin/sshd": `is no FIELD=value`,
		"A=1 | B=2":      `"|" is no FIELD=value`,
		`A="x`:           `journalmatch "A=\"x": a quote " is not closed`,
		"A=1\n  B=2 '":   `journalmatch "B=2 '": a quote ' is not closed`,
		"A=1\\":          `nothing after the backslash`,
	} {
		if _, err := ParseMatch(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", in, err, want)
		}
	}
}

func TestAnyOf(t *testing.T) {
	one, _ := ParseMatch("A=1 + B=2")
	two, _ := ParseMatch("B=2 + C=3")
	if got := AnyOf(one, two).String(); got != "A=1 + B=2 + C=3" {
		t.Errorf("got %q", got)
	}
	if !AnyOf(one, Match{}).All() {
		t.Error("with one that wants all, all is wanted")
	}
}

// TestJournalctlTakesArgs gives the words to journalctl itself, on a journal without entries.
func TestJournalctlTakesArgs(t *testing.T) {
	m, err := ParseMatch("_SYSTEMD_UNIT=sshd.service + _COMM=sshd _COMM=ssh\nPRIORITY=1")
	if err != nil {
		t.Fatal(err)
	}
	args := append([]string{"--directory=" + t.TempDir(), "-q", "-o", "json"}, m.Args()...)
	if out, err := exec.Command("journalctl", args...).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("journalctl %q: %v: %s", args, err, out)
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("A=1 B=2 + C=3\nD='x y' \"E=\\\"\"")
	f.Add("A=\\")
	f.Fuzz(func(t *testing.T, text string) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		m, err := ParseMatch(text)
		if err != nil {
			return
		}
		for i, word := range m.Args() {
			if word != "+" && !strings.Contains(word, "=") {
				t.Errorf("word %d of %q is %q", i, text, word)
			}
		}
		if len(AnyOf(m, m).groups) > len(m.groups) {
			t.Errorf("%q twice is more than once", text)
		}
	})
}
