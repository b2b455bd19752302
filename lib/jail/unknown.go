package jail

import (
	"fmt"
	"slices"
	"strings"

	"f2b/lib/config"
)

// read are the options that mean something by themselves.
var read = []string{
	"enabled", "filter", "backend", "logpath", "logencoding", "logtimezone", "usedns", "datepattern", "prefregex", "failregex", "ignoreregex",
	"maxlines", "journalmatch", "maxretry", "findtime", "maxmatches", "ignoreself", "ignoreip", "ignorecommand", "ignorecache", "action",
	"bantime", "bantime.increment", "bantime.factor", "bantime.formula", "bantime.multipliers", "bantime.maxtime", "bantime.rndtime",
	"bantime.overalljails",
}

// helpers are options that the files of a distribution use to make up others.
var helpers = []string{
	"banaction", "banaction_allports", "port", "protocol", "chain", "mode", "destemail", "sender", "mta", "action_", "action_mw", "action_mwl",
	"fail2ban_agent",
}

// unknown lists the options of a section that nothing reads: fail2ban passes over them in silence, and most are misspelt. Those of
// [DEFAULT] may be there for jails to choose from, so they have to look misspelt.
func (c *Config) unknown(section string) []error {
	var all []error
	common := section == "DEFAULT"
	for _, option := range c.conf.Options(section) {
		near := config.Nearest(option, slices.Concat(read, helpers))
		switch {
		case slices.Contains(read, option), slices.Contains(helpers, option), c.mentions[option]:
			continue
		case common && (near == "" || strings.HasPrefix(option, "action_")), !common && c.conf.Has("DEFAULT", option):
			continue
		}
		pos := c.conf.Origin(section, option)
		e := &config.Error{File: pos.File, Line: pos.Line, Section: section, Option: option, Msg: "no such option: it has no effect"}
		if near != "" {
			e.Hint = fmt.Sprintf("did you mean %s?", near)
		}
		all = append(all, e)
	}
	return all
}
