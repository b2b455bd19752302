package main

import (
	"errors"
	"io"
	"net/netip"

	"f2b/lib/cli"
	"f2b/lib/event"
	"f2b/lib/window"
)

// counter counts one stream of events. It makes no event of most lines, but only looks at them.
type counter struct {
	io     *cli.IO
	flags  *count
	jails  *jails
	only   string // events without a jail are of this one; empty: of their own
	told   told   // what has been said, once for all
	joined bool   // a failure of more than one line, or of one with a line end inside, has come
	in     *event.Reader
	out    *event.Writer

	// What is used again for each event:
	lines   []byte
	ban     event.Event
	matches []string
}

// run counts until the input ends.
func (c *counter) run() error {
	c.out = event.NewWriter(c.io.Stdout)
	c.in = event.NewReader(c.io.Stdin, c.out.Flush)
	var v event.View
	for {
		raw, err := c.in.See(&v)
		if err == nil {
			err = c.take(&v, raw)
		} else if bad, ok := errors.AsType[*event.LineError](err); ok {
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
func (c *counter) take(v *event.View, raw []byte) error {
	switch v.Type() {
	case event.Match:
	case event.Banned:
		if v.Restored() {
			return nil // the ban was put back after a restart: nobody did anything
		}
	default:
		return c.out.WriteRaw(raw)
	}
	switch {
	case !v.IP.IsValid() && v.ID() == "":
		c.io.Errorf("line %d: ip: missing", c.in.Line())
		return nil
	case v.Time.IsZero():
		c.io.Errorf("line %d: time: missing", c.in.Line())
		return nil
	}
	return c.count(v, raw)
}

// count counts a failure, and writes the ban if it is the one that decides.
func (c *counter) count(v *event.View, raw []byte) error {
	jail := c.jails.get(c.jailName(v))
	if v.IP.IsValid() && jail.ignored.overlaps(v.IP) {
		return nil
	}
	c.lines = c.lines[:0]
	if jail.maxmatches > 0 {
		c.joinLines(v, raw)
	}
	address := c.counted(v, jail)
	d, decided := jail.window.Add(key(v, address), v.Time, c.lines)
	if jail.window.Evicted() > 0 || c.jails.forgot() {
		c.tell(jail)
	}
	if !decided {
		return nil
	}
	return c.decide(v, jail, address, d)
}

// key is what a failure is counted of: the id where there is one.
func key(v *event.View, address netip.Prefix) window.Key {
	if id := v.ID(); id != "" {
		return window.Text(id)
	}
	return window.Address(address)
}

// counted is the address that an event is counted for: the net around it, if nets are counted. A net that holds someone
// who is to be left alone is counted address by address, for banning it would ban that one too.
func (c *counter) counted(v *event.View, jail *counted) netip.Prefix {
	bits := c.flags.Ipv6Prefix
	if v.IP.Addr().Is4() {
		bits = c.flags.Ipv4Prefix
	}
	if !v.IP.IsValid() || v.IP.Bits() <= bits || v.ID() != "" {
		return v.IP
	}
	net, err := v.IP.Addr().Prefix(bits)
	if err != nil || jail.ignored.overlaps(net) {
		return v.IP
	}
	return net
}

// jailName is the jail that an event belongs to.
func (c *counter) jailName(v *event.View) string {
	if jail := v.Jail(); jail != "" {
		return jail
	}
	if c.only != "" {
		return c.only
	}
	if filter := v.Filter(); filter != "" {
		return filter
	}
	return "default"
}
