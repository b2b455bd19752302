package jail

import (
	"errors"
	"slices"
	"strings"

	"f2b/lib/config"
)

// filterOf is what stands at the beginning of every jail: its backend and its filter. With them the jail's other options can be
// read, for these may refer to the filter's as %(known/name)s.
type filterOf struct {
	section *section
	name    string       // of the filter, without its options
	given   []config.Arg // its options as the jail has them
	args    []config.Arg // and with what the backend adds
	file    string
	config  *config.Config
	backend string
	options []config.Arg // of the backend
	journal bool
}

// backends are the names that fail2ban has for ways to see a log grow. All but systemd mean the same here.
var backends = []string{"auto", "pyinotify", "gamin", "polling", "systemd"}

func (c *Config) filterOf(name string) (*filterOf, error) {
	f := &filterOf{section: c.newSection(name, nil)}
	f.readBackend()
	if err := f.find(); err != nil {
		return nil, errors.Join(append(f.section.errs, err)...)
	}
	def, err := f.define()
	if err == nil && f.wantsJournal(def) != f.journal {
		f.journal = !f.journal
		def, err = f.define()
	}
	if err != nil {
		return nil, errors.Join(append(f.section.errs, err)...)
	}
	errs := f.section.errs
	f.section = c.newSection(name, def.Known())
	f.section.errs = errs
	return f, nil
}

// readBackend reads a name such as auto, or systemd[journalflags=1].
func (f *filterOf) readBackend() {
	s := f.section
	name, args, err := config.ParseName(s.word("backend", "auto"))
	switch {
	case err != nil:
		s.wrong("backend", "", "%v", err)
	case !slices.Contains(backends, strings.ToLower(name)):
		s.wrong("backend", "it is one of "+strings.Join(backends, ", "), "%q is not known", name)
	}
	f.backend, f.options = strings.ToLower(name), args
	f.journal = f.backend == "systemd"
}

// find finds the files of the filter.
func (f *filterOf) find() error {
	s := f.section
	value, _ := s.text("filter")
	if value == "" {
		return s.mistake("filter", "", "the jail has no filter")
	}
	var err error
	if f.name, f.given, err = config.ParseName(value); err != nil {
		return s.mistake("filter", "", err.Error())
	}
	f.config, f.file, err = s.find("filter", f.name)
	return err
}

// define makes the filter as it is by itself. The jail's backend is known to it.
func (f *filterOf) define() (*config.Definition, error) {
	logtype := "file"
	if f.journal {
		logtype = "journal"
	}
	f.args = f.config.WithLogtype(f.given, logtype)
	around := []config.Arg{{Name: "enabled", Value: "True"}}
	for _, option := range []string{"backend", "filter"} {
		if value, set := f.section.text(option); set {
			around = append(around, config.Arg{Name: option, Value: value})
		}
	}
	return f.config.Definition(f.args, around...)
}

// wantsJournal says whether the jail reads the journal.
func (f *filterOf) wantsJournal(def *config.Definition) bool {
	s := f.section
	if s.c.o.Journal == nil {
		return f.journal
	}
	quiet := &section{c: s.c, name: s.name, vars: append(s.vars, def.Known()...)} // mistakes are told later
	match, set := quiet.text("journalmatch")
	if !set {
		match, _ = def.Get("journalmatch")
	}
	return s.c.o.Journal(Sources{Backend: f.backend, Logpath: quiet.logpaths(), Journalmatch: strings.TrimSpace(match)})
}
