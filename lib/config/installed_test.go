package config

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// argumentSets are those with which the sample logs of fail2ban are read, and what jails give.
var argumentSets = [][][2]string{
	nil,
	{{"mode", "normal"}}, {{"mode", "aggressive"}}, {{"mode", "ddos"}}, {{"mode", "extra"}}, {{"mode", "auth"}}, {{"mode", "errors"}},
	{{"mode", "fallback"}}, {{"mode", "rbl"}}, {{"mode", "more"}}, {{"mode", "agressive"}}, {{"Mode", "aggressive"}},
	{{"logtype", "file"}}, {{"logtype", "short"}}, {{"logtype", "journal"}}, {{"logtype", "rfc5424"}},
	{{"logtype", "journal"}, {"mode", "extra"}}, {{"logging", "syslog"}}, {{"logging", "webapp"}},
	{{"publickey", "invalid"}}, {{"publickey", "any"}}, {{"publickey", "ignore"}},
	{{"failregex", "^x <HOST>$"}, {"maxlines", "3"}, {"datepattern", "%Y"}, {"journalmatch", "A=1"}, {"ignoreregex", "a\n  b"}},
	{{"prefregex", "^<known/prefregex>"}, {"__prefix_line", "PRE <_daemon>"}},
}

// jailOptions are what a jail may have around its filter and actions.
var jailOptions = [][2]string{
	{"logpath", "/var/log/a.log"}, {"bantime", "1h"}, {"findtime", "10m"}, {"maxretry", "5"}, {"ignoreip", "192.0.2.0/24"}, {"backend", "auto"},
	{"failregex", "^jail <HOST>$"}, {"usedns", "no"}, {"action", "iptables"}, {"mode", "normal"}, {"_daemon", "of the jail"},
}

func TestInstalledFilters(t *testing.T) {
	var jobs []job
	for _, name := range installedNames(t, "filter.d") {
		for _, args := range argumentSets {
			jobs = append(jobs, job{Kind: "filter", Base: installed, Name: name, Args: args})
		}
		for _, args := range argumentSets[:3] {
			jobs = append(jobs,
				job{Kind: "filter", Base: installed, Name: name, Args: args, Twice: true},
				job{Kind: "filter", Base: installed, Name: name, Args: args, Around: jailOptions},
				job{Kind: "filter", Base: installed, Name: name, Args: args, Backend: "systemd"})
		}
	}
	compared := 0
	for i, a := range ask(t, jobs) {
		compared += compareFilter(t, jobs[i], a)
	}
	t.Logf("%d filters with their arguments, %d options", len(jobs), compared)
}

// compareFilter holds every option that fail2ban gives a filter against ours.
func compareFilter(t *testing.T, j job, a answer) (compared int) {
	d, err := openFilter(j)
	if a.Error != "" || err != nil {
		if !bothRefuse(a, err) {
			t.Errorf("%s %v: got error %v, fail2ban says %q", j.Name, j.Args, err, a.Error)
		}
		return 0
	}
	for option, want := range decode[map[string]*string](t, a) {
		compared++
		if got, ok := d.Get(option); want != nil && (!ok || got != *want) {
			t.Errorf("%s %v %s:\n got %q (%v)\nwant %q", j.Name, j.Args, option, got, ok, *want)
		}
	}
	return compared
}

func openFilter(j job) (*Definition, error) {
	c, err := Read(OS, j.Base+"/filter.d/"+j.Name)
	if err != nil {
		return nil, err
	}
	logtype := "file"
	if j.Backend == "systemd" {
		logtype = "journal"
	}
	return c.Definition(c.WithLogtype(arguments(j.Args), logtype), arguments(j.Around)...)
}

// bothRefuse tells whether two errors agree. A file without [Definition] is an error of ours; fail2ban
// goes on with an empty filter, which no jail can use.
func bothRefuse(a answer, err error) bool {
	if err != nil && strings.Contains(err.Error(), "no section [Definition]") {
		return true
	}
	return a.Error != "" && err != nil
}

// actionArguments are those that jail.conf gives, and some that replace what has a condition.
var actionArguments = [][][2]string{
	nil,
	{{"port", "ssh"}, {"protocol", "tcp"}, {"chain", "<known/chain>"}},
	{{"name", "other"}, {"blocktype", "DROP"}, {"actname", "an-action"}},
	{{"type", "multiport"}, {"dest", "root@example.com"}, {"sender", "f2b@example.com"}, {"logpath", "/var/log/a /var/log/b"}},
	{{"actionban", "<iptables> -A <chain> <ip> <matches> <actionunban>"}, {"ipsettime", "<timeout-bantime>"}},
}

func TestInstalledActions(t *testing.T) {
	var jobs []job
	for _, name := range installedNames(t, "action.d") {
		for _, args := range actionArguments {
			// What only the server has, and what it makes of a number of seconds, is no text of ours.
			j := job{Kind: "action", Base: installed, Name: name, Args: args, Skip: []string{"timeout"}}
			jobs = append(jobs, j)
			j.Around = jailOptions
			jobs = append(jobs, j)
		}
	}
	compared := 0
	for i, a := range ask(t, jobs) {
		compared += compareAction(t, jobs[i], a)
	}
	t.Logf("%d actions with their arguments, %d options", len(jobs), compared)
}

// compareAction holds every command and parameter of an action against fail2ban's, for each family.
func compareAction(t *testing.T, j job, a answer) (compared int) {
	var d *Definition
	c, err := Read(OS, j.Base+"/action.d/"+j.Name)
	if err == nil {
		d, err = c.Action(j.Name, "jail", arguments(j.Args), arguments(j.Around)...)
	}
	if a.Error != "" || err != nil {
		if !bothRefuse(a, err) {
			t.Errorf("%s %v: got error %v, fail2ban says %q", j.Name, j.Args, err, a.Error)
		}
		return 0
	}
	for family, options := range decode[map[string]map[string]string](t, a) {
		condition := ""
		if family != "" {
			condition = "family=" + family
		}
		for option, want := range options {
			if strings.Contains(want, "<") && !slices.Contains(actionOptions, option) {
				continue // fail2ban replaces <known/x> and the like in commands only, we do in parameters too
			}
			compared++
			got, _ := d.GetFor(option, condition)
			if unquoteBool(got) != unquoteBool(want) && got != further(t, d, want, condition) {
				t.Errorf("%s %v %s %s:\n got %q\nwant %q", j.Name, j.Args, option, family, got, want)
			}
		}
	}
	return compared
}

// further replaces the tags that fail2ban leaves in a command. It replaces an option that has a condition at the moment of the ban
// only, and what stands in it is then looked up among the action's parameters, no longer in [Definition] or other sections.
func further(t *testing.T, d *Definition, text, condition string) string {
	x := expander{d: d, condition: condition, budget: new(budget), missing: map[string]bool{}}
	out, err := x.write(nil, text, &value{text: text}, 0)
	if err != nil {
		t.Errorf("%q: %v", text, err)
	}
	return string(out)
}

// unquoteBool undoes that fail2ban makes True of an option's 1 or yes.
func unquoteBool(s string) string {
	switch strings.ToLower(s) {
	case "1", "on", "true", "yes":
		return "True"
	case "0", "off", "false", "no":
		return "False"
	}
	return s
}

func TestInstalledJails(t *testing.T) {
	a := ask(t, []job{{Kind: "jail", Base: installed}})[0]
	if a.Error != "" {
		t.Fatal(a.Error)
	}
	c, err := Read(OS, installed+"/jail")
	if err != nil {
		t.Fatal(err)
	}
	compared := compareJails(t, c, decode[map[string]map[string]*string](t, a), installed)
	t.Logf("%d options", compared)
}

func compareJails(t *testing.T, c *Config, want map[string]map[string]*string, base string) (compared int) {
	around := []Arg{{"fail2ban_version", "1"}, {"fail2ban_confpath", base}}
	for section, options := range want {
		for option, want := range options {
			compared++
			got, ok, err := c.Get(section, option, around...)
			switch {
			case want == nil && err == nil:
				t.Errorf("[%s] %s: got %q, fail2ban refuses it", section, option, got)
			case want != nil && (err != nil || !ok || got != *want):
				t.Errorf("[%s] %s:\n got %q, %v, %v\nwant %q", section, option, got, ok, err, *want)
			}
		}
	}
	if len(want) != len(c.Sections())+1 {
		t.Errorf("%d sections, fail2ban has %d with DEFAULT", len(c.Sections()), len(want))
	}
	return compared
}

func TestInstalledJailsEnabled(t *testing.T) {
	c, err := Read(OS, installed+"/jail")
	if err != nil {
		t.Fatal(err)
	}
	var jobs []job
	for _, name := range c.Sections() {
		jobs = append(jobs, job{Kind: "enabled", Base: installed, Name: name})
	}
	for i, a := range ask(t, jobs) {
		compareEnabled(t, c, jobs[i], a)
	}
}

// compareEnabled reads a jail as a jail's reader would: first the filter, then the options with what is known of it.
func compareEnabled(t *testing.T, c *Config, j job, a answer) {
	options, err := enable(c, j)
	if (a.Error != "") != (err != nil) {
		t.Errorf("[%s]: got error %v, fail2ban says %q", j.Name, err, a.Error)
		return
	}
	if a.Error != "" {
		return
	}
	for option, want := range decode[map[string]*string](t, a) {
		if want == nil {
			continue
		}
		got, _, err := options(option)
		if err != nil || unquoteBool(got) != unquoteBool(*want) {
			t.Errorf("[%s] %s:\n got %q, %v\nwant %q", j.Name, option, got, err, *want)
		}
	}
}

func enable(c *Config, j job) (options func(string) (string, bool, error), err error) {
	around := []Arg{{"fail2ban_version", "1.0.2"}, {"fail2ban_confpath", j.Base}}
	text, _, err := c.Get(j.Name, "filter", around...)
	if err != nil {
		return nil, err
	}
	name, args, err := ParseName(text)
	if err != nil {
		return nil, err
	}
	f, err := Read(OS, j.Base+"/filter.d/"+name)
	if err != nil {
		return nil, err
	}
	d, err := f.Definition(f.WithLogtype(args, "file"))
	if err != nil {
		return nil, err
	}
	around = append(around, d.Known()...)
	return func(option string) (string, bool, error) { return c.Get(j.Name, option, around...) }, nil
}

func installedNames(t *testing.T, folder string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(installed, folder, "*.conf"))
	if err != nil || len(paths) < 50 {
		t.Fatalf("%d files in %s: %v", len(paths), folder, err)
	}
	for i := range paths {
		paths[i] = strings.TrimSuffix(filepath.Base(paths[i]), ".conf")
	}
	return paths
}
