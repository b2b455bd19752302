package main

import (
	"context"
	"net"
	"net/netip"
	"time"

	"f2b/lib/cli"
	"f2b/lib/filter"
)

// lookupTime bounds the wait for the addresses of one host name.
const lookupTime = 2 * time.Second

// resolver asks for the addresses of host names, for usedns yes and warn: in /etc/hosts and of name servers alone, for other ways than
// these would need programs and files that the process has given up.
func resolver(ctx context.Context) func(string) []netip.Addr {
	return func(name string) []netip.Addr {
		ctx, cancel := context.WithTimeout(ctx, lookupTime)
		defer cancel()
		addrs, err := (&net.Resolver{PreferGo: true}).LookupNetIP(ctx, "ip", name)
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
	if s.Skipped > 0 {
		std.Warnf("lines that a pattern was not tried on, because it was set aside: %d", s.Skipped)
	}
	if s.Undated > 0 {
		std.Warnf("failures on lines without a date: %d; they have the time of the last dated line, or of reading: try -datepattern", s.Undated)
	}
}
