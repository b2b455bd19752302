// Package event is the wire between the tools: what one line of a pipeline means, how it is read and how it is written.
//
// # Format
//
// A stream is a sequence of lines, each one JSON object in UTF-8 that ends in "\n". Nothing is positional: members may
// come in any order, and the tools write them in the order below. A member without a value is left out; null means the same.
//
// On every event:
//
//	v         number  the version of the schema, 1; changes only when a meaning changes; absent means 1
//	type      string  what the event says, see below; the only member that must be there
//	time      string  RFC 3339 with an offset; the log's own time, with its fraction
//	ip        string  the address in canonical form, or a CIDR where a whole subnet is meant;
//	                  an IPv4-mapped IPv6 address is written as IPv4, bits behind a prefix are cleared
//	id        string  what is counted and banned instead of the address, where that is something else
//	filter    string  the name of the filter that matched
//	jail      string  the name of the jail, where one is known
//
// On "match", written by f2b-match: a line of a log is a failure.
//
//	dns       string  the host name that stood in the line, where names are allowed
//	rule      number  which failregex matched, counted from 1
//	file      string  the log's path; absent on standard input
//	lineno    number  the number of the line in it, counted from 1
//	line      string  the raw line that completed the failure
//	lines     array   all raw lines, of a failure that took more than one
//	fields    object  other captures of the pattern, names in lower case, values strings: {"user":"root"}
//
// On "ban", written by f2b-count: an address failed too often. It carries the members of the deciding match, and:
//
//	failures  number  how many failures were counted
//	first     string  the time of the first of them
//	findtime  number  the window, in seconds; -1 is without end
//	maxretry  number  how many failures it takes
//	matches   array   the raw lines of the failures, the last maxmatches of them
//
// On "banned", "prolonged", "unbanned", "failed" and "ignored", written by f2b-ban: what became of the decision. They
// carry the members of the decision, and:
//
//	bantime   number  in seconds; -1 is for ever
//	expires   string  when the ban ends; absent when it doesn't
//	bancount  number  how often this one has been banned, this time included
//	backend   string  who enforces the ban
//	restored  bool    true when the ban was put back after a restart
//	error     string  what went wrong, on "failed"
//
// An "unban", written by whoever wants a ban to end, is taken by f2b-ban.
//
// # Room to grow
//
// Names are matched exactly: "IP" is not "ip". Members that aren't listed here are kept, raw, and written after the listed
// ones in the order they came. An event of a type that isn't listed here is passed on as it is, whatever its members hold.
// So anyone may add members and events of their own, between any two tools.
//
// # Refusals
//
// A line is no event when it is not one JSON object by the letter of RFC 8259, names a member twice, nests deeper than
// 64 levels, has no type, or has a listed member of the wrong kind. The reader says why, and goes on with the next line.
// Bytes that are no UTF-8 and halves of surrogate pairs read as U+FFFD. One line has at most MaxLine bytes.
package event

import (
	"net/netip"
	"time"
)

// The types of event that the tools know. Any other passes through them whole.
const (
	Match     = "match"     // a line of a log is a failure
	Ban       = "ban"       // an address failed too often: a decision
	Banned    = "banned"    // the firewall now refuses it
	Prolonged = "prolonged" // a ban that stood lasts longer now
	Unbanned  = "unbanned"  // the ban is over
	Failed    = "failed"    // the ban could not be made
	Ignored   = "ignored"   // the decision was not followed, on purpose
	Unban     = "unban"     // a wish: end this ban
)

// Version is the version of the schema.
const Version = 1

// MaxLine is the cap of one line of a stream in bytes. Log lines are capped at a 64th of it, long before.
const MaxLine = 4 << 20

// Event is one event. The zero value of a member means that it is absent.
type Event struct {
	V    int
	Type string
	Time time.Time

	IP  netip.Prefix // a single address is a prefix of full length
	ID  string
	DNS string

	Filter, Jail string

	Rule   int
	File   string
	Lineno int64
	Line   string
	Lines  []string
	Fields []Field

	Failures int
	First    time.Time
	Findtime int64 // seconds; -1 is without end
	Maxretry int
	Matches  []string

	Bantime  int64 // seconds; -1 is for ever
	Expires  time.Time
	Bancount int
	Backend  string
	Restored bool
	Error    string

	Unknown []Member // what else the line held, in its order
}

// Field is one capture of a pattern.
type Field struct{ Name, Value string }

// Member is a member of an event that this package doesn't know.
type Member struct {
	Name  string
	Value []byte // raw JSON
}

// Key says what is counted and banned: the ID where there is one, else the address or CIDR; "" if there is neither.
func (e *Event) Key() string {
	switch {
	case e.ID != "":
		return e.ID
	case !e.IP.IsValid():
		return ""
	case e.IP.IsSingleIP():
		return e.IP.Addr().String()
	}
	return e.IP.String()
}

// JailName is the jail that the event belongs to: its jail, else its filter, else "default".
func (e *Event) JailName() string {
	switch {
	case e.Jail != "":
		return e.Jail
	case e.Filter != "":
		return e.Filter
	}
	return "default"
}

// Known says whether the event's type is one of those listed above.
func (e *Event) Known() bool {
	switch e.Type {
	case Match, Ban, Banned, Prolonged, Unbanned, Failed, Ignored, Unban:
		return true
	}
	return false
}
