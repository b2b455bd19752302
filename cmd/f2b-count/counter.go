package main

import (
	"errors"
	"io"
	"net/netip"
	"strings"
	"time"

	"f2b/lib/cli"
	"f2b/lib/event"
	"f2b/lib/window"
)

// counter counts one stream of events.
type counter struct {
	io      *cli.IO
	flags   *count
	named   map[string]*settings // of the jails of jail.conf
	only    string               // events without a jail are of this one; empty: of their own
	unnamed *settings            // of all other jails
	jails   map[string]*counted
	out     *event.Writer
	sparing bool // with memory
	evicted bool // it has been said that addresses are forgotten
}

// counted is one jail at work.
type counted struct {
	*settings
	window *window.Window
}

// run counts until the input ends.
func (c *counter) run() error {
	c.out = event.NewWriter(c.io.Stdout)
	in := event.NewReader(c.io.Stdin, c.out.Flush)
	var e event.Event // one for all lines, for it is large
	for {
		var raw []byte
		var err error
		e, raw, err = in.Next()
		var bad *event.LineError
		switch {
		case err == nil:
			err = c.take(&e, raw, in.Line())
		case errors.As(err, &bad):
			c.io.Errorf("%v", bad)
			err = nil
		}
		if err != nil {
			return c.end(err)
		}
	}
}

// end flushes what is left; err is what ended the reading.
func (c *counter) end(err error) error {
	if flushed := c.out.Flush(); err == io.EOF {
		err = flushed
	}
	if err == nil && c.out.Count() == 0 {
		return cli.ErrNothing
	}
	return err
}

// take counts one event, or passes it on if it is none to count.
func (c *counter) take(e *event.Event, raw []byte, line int64) error {
	switch e.Type {
	case event.Match:
	case event.Banned:
		if e.Restored {
			return nil // the ban was put back after a restart: nobody did anything
		}
	default:
		return c.out.WriteRaw(raw)
	}
	switch {
	case e.ID == "" && !e.IP.IsValid():
		c.io.Errorf("line %d: ip: missing", line)
		return nil
	case e.Time.IsZero():
		c.io.Errorf("line %d: time: missing", line)
		return nil
	}
	return c.count(e)
}

// count counts a failure, and writes the ban if it is the one that decides.
func (c *counter) count(e *event.Event) error {
	if c.only != "" && e.Jail == "" {
		e.Jail = c.only
	}
	jail := c.jail(e.JailName())
	if e.IP.IsValid() && jail.ignored.overlaps(e.IP) {
		return nil
	}
	address := e.IP
	e.IP = c.counted(e, jail)
	d, decided := jail.window.Add(e.Key(), e.Time, rawLines(e))
	if !c.sparing && jail.window.Len() > fewAddresses {
		c.sparing = true
		sparing()
	}
	if !c.evicted && jail.window.Evicted() > 0 {
		c.evicted = true
		c.io.Warnf("more than %d addresses fail at once: those quiet for longest are forgotten; -max-tracked says how many are kept", c.flags.MaxTracked)
	}
	if !decided || c.excused(e, jail, address) {
		return nil
	}
	decide(e, jail, d)
	return c.out.Write(e)
}

// counted is the address that an event is counted for: the net around it, if nets are counted. A net that holds someone
// who is to be left alone is counted address by address, for banning it would ban that one too.
func (c *counter) counted(e *event.Event, jail *counted) netip.Prefix {
	bits := c.flags.Ipv6Prefix
	if e.IP.Addr().Is4() {
		bits = c.flags.Ipv4Prefix
	}
	if e.ID != "" || !e.IP.IsValid() || e.IP.Bits() <= bits {
		return e.IP
	}
	net, err := e.IP.Addr().Prefix(bits)
	if err != nil || jail.ignored.overlaps(net) {
		return e.IP
	}
	return net
}

// jail returns a jail at work.
func (c *counter) jail(name string) *counted {
	jail := c.jails[name]
	if jail == nil {
		s := c.named[name]
		if s == nil {
			s = c.unnamed
		}
		jail = &counted{s, window.New(s.window(c.flags.MaxTracked))}
		c.jails[strings.Clone(name)] = jail
	}
	return jail
}

// rawLines is what the window keeps of an event: its lines, which hold no newline themselves.
func rawLines(e *event.Event) string {
	if len(e.Lines) > 0 {
		return strings.Join(e.Lines, "\n")
	}
	return e.Line
}

// excused asks the ignorecommand about the address of a decision.
func (c *counter) excused(e *event.Event, jail *counted, address netip.Prefix) bool {
	if jail.command.text == "" || !address.IsValid() {
		return false
	}
	yes, err := jail.command.ask(c.io, e, address)
	if err != nil {
		c.io.Errorf("ignorecommand: %v", err)
	}
	return yes
}

// decide turns the deciding event into the ban.
func decide(e *event.Event, jail *counted, d window.Decision) {
	e.Type = event.Ban
	e.Lines = nil
	e.Failures = d.Failures
	e.First = d.First
	e.Findtime = int64(jail.findtime)
	e.Maxretry = jail.maxretry
	e.Matches = lastLines(d.Matches, jail.maxmatches)
	// A ban of repeated bans says nothing of how long the last one was.
	e.Bantime, e.Expires, e.Bancount, e.Backend, e.Error = 0, time.Time{}, 0, "", ""
}

// lastLines parts the lines of failures that took more than one, and keeps the last n.
func lastLines(matches []string, n int) []string {
	var lines []string
	for _, match := range matches {
		if match != "" {
			lines = append(lines, strings.Split(match, "\n")...)
		}
	}
	return lines[max(0, len(lines)-n):]
}
