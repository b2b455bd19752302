package jail

import (
	"errors"
	"slices"
	"strings"

	"f2b/lib/config"
)

// Matching is what f2b-match is to do for a jail: which lines it reads, with which filter.
//
// Get and Origin give the options of the filter as they are in this jail: what the jail sets replaces what the filter has.
type Matching struct {
	Name       string
	FilterName string // the filter's name, without its options
	FilterFile string // where the filter was found

	Logpath     []Logpath
	Logencoding string // empty: auto
	Logtimezone string // empty: the machine's zone

	Journal        bool         // read the journal, not the logs
	JournalOptions []config.Arg // those of backend = systemd[...]

	Findtime config.Duration // older failures do not count any more: that far back a log is read at the start

	Warnings []error // what is odd but no reason to leave the jail out

	conf   *config.Config
	own    map[string]string // the filter's options that the jail sets
	filter *config.Definition
}

// filterOptions are the options of a filter that a jail may replace.
var filterOptions = []string{"usedns", "prefregex", "failregex", "ignoreregex", "maxlines", "datepattern", "journalmatch"}

// aroundOptions are those that a filter may refer to as <name>.
var aroundOptions = slices.Concat([]string{
	"enabled", "backend", "filter", "maxretry", "maxmatches", "findtime", "bantime", "bantime.increment", "bantime.factor", "bantime.formula",
	"bantime.multipliers", "bantime.maxtime", "bantime.rndtime", "bantime.overalljails", "ignorecommand", "ignoreself", "ignoreip", "ignorecache",
	"logtimezone", "logencoding", "logpath", "action",
}, filterOptions)

// Get gives an option of the filter.
func (m *Matching) Get(option string) (value string, ok bool) {
	if value, ok := m.own[option]; ok {
		return value, true
	}
	return m.filter.Get(option)
}

// Origin tells where the value of an option comes from.
func (m *Matching) Origin(option string) config.Pos {
	if _, ok := m.own[option]; ok {
		return m.conf.Origin(m.Name, option)
	}
	return m.filter.Origin(option)
}

// Position is where the jail sets an option of its own.
func (m *Matching) Position(option string) config.Pos { return m.conf.Origin(m.Name, option) }

// Matching reads what a jail watches. The error joins all that is wrong with it.
func (c *Config) Matching(name string) (*Matching, error) {
	f, err := c.filterOf(name)
	if err != nil {
		return nil, err
	}
	s := f.section
	m := &Matching{Name: name, FilterName: f.name, FilterFile: f.file, Journal: f.journal, JournalOptions: f.options,
		conf: c.conf, own: map[string]string{}}
	for _, option := range filterOptions {
		if value, set := s.text(option); set {
			m.own[option] = value
		}
	}
	m.Logpath = s.logpaths()
	m.Logencoding = s.word("logencoding", "")
	m.Logtimezone = s.word("logtimezone", "")
	m.Findtime = s.findtime()
	s.oneOf("usedns", "", "yes", "warn", "no", "raw")
	if len(m.Logpath) == 0 && !m.Journal {
		s.wrong("logpath", "say where the log is, or backend = systemd", "there is no log to read")
	}
	if m.filter, err = f.config.Definition(f.args, s.around()...); err != nil {
		s.errs = append(s.errs, err)
	} else {
		for _, w := range m.filter.Warnings() {
			m.Warnings = append(m.Warnings, errors.New(w.String()))
		}
	}
	m.Warnings = append(m.Warnings, c.unknown(name)...)
	return m, errors.Join(s.errs...)
}

// around gives the jail's options to its filter.
func (s *section) around() []config.Arg {
	var args []config.Arg
	quiet := &section{c: s.c, name: s.name, vars: s.vars} // mistakes are told by those who need the option
	for _, option := range aroundOptions {
		if value, set := quiet.text(option); set {
			args = append(args, config.Arg{Name: option, Value: value})
		}
	}
	return args
}

// Journalmatch gives the lines of the filter's journalmatch.
func (m *Matching) Journalmatch() string {
	value, _ := m.Get("journalmatch")
	return strings.TrimSpace(value)
}
