package jail

import (
	"errors"
	"strings"

	"f2b/lib/config"
)

// Banning is how f2b-ban bans in a jail.
type Banning struct {
	Name    string
	Bantime config.Duration // Forever: without end
	Growth  Growth
	Actions []Action
	Around  []config.Arg // the jail's options, which actions may refer to
}

// Growth is the bantime.increment family: how a ban grows for those who come back. Expressions stay text.
type Growth struct {
	Increment    bool
	Factor       string // empty: 1
	Formula      string // empty: fail2ban's, which doubles
	Multipliers  string // numbers between blanks; empty: the formula holds
	Maxtime      config.Duration
	Rndtime      config.Duration
	Overalljails bool
}

// An Action is something to do at a ban.
type Action struct {
	Text       string // as the jail has it: iptables-multiport[port="ssh"]
	Name       string // its file's
	Args       []config.Arg
	File       string
	Definition *config.Definition
	Pos        config.Pos // where the jail says so
}

// Banning reads how a jail bans. The error joins all that is wrong with it.
func (c *Config) Banning(name string) (*Banning, error) {
	s := c.laterSection(name)
	b := &Banning{Name: name, Bantime: s.duration("bantime", defaultBantime)}
	if b.Bantime == 0 || b.Bantime < config.Forever {
		s.wrong("bantime", "", "a ban of %v is none", b.Bantime)
	}
	b.Growth = Growth{
		Increment:    s.boolean("bantime.increment", false),
		Factor:       s.word("bantime.factor", ""),
		Formula:      s.word("bantime.formula", ""),
		Multipliers:  s.word("bantime.multipliers", ""),
		Maxtime:      s.duration("bantime.maxtime", 0),
		Rndtime:      s.duration("bantime.rndtime", 0),
		Overalljails: s.boolean("bantime.overalljails", false),
	}
	b.Around = s.around()
	b.Actions = s.actions(b.Around)
	return b, errors.Join(s.errs...)
}

// actions reads the list of actions.
func (s *section) actions(around []config.Arg) []Action {
	list, _ := s.text("action")
	texts, err := config.SplitActions(list)
	if err != nil {
		s.wrong("action", "", "%v", err)
		return nil
	}
	var actions []Action
	for _, text := range texts {
		a, err := s.action(text, around)
		if err != nil {
			s.errs = append(s.errs, err)
			continue
		}
		actions = append(actions, a)
	}
	return actions
}

// action reads one action with its files.
func (s *section) action(text string, around []config.Arg) (a Action, err error) {
	a = Action{Text: text, Pos: s.c.conf.Origin(s.name, "action")}
	if a.Name, a.Args, err = config.ParseName(text); err != nil {
		return a, s.mistake("action", "", err.Error())
	}
	if strings.HasSuffix(a.Name, ".py") {
		return a, s.mistake("action", "actions of action.d/*.conf can be run", a.Name+": an action in Python cannot be run")
	}
	c, file, err := s.find("action", a.Name)
	if err != nil && s.c.o.Builtin != nil && a.isStandard() {
		return a, nil // its rules are known without its file
	}
	if err != nil {
		return a, err
	}
	a.File = file
	a.Definition, err = c.Action(a.Name, s.name, a.Args, around...)
	return a, err
}
