package main

import (
	"context"
	"net"
	"net/netip"
	"time"

	"f2b/lib/cli"
	"f2b/lib/filter"
	"f2b/lib/logtime"
)

// clock gives what dates without a year or a zone are read against.
func clock(now, zone string) (func() time.Time, *time.Location, error) {
	loc := time.Local
	if zone != "" {
		var err error
		if loc, err = logtime.ParseZone(zone); err != nil {
			return nil, nil, cli.Usagef("-tz: %v", err)
		}
	}
	if now == "" {
		return time.Now, loc, nil
	}
	at, err := time.Parse(time.RFC3339, now)
	if err != nil {
		return nil, nil, cli.Usagef("-now: %q is no time like 2024-03-01T10:00:00+01:00", now)
	}
	return func() time.Time { return at }, loc, nil
}

// lookupTime bounds the wait for the addresses of one host name.
const lookupTime = 2 * time.Second

// resolver asks the system for the addresses of host names, for usedns yes and warn.
func resolver(ctx context.Context) func(string) []netip.Addr {
	return func(name string) []netip.Addr {
		ctx, cancel := context.WithTimeout(ctx, lookupTime)
		defer cancel()
		addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", name)
		if err != nil {
			return nil
		}
		return addrs
	}
}

// summary says what was refused, once, at the end.
func summary(std *cli.IO, f *filter.Filter) {
	s := f.Stats()
	if s.Refused > 1 {
		std.Warnf("texts refused in the place of an address: %d", s.Refused)
	}
	if s.Timeouts > 0 {
		std.Warnf("lines missed because a pattern took too long: %d; simplify it (nested repeats are the usual cause)", s.Timeouts)
	}
	if s.Undated > 0 {
		std.Warnf("failures on lines without a date: %d; they have the time of the last dated line, or of reading: try -datepattern", s.Undated)
	}
}
