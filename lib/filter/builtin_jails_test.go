package filter

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"f2b/lib/config"
	"f2b/lib/firewall"
	"f2b/lib/jail"
	"f2b/lib/source"
)

// builtinJails reads the built-in jails as on a machine without any configuration. journal has those that can read the journal do so.
func builtinJails(t *testing.T, journal bool) *jail.Config {
	t.Helper()
	c, err := jail.Read(jail.Options{Dirs: []string{t.TempDir()}, Builtin: Builtin(), Journal: func(s jail.Sources) bool {
		return journal && s.Journalmatch != ""
	}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestBuiltinJails makes every built-in jail by itself, reading its logs and, where its filter is fit for that, the journal. Nothing
// is odd about any, none is on, and each built-in filter has at least one.
func TestBuiltinJails(t *testing.T) {
	files, journal := builtinJails(t, false), builtinJails(t, true)
	for _, w := range files.Warnings() {
		t.Error(w)
	}
	if on, err := files.Enabled(); err != nil || len(on) > 0 {
		t.Errorf("these are on: %q (%v)", on, err)
	}
	used := map[string]bool{}
	for _, name := range files.Names() {
		t.Run(name, func(t *testing.T) {
			m := checkMatching(t, files, name)
			used[m.FilterName] = true
			checkLogs(t, m)
			if m.Journalmatch() != "" {
				checkJournal(t, checkMatching(t, journal, name))
			}
			checkDecisions(t, files, name)
		})
	}
	for _, name := range builtinNames(t) {
		if !used[name] {
			t.Errorf("no jail has the filter %s", name)
		}
	}
}

func checkMatching(t *testing.T, c *jail.Config, name string) *jail.Matching {
	t.Helper()
	m, err := c.Matching(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range m.Warnings {
		t.Error(w)
	}
	if !strings.HasPrefix(m.FilterFile, "<built-in>/") {
		t.Errorf("the filter is %s, no built-in one", m.FilterFile)
	}
	f, err := New(m.FilterName, m.FilterFile, m, Options{Journal: m.Journal, Report: func(err error) { t.Error(err) }})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.failregex) == 0 {
		t.Error("there is no failregex")
	}
	return m
}

func checkLogs(t *testing.T, m *jail.Matching) {
	if len(m.Logpath) == 0 {
		t.Error("there is no log")
	}
	for i, log := range m.Logpath {
		if _, err := filepath.Match(log.Glob, ""); err != nil || !filepath.IsAbs(log.Glob) {
			t.Errorf("logpath %s is no absolute path or pattern", log.Glob)
		}
		if slices.Contains(m.Logpath[:i], log) {
			t.Errorf("logpath %s is there twice", log.Glob)
		}
	}
}

func checkJournal(t *testing.T, m *jail.Matching) {
	if !m.Journal {
		t.Error("it does not read the journal")
	}
	if _, err := source.ParseMatch(m.Journalmatch()); err != nil {
		t.Error(err)
	}
}

// checkDecisions looks at how the jail counts and bans. One that names no ports bans from all of them, and says so.
func checkDecisions(t *testing.T, c *jail.Config, name string) {
	if _, err := c.Counting(name); err != nil {
		t.Error(err)
	}
	b, err := c.Banning(name)
	if err != nil || len(b.Actions) != 1 {
		t.Fatalf("%d actions (%v)", len(b.Actions), err)
	}
	a := b.Actions[0]
	n, ok := a.Native()
	if lets := strings.Contains(a.Text, `blocktype="RETURN"`); lets == ok {
		t.Errorf("%s: known to the firewall: %v", a.Text, ok)
	}
	i := slices.IndexFunc(a.Args, func(arg config.Arg) bool { return arg.Name == "port" })
	ports, err := firewall.ParsePorts(a.Args[i].Value)
	if err != nil {
		t.Error(err)
	}
	if all := strings.HasSuffix(a.Name, "-allports"); all != (len(ports) == 0) || ok && all != (n.Port == "") {
		t.Errorf("%s bans from %v", a.Text, ports)
	}
}

// TestBuiltinJailNames holds the names against those of the installed fail2ban: a jail.local of its jails switches the same ones on.
func TestBuiltinJailNames(t *testing.T) {
	theirs, err := jail.Read(jail.Options{Dirs: []string{"/etc/fail2ban"}})
	if err != nil {
		t.Fatalf("fail2ban's jails: %v (apt-get install fail2ban)", err)
	}
	if n := len(theirs.Names()); n < 80 {
		t.Errorf("fail2ban has only %d jails", n)
	}
	ours := builtinJails(t, false)
	for _, name := range theirs.Names() {
		own, err := ours.Matching(name)
		if err != nil {
			t.Error(err)
			continue
		}
		// A jail whose log fail2ban leaves to the administrator is an error, and no filter is known.
		if m, err := theirs.Matching(name); err == nil && own.FilterName != m.FilterName {
			t.Errorf("[%s] has the filter %s, not %s", name, own.FilterName, m.FilterName)
		}
	}
}

// TestFakeGooglebot asks the jail's ignorecommand about the true crawler and about those who only have one half of its names. DNS is
// a program of the test's.
func TestFakeGooglebot(t *testing.T) {
	const getent = `#!/bin/sh
case "$*" in
'hosts 192.0.2.1') echo '192.0.2.1 crawl-192-0-2-1.googlebot.com';;
'hosts 192.0.2.2') echo '192.0.2.2 crawl-192-0-2-1.googlebot.com';;
'hosts 192.0.2.3') echo '192.0.2.3 crawl.googlebot.com.example.org';;
'hosts 2001:db8::1') echo '2001:db8::1 crawl-192-0-2-1.googlebot.com';;
'ahosts crawl-192-0-2-1.googlebot.com') printf '192.0.2.1 STREAM x\n192.0.2.1 DGRAM\n2001:db8::1 STREAM\n';;
'ahosts crawl.googlebot.com.example.org') echo '192.0.2.3 STREAM';;
*) exit 2;;
esac
`
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "getent"), []byte(getent), 0o755); err != nil {
		t.Fatal(err)
	}
	k, err := builtinJails(t, false).Counting("apache-fakegooglebot")
	if err != nil {
		t.Fatal(err)
	}
	for ip, want := range map[string]bool{"192.0.2.1": true, "2001:db8::1": true, "192.0.2.2": false, "192.0.2.3": false, "192.0.2.4": false} {
		cmd := exec.Command("/bin/sh", "-c", strings.ReplaceAll(k.Ignorecommand, "<ip>", ip))
		cmd.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"))
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		if err := cmd.Run(); (err == nil) != want || said.Len() > 0 {
			t.Errorf("%s: %v %q, want ignored %v", ip, err, &said, want)
		}
	}
}
