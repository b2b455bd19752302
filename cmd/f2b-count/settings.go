package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"f2b/lib/cli"
	"f2b/lib/config"
	"f2b/lib/filter/builtin"
	"f2b/lib/jail"
	"f2b/lib/window"
)

// settings are how failures are counted: by the flags that were given, else as the jail says.
type settings struct {
	findtime   config.Duration
	maxretry   int
	maxmatches int
	ignored    *ignoreList
	command    ignoreCommand
}

// unnamedJail is what holds where no jail of jail.conf does: fail2ban's defaults, but nobody is left alone unasked, so that the
// outcome is the same on every machine.
var unnamedJail = &jail.Counting{Findtime: 600, Maxretry: 5, Maxmatches: -1}

// settler puts settings together.
type settler struct {
	io    *cli.IO
	flags *count
	lists map[string]*ignoreList // those made so far: most jails have the same
}

// settle puts the settings of a jail together.
func (s *settler) settle(k *jail.Counting) (*settings, error) {
	c := s.flags
	set := &settings{findtime: k.Findtime, maxretry: k.Maxretry, maxmatches: k.Maxmatches}
	if c.Findtime != nil {
		set.findtime = *c.Findtime
	}
	if c.Maxretry != nil {
		set.maxretry = *c.Maxretry
	}
	if c.Maxmatches != nil {
		set.maxmatches = *c.Maxmatches
	}
	if set.maxmatches < 0 {
		set.maxmatches = set.maxretry
	}
	set.command = ignoreCommand{k.Ignorecommand, commandTimeout, newAnswers(k.Ignorecache)}
	if c.Ignorecommand != "" {
		set.command = ignoreCommand{c.Ignorecommand, commandTimeout, nil}
	}
	if err := checkCommand(set.command.text); err != nil {
		return nil, &settingError{"ignorecommand", err}
	}
	var err error
	set.ignored, err = s.list(k)
	return set, err
}

// list makes the list of those that a jail leaves alone.
func (s *settler) list(k *jail.Counting) (*ignoreList, error) {
	values, self := s.flags.Ignoreip, k.Ignoreself
	given := len(values) > 0
	if !given {
		values = []string{k.Ignoreip}
	}
	if s.flags.Ignoreself != nil {
		self = *s.flags.Ignoreself
	}
	key := fmt.Sprintf("%q %v", values, self)
	if list := s.lists[key]; list != nil {
		return list, nil
	}
	list, err := newIgnoreList(s.io, values, self)
	_, typed := errors.AsType[entryError](err)
	switch {
	case err != nil && given && typed:
		return nil, cli.Usagef("-ignoreip: %v", err)
	case err != nil && given:
		return nil, fmt.Errorf("-ignoreip: %w", err)
	case err != nil:
		return nil, &settingError{"ignoreip", err}
	}
	s.lists[key] = list
	return list, nil
}

// named puts the settings of the jails of -jail together. A jail that is wrong is told, and counted by the flags alone. only is the
// jail where there is but one.
func (s *settler) named() (all map[string]*settings, only string, err error) {
	if len(s.flags.Jail) == 0 {
		return nil, "", nil
	}
	gather()
	c, err := jail.Read(jail.Options{Dirs: append(slices.Clone(s.flags.Config), builtin.DefaultDirs...), Builtin: builtin.Files()})
	if err != nil {
		return nil, "", err
	}
	names, err := c.Choose(s.flags.Jail)
	if len(names) == 0 && err != nil {
		return nil, "", err
	}
	s.tell(err)
	all = map[string]*settings{}
	for _, name := range names {
		if set, err := s.read(c, name); err != nil {
			s.tell(err)
		} else {
			all[name] = set
		}
	}
	if len(names) == 1 && s.flags.Jail[0] != "all" {
		only = names[0]
	}
	collect()
	return all, only, nil
}

// read puts the settings of one jail together.
func (s *settler) read(c *jail.Config, name string) (*settings, error) {
	k, err := c.Counting(name)
	if err != nil {
		return nil, err
	}
	set, err := s.settle(k)
	if wrong, ok := errors.AsType[*settingError](err); ok {
		return nil, c.Mistake(name, wrong.option, wrong.err)
	}
	return set, err
}

// settingError is what is wrong with an option of a jail.
type settingError struct {
	option string
	err    error
}

func (e *settingError) Error() string { return e.option + ": " + e.err.Error() }

// tell tells each of the errors that were joined.
func (s *settler) tell(err error) {
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range all.Unwrap() {
			s.tell(err)
		}
	} else if err != nil {
		s.io.Errorf("%v", err)
	}
}

// window is how to count by these settings.
func (s *settings) window(maxTracked int) window.Options {
	findtime := time.Duration(-1)
	if s.findtime != config.Forever {
		const longest = 1<<63 - 1
		findtime = longest
		if seconds := int64(s.findtime); seconds < int64(longest/time.Second) {
			findtime = time.Duration(seconds) * time.Second
		}
	}
	return window.Options{Findtime: findtime, Maxretry: s.maxretry, Maxmatches: s.maxmatches, MaxTracked: maxTracked}
}
