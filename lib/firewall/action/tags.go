package action

import (
	"strings"
)

// The tags of a ban, apart from <F-...>. Each is filled in when the ban is made; what an action's own parameters are called is
// replaced before, so a parameter hides a tag of the same name.
var dynamicTags = map[string]bool{
	"ip": true, "family": true, "ip-rev": true, "ip-host": true, "fid": true,
	"failures": true, "ipfailures": true, "ipjailfailures": true, "time": true, "bantime": true, "bancount": true, "restored": true, "timeout": true,
	"matches": true, "ipmatches": true, "ipjailmatches": true, "raw-ticket": true,
	"jail.banned": true, "jail.banned_total": true, "jail.found": true, "jail.found_total": true,
	"fq-hostname": true, "sh-hostname": true,
}

// isDynamic tells whether a tag is one that a ban fills in.
func isDynamic(tag string) bool { return dynamicTags[tag] || isField(tag) }

// isField tells whether a tag is <F-NAME>: what a capture of the filter took.
func isField(tag string) bool {
	name, ok := strings.CutPrefix(tag, "F-")
	return ok && name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}

// plainTags are replaced as text, for a script may need them as such: fail2ban's ways to write a line's end and a space where
// its configuration would lose them.
var plainTags = strings.NewReplacer("<br>", "\n", "<sp>", " ")

// origin is where a value comes from, and so what it may do.
type origin uint8

const (
	ours    origin = iota // made by us of a few characters: numbers, addresses
	foreign               // text out of a log, a name server, anybody
	id                    // so is this, and it says who is banned: it is passed as it is or not at all
)

// A value is what a tag stands for in one ban.
type value struct {
	text string
	from origin
}
