// Package jail reads fail2ban's jail.conf, jail.d and jail.local into settings for the tools: what f2b-match watches
// ([Matching]), how f2b-count counts ([Counting]) and how f2b-ban bans ([Banning]).
//
// A mistake in one jail is no trouble for the others: it is named with its file and line when the settings of that jail
// are asked for.
package jail

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"f2b/lib/config"
)

// Options say where jails and what they name are found.
type Options struct {
	// Dirs are the configuration folders. The first that holds a jail.conf, a jail.local or a jail.d is taken; the filters and
	// actions that its jails name are looked for there first, and then in the others.
	Dirs []string
	// Builtin is a configuration folder of last resort. Its jail.conf is also what a folder without one of its own builds upon.
	Builtin fs.FS

	// Journal says whether a jail reads the journal rather than its logs; nil: those with backend systemd do.
	Journal func(s Sources) bool
}

// Sources are where a jail could read.
type Sources struct {
	Backend      string // auto, systemd and so on
	Logpath      []Logpath
	Journalmatch string // empty: nothing tells which entries of the journal are meant
}

// Config is the jails of a configuration folder.
type Config struct {
	Dir string // the folder; of the built-in configuration where none is there

	o        Options
	conf     *config.Config
	mentions map[string]bool
	sections map[string]*section
}

// builtinDir is what messages call the folder of the built-in configuration.
const builtinDir = "<built-in>"

// fail2banVersion is what a configuration is told of the program that reads it: it is written into user agents.
const fail2banVersion = "1.0.2"

// Read reads the jails.
func Read(o Options) (*Config, error) {
	files := layered{builtin: o.Builtin}
	c := &Config{o: o, sections: map[string]*section{}}
	var bases []string
	for _, dir := range o.Dirs {
		if found, whole := holdsJails(dir); found {
			c.Dir = dir
			bases = append(bases, path.Join(dir, "jail"))
			if !whole && o.Builtin != nil {
				bases = slices.Insert(bases, 0, builtinDir+"/jail")
			}
			break
		}
	}
	switch {
	case bases == nil && o.Builtin == nil:
		return nil, fmt.Errorf("there is no jail.conf in %s", strings.Join(o.Dirs, ", "))
	case bases == nil:
		bases = []string{builtinDir + "/jail"}
		c.Dir = builtinDir
	}
	var err error
	if c.conf, err = config.Read(files, bases[0], bases[1:]...); err != nil {
		return nil, err
	}
	c.mentions = c.conf.Mentions()
	return c, nil
}

// holdsJails says whether a folder has jails, and whether it has a jail.conf to begin with.
func holdsJails(dir string) (found, whole bool) {
	for _, name := range []string{"jail.conf", "jail.local", "jail.d"} {
		if _, err := fs.Stat(config.OS, path.Join(dir, name)); err == nil {
			return true, name == "jail.conf"
		}
	}
	return false, false
}

// Names lists all jails, in the order of the files.
func (c *Config) Names() []string { return c.conf.Sections() }

// Enabled lists the jails that are switched on. The error joins one for each jail of which that cannot be told.
func (c *Config) Enabled() ([]string, error) {
	var names []string
	var errs []error
	for _, name := range c.Names() {
		s := c.newSection(name, nil)
		if s.boolean("enabled", false) {
			names = append(names, name)
		}
		errs = append(errs, s.errs...)
	}
	return names, errors.Join(errs...)
}

// Choose gives the jails that words name, each once: all stands for those that are switched on, other names need not be. The error
// joins one for each word that names no jail; the other jails are returned all the same.
func (c *Config) Choose(words []string) ([]string, error) {
	var names []string
	var errs []error
	for _, word := range words {
		switch {
		case word == "all":
			enabled, err := c.Enabled()
			names, errs = append(names, enabled...), append(errs, err)
		case slices.Contains(c.Names(), word):
			names = append(names, word)
		default:
			errs = append(errs, c.noSuchJail(word))
		}
	}
	var once []string
	for _, name := range names {
		if !slices.Contains(once, name) {
			once = append(once, name)
		}
	}
	return once, errors.Join(errs...)
}

func (c *Config) noSuchJail(name string) error {
	if near := config.Nearest(name, c.Names()); near != "" {
		return fmt.Errorf("there is no jail %q in %s, did you mean %s?", name, c.Dir, near)
	}
	return fmt.Errorf("there is no jail %q in %s", name, c.Dir)
}

// Warnings lists what is odd in the files as a whole: those that were left out, and options of [DEFAULT] that have no effect.
func (c *Config) Warnings() []error {
	var all []error
	for _, w := range c.conf.Warnings() {
		all = append(all, errors.New(w.String()))
	}
	return append(all, c.unknown("DEFAULT")...)
}

// Mistake is what is wrong with the value of a jail's option, with the place where the value stands.
func (c *Config) Mistake(jail, option string, err error) error {
	s := &section{c: c, name: jail}
	return s.mistake(option, "", err.Error())
}
