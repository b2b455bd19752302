package event

import (
	"net/netip"
	"time"
)

// parsePrefix reads an address or a CIDR into canonical form: IPv4 where IPv4 is meant, no bits behind the prefix.
func parsePrefix(s string) (netip.Prefix, bool) {
	addr, err := netip.ParseAddr(s)
	bits := 0
	if err == nil {
		bits = addr.BitLen()
	} else {
		prefix, err := netip.ParsePrefix(s)
		if err != nil {
			return netip.Prefix{}, false
		}
		addr, bits = prefix.Addr(), prefix.Bits()
	}
	if addr.Is4In6() && bits >= 96 {
		addr, bits = addr.Unmap(), bits-96
	}
	prefix, err := addr.Prefix(bits)
	return prefix, err == nil && addr.Zone() == ""
}

// appendPrefix writes a prefix, one of full length as an address.
func appendPrefix(b []byte, p netip.Prefix) []byte {
	if p.IsSingleIP() {
		return p.Addr().Unmap().AppendTo(b)
	}
	return p.AppendTo(b)
}

// parseTime reads a time of RFC 3339.
func parseTime(s string) (time.Time, bool) {
	if t, offset, n := readTime(s); n > 0 && n == len(s) {
		return t.In(zone(offset)), true
	}
	return parseAnyTime(s)
}

// parseAnyTime reads also what is written otherwise than we do.
func parseAnyTime(s string) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339Nano, s)
	// Package time is lenient with the digits of the hour, a comma and an offset's size.
	if err != nil || len(s) < len("2006-01-02T15:04:05Z") || s[13] != ':' || s[19] == ',' {
		return time.Time{}, false
	}
	_, offset := t.Zone()
	if offset == 0 {
		return t.UTC(), true
	}
	const day = 24 * 60 * 60
	return t.In(time.FixedZone("", offset)), -day < offset && offset < day && s[len(s)-2] < '6'
}

// appendTime writes a time of RFC 3339, which knows no seconds in an offset and no year beyond four digits.
func appendTime(b []byte, t time.Time) []byte {
	if _, offset := t.Zone(); offset%60 != 0 {
		t = t.UTC()
	}
	year, month, day := t.Date()
	switch {
	case year > 9999:
		return append(b, "9999-12-31T23:59:59Z"...)
	case year < 0:
		return append(b, "0000-01-01T00:00:00Z"...)
	case t.Nanosecond() != 0:
		return t.AppendFormat(b, time.RFC3339Nano)
	}
	hour, minute, second := t.Clock()
	b = append(appendTwo(appendTwo(b, year/100), year%100), '-')
	b = append(appendTwo(b, int(month)), '-')
	b = append(appendTwo(b, day), 'T')
	b = append(appendTwo(b, hour), ':')
	b = append(appendTwo(b, minute), ':')
	return appendOffset(appendTwo(b, second), t)
}

// appendOffset writes the offset of a time.
func appendOffset(b []byte, t time.Time) []byte {
	_, offset := t.Zone()
	if offset == 0 {
		return append(b, 'Z')
	}
	sign := byte('+')
	if offset < 0 {
		sign, offset = '-', -offset
	}
	b = append(appendTwo(append(b, sign), offset/3600), ':')
	return appendTwo(b, offset/60%60)
}

// appendTwo writes a number below 100 in two digits.
func appendTwo(b []byte, n int) []byte { return append(b, '0'+byte(n/10), '0'+byte(n%10)) }
