package main

import (
	"errors"
	"fmt"
	"strings"

	"f2b/lib/cli"
	"f2b/lib/config"
	"f2b/lib/filter"
	"f2b/lib/jail"
	"f2b/lib/logtime"
	"f2b/lib/source"
)

// jails makes the filters of all jails. A jail that is wrong is told and left out; it is an error when none is left.
func (t *tool) jails(std *cli.IO, o filter.Options) ([]*watch, error) {
	c, err := jail.Read(jail.Options{Dirs: t.dirs(), Builtin: filter.Builtin(), Journal: t.readsJournal})
	if err != nil {
		return nil, err
	}
	t.hint(std, c.Warnings())
	names, err := c.Choose(t.Jail)
	tell(std, err)
	o.Soon = len(names) == 1 && !t.Check
	var watches []*watch
	for _, name := range names {
		w, err := t.watch(std, c, name, o, watches)
		tell(std, err)
		if err == nil {
			watches = append(watches, w)
		}
	}
	switch {
	case len(watches) == 0 && len(names) == 0 && err == nil:
		return nil, fmt.Errorf("no jail is enabled in %s", c.Dir)
	case len(watches) == 0:
		return nil, errors.New("there is no jail to watch for")
	}
	return watches, nil
}

// tell tells each of the errors that were joined, once.
func tell(std *cli.IO, err error) {
	said := map[string]bool{}
	for _, err := range parts(err) {
		if !said[err.Error()] {
			std.Errorf("%v", err)
		}
		said[err.Error()] = true
	}
}

// parts are the errors that were joined.
func parts(err error) []error {
	all, ok := err.(interface{ Unwrap() []error })
	switch {
	case err == nil:
		return nil
	case !ok:
		return []error{err}
	}
	var list []error
	for _, err := range all.Unwrap() {
		list = append(list, parts(err)...)
	}
	return list
}

// hint tells what is odd. To a check that is an error.
func (t *tool) hint(std *cli.IO, warnings []error) {
	for _, w := range warnings {
		if t.Check {
			std.Errorf("%v", w)
		} else {
			std.Warnf("%v", w)
		}
	}
}

// watch makes the filter of a jail that comes behind others. The error joins all that is wrong with the jail.
func (t *tool) watch(std *cli.IO, c *jail.Config, name string, o filter.Options, others []*watch) (*watch, error) {
	m, err := c.Matching(name)
	if err != nil {
		return nil, errors.Join(err, t.checkOthers(c, name))
	}
	t.hint(std, m.Warnings)
	w := &watch{jail: name, journal: m.Journal, encoding: t.Logencoding}
	if len(t.Logs) == 0 || t.Follow {
		w.logs = m.Logpath
	}
	if w.encoding == "" {
		w.encoding = m.Logencoding
	}
	t.setPeriod(w, m.Findtime)
	errs := []error{t.localize(m, &o), w.readFilter(m, o), w.readJournal(m)}
	if err := source.CheckEncoding(w.encoding); err != nil {
		errs = append(errs, wrong(m, "logencoding", err))
	} else if err := w.disagrees(others); err != nil {
		t.hint(std, []error{wrong(m, "logencoding", err)})
	}
	if len(w.logs) > 0 && !w.journal && !anyThere(w.logs) {
		tell(std, missing(m, t.Follow))
	}
	errs = append(errs, t.checkOthers(c, name))
	return w, errors.Join(errs...)
}

// localize takes the jail's zone where no flag says another.
func (t *tool) localize(m *jail.Matching, o *filter.Options) error {
	if t.TZ != "" || m.Logtimezone == "" {
		return nil
	}
	zone, err := logtime.ParseZone(m.Logtimezone)
	if err != nil {
		return wrong(m, "logtimezone", err)
	}
	o.Location = zone
	return nil
}

func (w *watch) readFilter(m *jail.Matching, o filter.Options) (err error) {
	o.Journal = m.Journal
	if w.filter, err = filter.New(m.FilterName, m.FilterFile, m, o); err != nil {
		return fmt.Errorf("jail %s: %w", m.Name, err)
	}
	return nil
}

func (w *watch) readJournal(m *jail.Matching) (err error) {
	if !m.Journal {
		return nil
	}
	var errs []error
	if w.match, err = source.ParseMatch(m.Journalmatch()); err != nil {
		errs = append(errs, wrong(m, "journalmatch", err))
	}
	if w.journalArgs, err = journalArgs(m.JournalOptions); err != nil {
		errs = append(errs, wrong(m, "backend", err))
	}
	return errors.Join(errs...)
}

// missing is said of a jail none of whose logs is there.
func missing(m *jail.Matching, follow bool) error {
	err := errors.New("no such file")
	if follow {
		err = errors.New("no such file yet; it is followed once it is there")
	}
	return wrong(m, "logpath", fmt.Errorf("%s: %w", m.Logpath[0].Glob, err))
}

// wrong is a mistake in an option of the jail or its filter, with its place.
func wrong(m *jail.Matching, option string, err error) error {
	pos := m.Origin(option)
	if pos == (config.Pos{}) {
		pos = m.Position(option)
	}
	return &config.Error{File: pos.File, Line: pos.Line, Section: m.Name, Option: option,
		Msg: strings.TrimPrefix(err.Error(), option+": ")}
}
