package action

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"f2b/lib/config"
	"f2b/lib/firewall"
)

// DefaultDirs are where actions are looked for, in their folder action.d, behind the folders that a user names.
var DefaultDirs = []string{"/etc/f2b", "/etc/fail2ban"}

// Locate finds an action that a user wrote, iptables-sip[name=ASTERISK, protocol=all] or /etc/x/mine.conf, and gives it back
// with the path of its file, so that it means the same to every process that enforces or ends a ban. more are
// arguments for those of the action's parameters that it gives no value to.
func Locate(dirs []string, spec string, more ...config.Arg) (string, error) {
	name, args, err := config.ParseName(spec)
	if err != nil {
		return "", fmt.Errorf("action %w", err)
	}
	base, err := find(dirs, name)
	if err != nil {
		return "", err
	}
	for _, a := range more {
		given := slices.ContainsFunc(args, func(b config.Arg) bool { return strings.EqualFold(a.Name, b.Name) })
		if !given {
			args = append(args, a)
		}
	}
	found := base + written(args)
	_, err = load(found, "default", nil)
	return found, err
}

// written gives arguments as config.ParseName reads them.
func written(args []config.Arg) string {
	if len(args) == 0 {
		return ""
	}
	words := make([]string, len(args))
	for i, a := range args {
		mark := `"`
		if strings.Contains(a.Value, mark) {
			mark = `'` // a value holds one kind of quotes at most, or it was not in any and has no separators
		}
		if strings.Contains(a.Value, `"`) && strings.Contains(a.Value, `'`) {
			mark = ""
		}
		words[i] = a.Name + "=" + mark + a.Value + mark
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// find gives the path of an action's files without ".conf".
func find(dirs []string, name string) (string, error) {
	if strings.Contains(name, "/") {
		base, err := filepath.Abs(strings.TrimSuffix(name, ".conf"))
		if err == nil && !exists(base) {
			err = fmt.Errorf("action %s: there is no file %s.conf", name, base)
		}
		return base, err
	}
	dirs = slices.Concat(dirs, DefaultDirs)
	for _, dir := range dirs {
		base, err := filepath.Abs(filepath.Join(dir, "action.d", strings.TrimSuffix(name, ".conf")))
		if err != nil {
			return "", err
		}
		if exists(base) {
			return base, nil
		}
		if _, err := fs.Stat(config.OS, base+".py"); err == nil {
			return "", fmt.Errorf("action %s: %s.py is written in Python: only .conf actions can be run", name, base)
		}
	}
	return "", fmt.Errorf("action %s: no action.d/%s.conf in %s: try -config DIR", name, name, strings.Join(dirs, ", "))
}

func exists(base string) bool {
	for _, end := range []string{".conf", ".local"} {
		if _, err := fs.Stat(config.OS, base+end); err == nil {
			return true
		}
	}
	return false
}

// A definition is an action as its files and arguments define it for one jail.
type definition struct {
	*config.Definition
	file    string // without its folder and ".conf"
	timeout time.Duration
	scripts map[string]*script // those that were used, by command and family
}

// commands are those that an action may have.
var commands = []string{"actionstart", "actionstop", "actionflush", "actioncheck", "actionrepair", "actionban", "actionprolong", "actionreban", "actionunban"}

// defaultTimeout is how long a command may take, as fail2ban has it.
const defaultTimeout = time.Minute

// load reads an action. spec is what Locate gave; jail is part of what the scripts are made of, so it is no foreign text.
func load(spec, jail string, around []config.Arg) (*definition, error) {
	base, args, err := config.ParseName(spec)
	if err != nil {
		return nil, fmt.Errorf("action %w", err)
	}
	c, err := config.Read(config.OS, base)
	if err != nil {
		return nil, fmt.Errorf("action: %w", err)
	}
	d := &definition{file: filepath.Base(base), timeout: defaultTimeout, scripts: map[string]*script{}}
	if d.Definition, err = c.Action(d.file, jail, args, around...); err != nil {
		return nil, fmt.Errorf("action: %w", err)
	}
	if text, ok := d.Get("timeout"); ok {
		seconds, err := config.ParseDuration(text)
		if err != nil || seconds <= 0 {
			return nil, fmt.Errorf("action %s: timeout: %q is no time", d.file, text)
		}
		d.timeout = time.Duration(seconds) * time.Second
	}
	return d, d.compileAll()
}

// compileAll finds the commands that cannot be run safely before they are needed.
func (d *definition) compileAll() error {
	var errs []error
	for _, family := range d.families() {
		for _, command := range commands {
			if _, err := d.script(command, family); err != nil {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(slices.CompactFunc(errs, func(a, b error) bool { return a.Error() == b.Error() })...)
}

// script makes a command ready for a family. A command that does nothing is nil.
func (d *definition) script(command, family string) (*script, error) {
	key := command + "?" + family
	if s, done := d.scripts[key]; done {
		return s, nil
	}
	text := d.text(command, family)
	if text == "" {
		return nil, nil
	}
	s, err := compile(text)
	if err != nil {
		pos := d.Origin(command)
		return nil, fmt.Errorf("%s:%d: action %s: %s: %w", pos.File, pos.Line, d.file, command, err)
	}
	d.scripts[key] = s
	return s, nil
}

// text is a command as it is for a family, apart from what only a ban knows.
func (d *definition) text(command, family string) string {
	condition := ""
	if family != "" {
		condition = "family=" + family
	}
	text, _ := d.GetFor(command, condition)
	return strings.TrimSpace(plainTags.Replace(text))
}

// families are those that the action tells apart, or the empty one when it does not.
func (d *definition) families() []string {
	for _, condition := range d.Conditions() {
		if strings.HasPrefix(condition, "family=") {
			return []string{"inet4", "inet6"}
		}
	}
	return []string{""}
}

// flag reads an option that says yes or no.
func (d *definition) flag(option string, otherwise bool) bool {
	text, ok := d.Get(option)
	if !ok || strings.TrimSpace(text) == "" {
		return otherwise
	}
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "1", "on", "true", "yes":
		return true
	}
	return false
}

// jailName is what a jail is called in scripts. Its name may come from an event, so whatever could mean something to a shell or
// to a program is taken out of it; two jails never share one.
func jailName(jail string) string {
	safe := firewall.SafeName(jail, 64)
	if strings.Trim(safe[:1], "-.") == "" { // no option, no other folder
		safe = "_" + firewall.SafeName(jail+"/", 63)
	}
	return strings.ReplaceAll(safe, "/", "_")
}
