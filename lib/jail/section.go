package jail

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"f2b/lib/config"
)

// section reads the options of one jail and collects what is wrong with them.
type section struct {
	c    *Config
	name string
	vars []config.Arg // what %(name)s sees besides the files
	errs []error
}

func (c *Config) newSection(name string, known []config.Arg) *section {
	dir := c.Dir
	if dir == builtinDir {
		dir = c.o.Dirs[0] // where the administrator's files would be
	}
	vars := []config.Arg{{Name: "fail2ban_version", Value: fail2banVersion}, {Name: "fail2ban_confpath", Value: dir}}
	return &section{c: c, name: name, vars: append(vars, known...)}
}

// wrong notes a mistake in an option.
func (s *section) wrong(option, hint, format string, a ...any) {
	s.errs = append(s.errs, s.mistake(option, hint, fmt.Sprintf(format, a...)))
}

func (s *section) mistake(option, hint, msg string) *config.Error {
	pos := s.c.conf.Origin(s.name, option)
	if pos.File == "" { // nobody sets the option: the jail itself is to blame
		pos = s.c.place(s.name)
	}
	return &config.Error{File: pos.File, Line: pos.Line, Section: s.name, Option: option, Msg: msg, Hint: hint}
}

// place is where a jail stands: its first option.
func (c *Config) place(name string) config.Pos {
	if options := c.conf.Options(name); len(options) > 0 {
		return c.conf.Origin(name, options[0])
	}
	return config.Pos{File: c.conf.Files()[0]}
}

// text gives an option; set is false where neither the jail nor [DEFAULT] has it.
func (s *section) text(option string) (value string, set bool) {
	value, set, err := s.c.conf.Get(s.name, option, s.vars...)
	if err != nil {
		s.errs = append(s.errs, err)
		return "", false
	}
	return value, set
}

// word gives an option without the white space around it, or what it is when nobody sets it.
func (s *section) word(option, unset string) string {
	if value, set := s.text(option); set {
		return strings.TrimSpace(value)
	}
	return unset
}

// number reads a whole number of at least least.
func (s *section) number(option string, least, unset int) int {
	value := s.word(option, "")
	if value == "" {
		return unset
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		s.wrong(option, "", "%q is no whole number", value)
		return unset
	}
	if n < least || n > math.MaxInt32 {
		s.wrong(option, "", "%d is not between %d and %d", n, least, math.MaxInt32)
		return unset
	}
	return n
}

// duration reads a length of time.
func (s *section) duration(option string, unset config.Duration) config.Duration {
	value := s.word(option, "")
	if value == "" {
		return unset
	}
	d, err := config.ParseDuration(value)
	if err != nil {
		s.wrong(option, "", "%v", err)
		return unset
	}
	return d
}

// truths are the words that switch something on, and off; upper and lower case are the same.
var (
	truths = []string{"1", "on", "true", "yes"}
	lies   = []string{"0", "off", "false", "no", ""}
)

func (s *section) boolean(option string, unset bool) bool {
	value, set := s.text(option)
	if !set {
		return unset
	}
	lower := strings.ToLower(strings.TrimSpace(value))
	if !slices.Contains(truths, lower) && !slices.Contains(lies, lower) {
		s.wrong(option, "", "%q is neither true nor false", value)
	}
	return slices.Contains(truths, lower)
}

// oneOf reads a word out of a few.
func (s *section) oneOf(option, unset string, words ...string) string {
	value := strings.ToLower(s.word(option, unset))
	if value != "" && !slices.Contains(words, value) {
		s.wrong(option, "it is one of "+strings.Join(words, ", "), "%q is not known", value)
		return unset
	}
	return value
}
