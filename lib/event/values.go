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
	_, offset := t.Zone()
	if offset%60 != 0 {
		offset = 0
	}
	local := time.Unix(t.Unix()+int64(offset), 0).UTC() // what the clocks of the zone show
	year, month, day := local.Date()
	switch {
	case year > 9999:
		return append(b, "9999-12-31T23:59:59Z"...)
	case year < 0:
		return append(b, "0000-01-01T00:00:00Z"...)
	}
	hour, minute, second := local.Clock()
	const shape = "0000-00-00T00:00:00"
	at := len(b)
	b = append(b, shape...)
	text := b[at : at+len(shape)]
	putTwo(text[0:], year/100)
	putTwo(text[2:], year%100)
	putTwo(text[5:], int(month))
	putTwo(text[8:], day)
	putTwo(text[11:], hour)
	putTwo(text[14:], minute)
	putTwo(text[17:], second)
	return appendOffset(appendFraction(b, t.Nanosecond()), offset)
}

// appendFraction writes the fraction of a second, if there is one, without zeros at its end.
func appendFraction(b []byte, nanos int) []byte {
	if nanos == 0 {
		return b
	}
	b = append(b, '.')
	for unit := 100_000_000; nanos > 0; unit /= 10 {
		b = append(b, '0'+byte(nanos/unit))
		nanos %= unit
	}
	return b
}

// appendOffset writes the offset of a zone, given in seconds.
func appendOffset(b []byte, offset int) []byte {
	if offset == 0 {
		return append(b, 'Z')
	}
	sign := byte('+')
	if offset < 0 {
		sign, offset = '-', -offset
	}
	b = append(b, sign, 0, 0, ':', 0, 0)
	text := b[len(b)-len("00:00"):]
	putTwo(text[0:], offset/3600)
	putTwo(text[3:], offset/60%60)
	return b
}

// putTwo writes a number below 100 in two digits.
func putTwo(b []byte, n int) { b[0], b[1] = '0'+byte(n/10), '0'+byte(n%10) }
