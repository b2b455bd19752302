package filter

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// differences are the lines of the installed samples on which the built-in filters answer otherwise than
// fail2ban's own, by file and line, and why.
var differences = map[string]string{
	"3proxy:2": zoneRead, "3proxy:4": zoneRead, "3proxy:6": zoneRead,
	"nginx-http-auth:14": "a user's name with two failures in it: nginx writes name and referrer as they come, so nothing tells which is the true address",
	"pam-generic:23":     "a user's name that holds rhost=: the line is not believed",
	"sshd:144":           lastAddress, "sshd-journal:145": lastAddress,
}

const lastAddress = "what follows the address could be the peer's method or its user's name: as everywhere, the last address counts"

const zoneRead = "the line names its time zone, which we read and fail2ban does not"

// TestInstalledSamplesBuiltin runs the built-in filters over the annotated samples of the installed
// fail2ban: every filter is there, and every line gives what fail2ban's own tests expect but for those
// listed.
func TestInstalledSamplesBuiltin(t *testing.T) {
	confs, err := filepath.Glob(filepath.Join(installed, "filter.d", "*.conf"))
	if err != nil || len(confs) < 80 {
		t.Fatalf("%d filters in %s: is the package fail2ban whole?", len(confs), installed)
	}
	seen := map[string]bool{}
	lines := 0
	for _, conf := range confs {
		base := filepath.Base(conf)
		if _, err := builtin.Open("builtin/filter.d/" + base); err != nil {
			t.Errorf("no built-in %s", base)
			continue
		}
		name := base[:len(base)-len(".conf")]
		if _, err := os.Stat(filepath.Join(sampleLogs, name)); err != nil {
			continue
		}
		t.Run(name, func(t *testing.T) {
			for _, g := range readSamples(t, name) {
				lines += len(g.samples)
				runBuiltin(t, name, g, seen)
			}
		})
	}
	for where := range differences {
		if !seen[where] {
			t.Errorf("%s is listed as a difference and is none", where)
		}
	}
	if lines < 1000 || len(differences)*100 > lines {
		t.Errorf("%d lines were seen and %d differ", lines, len(differences))
	}
}

// runBuiltin runs a group of samples and notes the lines that differ.
func runBuiltin(t *testing.T, name string, g *group, seen map[string]bool) {
	zone, err := time.LoadLocation("Europe/Zurich")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2005, 8, 14, 12, 0, 0, 0, zone)
	f, err := Load(g.spec(name), Options{Usedns: "raw", Location: zone, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range g.samples {
		l := Line{Text: s.line}
		if g.options["logtype"] == "journal" {
			l = Line{Text: g.options["test.prefix-line"] + s.line, Time: now}
		}
		r := f.Process(l)
		if c := s.want.Constraint; c != "" && !holds(t, c, name, g.options) {
			continue
		}
		problem := compare(r.Matches, s.want, zone)
		switch {
		case problem == "":
		case differences[s.where] != "":
			seen[s.where] = true
		default:
			t.Errorf("%s %s: %s\n\t%s", g.spec(name), s.where, problem, s.line)
		}
	}
}
