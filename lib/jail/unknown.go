package jail

import (
	"fmt"
	"slices"

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

// unknown lists the options of a section that nothing reads: fail2ban passes over them in silence, and most are misspelt.
func (c *Config) unknown(section string) []error {
	var all []error
	for _, option := range c.conf.Options(section) {
		known := slices.Contains(read, option) || slices.Contains(helpers, option) || c.mentions[option]
		if known || section != "DEFAULT" && c.conf.Has("DEFAULT", option) {
			continue
		}
		pos := c.conf.Origin(section, option)
		e := &config.Error{File: pos.File, Line: pos.Line, Section: section, Option: option, Msg: "no such option: it has no effect"}
		if near := config.Nearest(option, slices.Concat(read, helpers)); near != "" {
			e.Hint = fmt.Sprintf("did you mean %s?", near)
		}
		all = append(all, e)
	}
	return all
}
