package jail

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"f2b/lib/config"
)

// Counting is how f2b-count counts the failures of a jail.
type Counting struct {
	Name       string
	Findtime   config.Duration // the window; Forever is without end
	Maxretry   int             // the failure within it that decides
	Maxmatches int             // how many lines a decision shows

	Ignoreip      string // addresses, nets, names and file:PATH, between white space and commas
	Ignoreself    bool
	Ignorecommand string // empty: there is none
	Ignorecache   *Cache // nil: the command is asked each time
}

// Cache says how long the answers of an ignorecommand are remembered.
type Cache struct {
	Key      string // what tells answers apart, with tags such as <ip>
	MaxCount int    // how many answers
	MaxTime  config.Duration
}

// The settings of a jail that says nothing, as of fail2ban.
const (
	defaultFindtime config.Duration = 600
	defaultBantime  config.Duration = 600
	defaultMaxretry                 = 5
)

// The bounds of a cache that names none, as of fail2ban.
const (
	defaultMaxCount                 = 100
	defaultMaxTime  config.Duration = 5 * 60
)

// Counting reads how a jail counts. The error joins all that is wrong with it.
func (c *Config) Counting(name string) (*Counting, error) {
	s := c.laterSection(name)
	k := &Counting{Name: name, Findtime: s.findtime()}
	k.Maxretry = s.number("maxretry", 1, defaultMaxretry)
	k.Maxmatches = s.number("maxmatches", 0, k.Maxretry)
	k.Ignoreip = s.word("ignoreip", "")
	s.checkIgnoreip(k.Ignoreip)
	k.Ignoreself = s.boolean("ignoreself", true)
	k.Ignorecommand = s.word("ignorecommand", "")
	k.Ignorecache = s.ignorecache()
	return k, errors.Join(s.errs...)
}

// laterSection is a jail's section with what its filter is known to be. A jail whose filter is wrong is f2b-match's to tell;
// the other tools can do without.
func (c *Config) laterSection(name string) *section {
	if s := c.sections[name]; s != nil {
		return &section{c: c, name: name, vars: s.vars}
	}
	s := c.newSection(name, nil)
	if f, err := c.filterOf(name); err == nil {
		s.vars = f.section.vars
	}
	c.sections[name] = s
	return &section{c: c, name: name, vars: s.vars}
}

func (s *section) findtime() config.Duration {
	d := s.duration("findtime", defaultFindtime)
	if d == 0 || d < config.Forever {
		s.wrong("findtime", "", "%v is no length of time", d)
	}
	return d
}

// ignorecache reads key="<ip>", max-count=1000, max-time=5m.
func (s *section) ignorecache() *Cache {
	value := s.word("ignorecache", "")
	if value == "" {
		return nil
	}
	_, args, err := config.ParseName("ignorecache[" + value + "]")
	if err != nil {
		s.wrong("ignorecache", `it is written as key="<ip>", max-count=1000, max-time=5m`, "%v", err)
		return nil
	}
	cache := &Cache{MaxCount: defaultMaxCount, MaxTime: defaultMaxTime}
	for _, a := range args {
		s.cacheOption(cache, strings.ToLower(a.Name), a.Value)
	}
	if cache.Key == "" {
		s.wrong("ignorecache", `add key="<ip>"`, "it has no key")
	}
	return cache
}

// cacheOption reads one setting of an ignorecache.
func (s *section) cacheOption(cache *Cache, name, value string) {
	var err error
	switch name {
	case "key":
		cache.Key = value
	case "max-count":
		cache.MaxCount, err = strconv.Atoi(value)
		if err == nil && cache.MaxCount < 1 {
			err = fmt.Errorf("%d is less than 1", cache.MaxCount)
		}
	case "max-time":
		cache.MaxTime, err = config.ParseDuration(value)
	default:
		s.wrong("ignorecache", "it has key, max-count and max-time", "%q is not known", name)
	}
	if err != nil {
		s.wrong("ignorecache", "", "%s: %v", name, err)
	}
}
