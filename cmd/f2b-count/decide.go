package main

import (
	"net/netip"
	"time"

	"f2b/lib/event"
	"f2b/lib/window"
)

// ofTheBan are the members that a ban doesn't take over from the event that decided. A ban of repeated bans says nothing of
// how long the last one was.
var ofTheBan = event.MembersOf("type", "ip", "jail", "lines", "failures", "first", "findtime", "maxretry", "matches",
	"bantime", "expires", "bancount", "backend", "error")

// decide writes the ban of a decision, unless the ignorecommand excuses the address.
func (c *counter) decide(v *event.View, jail *counted, address netip.Prefix, d window.Decision) error {
	if jail.command.text != "" && v.IP.IsValid() && c.excused(v, jail, address) {
		return nil
	}
	c.ban = event.Event{
		Type: event.Ban, IP: address, Jail: v.Jail(),
		Failures: d.Failures, First: inYears(d.First, v.Zone()), Findtime: int64(jail.findtime), Maxretry: jail.maxretry,
		Matches: c.lastLines(d.Matches, jail.maxmatches),
	}
	if c.ban.Jail == "" {
		c.ban.Jail = c.only
	}
	return c.out.WriteWith(v, &c.ban, ofTheBan)
}

// inYears is t in the zone, or in one further east where no event can have it otherwise: no year is written that is before 0.
func inYears(t time.Time, zone *time.Location) time.Time {
	if local := t.In(zone); t.Unix() >= 0 || local.Year() >= 0 {
		return local
	}
	const mostEast = 24*60*60 - 60 // seconds
	return t.In(time.FixedZone("", mostEast))
}

// excused asks the ignorecommand about the address of an event, which is counted for another one or for a net perhaps.
func (c *counter) excused(v *event.View, jail *counted, counted netip.Prefix) bool {
	e, err := v.Event()
	if err != nil {
		c.io.Errorf("%v", err) // unheard of: it was seen
		return false
	}
	if e.IP = counted; e.Jail == "" {
		e.Jail = c.only
	}
	yes, err := jail.command.ask(c.io, &e, v.IP)
	if err != nil {
		c.io.Errorf("ignorecommand: %v", err)
	}
	return yes
}
