// Package config reads fail2ban's configuration files: the INI dialect of Python's ConfigParser with includes,
// overriding .local and .d files, %(option)s and <tag> interpolation, filter and action arguments, and durations.
//
// [Read] merges the files of a name into a [Config]. A jail's options are read with [Config.Get]; what a
// filter.d or action.d file defines, with its arguments, is a [Definition].
package config

import (
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// knownPrefix begins the names of the sections that keep what options were before a later file changed them.
const knownPrefix = "KNOWN/"

// Config is a set of files merged into one.
type Config struct {
	defaults *block
	sections map[string]*block
	order    []string // the sections by first appearance
	files    []string
	warnings []Warning
}

func newConfig() *Config {
	return &Config{defaults: newBlock(defaultSection, 0), sections: map[string]*block{}}
}

// Read reads the files of a name without extension, such as /etc/fail2ban/jail or filter.d/sshd: NAME.conf,
// NAME.d/*.conf, NAME.local, NAME.d/*.local and what they include. Later files win, option by option. The files of the
// names in over are laid over them in the same way. When there is none of all these files the error is fs.ErrNotExist.
func Read(fsys fs.FS, base string, over ...string) (*Config, error) {
	l := loader{fsys: fsys, parsed: map[string]*file{}}
	base = path.Clean(base)
	names := l.baseFiles(base)
	for _, name := range over {
		names = append(names, l.baseFiles(path.Clean(name))...)
	}
	return l.config(base+".conf", names)
}

// ReadFile reads the one file that path names, with what it includes and with the .local beside it.
func ReadFile(fsys fs.FS, name string) (*Config, error) {
	l := loader{fsys: fsys, parsed: map[string]*file{}}
	name = path.Clean(name)
	return l.config(name, []string{name})
}

func (l *loader) config(name string, names []string) (*Config, error) {
	if err := l.load(names, nil); err != nil {
		return nil, err
	}
	if len(l.files) == 0 {
		for _, w := range l.warnings {
			return nil, &Error{File: w.Pos.File, Line: w.Pos.Line, Msg: strings.TrimPrefix(w.Msg, "left out: "), Hint: w.Hint}
		}
		return nil, &Error{File: name, Msg: "no such file", cause: fs.ErrNotExist}
	}
	c := newConfig()
	c.warnings = l.warnings
	for _, f := range l.files {
		c.merge(f)
	}
	return c, nil
}

// conditional is the name of a section [Name?condition]. It takes long to compile, and is seldom needed.
var conditional = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([\pL\pN_]+)(\?.+)$`) })

// merge lays a file over those before it. A section [Name?condition] becomes part of [Name], with the
// condition at the end of its options' names. What an option was before goes to the section KNOWN/name.
func (c *Config) merge(f *file) {
	c.files = append(c.files, f.path)
	for _, option := range f.defaults.names {
		c.defaults.set(option, f.defaults.values[option])
	}
	for _, s := range f.sections {
		name, condition := s.name, ""
		if strings.Contains(name, "?") {
			if m := conditional().FindStringSubmatch(name); m != nil {
				name, condition = m[1], m[2]
			}
		}
		c.mergeSection(name, condition, s)
	}
}

func (c *Config) mergeSection(name, condition string, s *block) {
	old := c.sections[name]
	var known *block
	if old == nil {
		old = c.add(name)
	} else if known = c.sections[knownPrefix+name]; known == nil {
		known = c.add(knownPrefix + name)
	}
	for _, option := range s.names {
		key := option + condition
		if before := old.values[key]; before != nil && known != nil {
			known.set(key, before)
		}
		old.set(key, s.values[option])
	}
}

func (c *Config) add(name string) *block {
	s := newBlock(name, 0)
	c.sections[name] = s
	c.order = append(c.order, name)
	return s
}

// Sections lists the sections in order of appearance, without DEFAULT and INCLUDES.
func (c *Config) Sections() []string {
	return slices.DeleteFunc(slices.Clone(c.order), func(name string) bool {
		return strings.HasPrefix(name, knownPrefix) || name == "INCLUDES"
	})
}

// Options lists the options that a section itself sets, in order of appearance; those of DEFAULT are not among them.
func (c *Config) Options(section string) []string {
	if s := c.find(section); s != nil {
		return slices.Clone(s.names)
	}
	return nil
}

// Has tells whether a section itself sets an option: one that only DEFAULT sets does not count.
func (c *Config) Has(section, option string) bool {
	s := c.find(section)
	return s != nil && s.values[strings.ToLower(option)] != nil
}

// Origin tells where the value of an option comes from, be it from the section or from DEFAULT.
func (c *Config) Origin(section, option string) Pos {
	option = strings.ToLower(option)
	for _, s := range []*block{c.find(section), c.defaults} {
		if s != nil && s.values[option] != nil {
			return s.values[option].pos
		}
	}
	return Pos{}
}

// Files lists the files read, in the order in which they were merged.
func (c *Config) Files() []string { return slices.Clone(c.files) }

// Warnings lists the files that were left out because they could not be read, and what web pages did to a text that was copied.
func (c *Config) Warnings() []Warning { return slices.Clone(c.warnings) }

// find gives a section by its name, DEFAULT too; nil when there is none.
func (c *Config) find(name string) *block {
	if s := c.sections[name]; s != nil || name != defaultSection {
		return s
	}
	return c.defaults
}

// optionNames lists every name that an option of a section may have.
func (c *Config) optionNames(section string) []string {
	names := slices.Collect(maps.Keys(c.defaults.values))
	if s := c.find(section); s != nil {
		names = append(names, s.names...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
