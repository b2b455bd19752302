package filter

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// identity is whom a failure is counted under: an address or network, an id of another kind, or both when
// the id differs from the address.
type identity struct {
	IP      netip.Prefix
	ID, DNS string
}

// identify reads the captures: ip4, else ip6, else dns, else fid. It returns false when none of them took
// part: the failure waits for its address. A text that is no address gives no identity at all.
func (f *Filter) identify(c captures) (who []identity, known bool) {
	fid, hasID := c.get(slotID)
	for _, slot := range []int{slotIP4, slotIP6} {
		if text, ok := c.get(slot); ok {
			return f.addressed(text, c.text(slotCIDR), fid, hasID), true
		}
	}
	name, ok := c.get(slotDNS)
	if !ok && !hasID {
		name, ok = c.get(slotOldHost)
	}
	switch {
	case ok:
		return f.named(name, fid, hasID), true
	case hasID:
		return f.one(idOnly(fid)), true
	}
	return nil, false
}

// one is a list of one identity.
func (f *Filter) one(id identity) []identity {
	f.who = append(f.who[:0], id)
	return f.who
}

// addressed is the identity of a failure with an address, and perhaps an id that differs from it.
func (f *Filter) addressed(text, length, fid string, hasID bool) []identity {
	ip, err := ParseAddress(text, length)
	if err != nil {
		f.refuse(err)
		return nil
	}
	if !hasID || fid == text {
		return f.one(identity{IP: ip})
	}
	id := idOnly(fid)
	if id.IP.IsValid() {
		id = identity{ID: prefixText(id.IP)}
	}
	if id.ID == prefixText(ip) {
		id.ID = ""
	}
	id.IP = ip
	return f.one(id)
}

// idOnly is the identity of a failure that has an id and no address; the id may well be one.
func idOnly(fid string) identity {
	text, length, _ := strings.Cut(fid, "/")
	if ip, err := ParseAddress(strings.Trim(text, "[]"), length); err == nil {
		return identity{IP: ip}
	}
	return identity{ID: fid}
}

// named is the identity of a failure with a host name: the name itself with usedns raw, its addresses with
// yes and warn. A name that is an address needs no asking.
func (f *Filter) named(name, fid string, hasID bool) []identity {
	if id := idOnly(name); id.IP.IsValid() {
		return f.one(id)
	}
	if f.usedns == "raw" {
		if hasID {
			return f.one(identity{ID: fid, DNS: name})
		}
		return f.one(identity{ID: name, DNS: name})
	}
	var who []identity
	if f.Resolves() {
		if f.usedns == "warn" && f.stats.Names == 0 {
			f.warn(fmt.Errorf("host name %s is resolved; a log that holds addresses is safer (-usedns yes says nothing)", name))
		}
		for _, addr := range f.lookup(name) {
			addr = addr.Unmap()
			who = append(who, identity{IP: netip.PrefixFrom(addr, addr.BitLen()), DNS: name})
		}
	}
	f.stats.Names++
	return who
}

func (f *Filter) refuse(err error) {
	f.stats.Refused++
	if f.stats.Refused == 1 {
		f.warn(fmt.Errorf("%w: refused; further ones are only counted", err))
	}
}

// ParseAddress reads an address as logs write it, with an optional prefix length: brackets, zero-padded
// octets (decimal, since what pads them prints decimal) and IPv4 in IPv6 are understood; host bits are
// masked. 999.1.1.1 is an error.
func ParseAddress(text, length string) (netip.Prefix, error) {
	if addr, ok := dotted(text); ok && length == "" {
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	addr, err := netip.ParseAddr(unpad(text))
	if err != nil || addr.Zone() != "" {
		return netip.Prefix{}, fmt.Errorf("%s is no address", text)
	}
	bits := addr.BitLen()
	if length != "" {
		n, err := strconv.Atoi(length)
		if err != nil || n > bits {
			return netip.Prefix{}, fmt.Errorf("%s/%s is no network", text, length)
		}
		bits = n
	}
	if addr.Is4In6() && (length == "" || bits >= 96) {
		bits -= 96
		addr = addr.Unmap()
	}
	return netip.PrefixFrom(addr, bits).Masked(), nil
}

// dotted reads an IPv4 address as most are written, without padding.
func dotted(text string) (netip.Addr, bool) {
	var octets [4]byte
	n, value, digits := 0, 0, 0
	for i := range len(text) {
		switch c := text[i]; {
		case '0' <= c && c <= '9' && digits < 3 && (value > 0 || digits == 0):
			value = 10*value + int(c-'0')
			digits++
		case c == '.' && digits > 0 && value < 256 && n < 3:
			octets[n] = byte(value)
			n, value, digits = n+1, 0, 0
		default:
			return netip.Addr{}, false
		}
	}
	octets[n] = byte(value)
	return netip.AddrFrom4(octets), n == 3 && digits > 0 && value < 256
}

// unpad takes the leading zeros from the octets of an IPv4 address.
func unpad(text string) string {
	if !padded(text) {
		return text
	}
	parts := strings.Split(text, ".")
	for i, p := range parts {
		if p = strings.TrimLeft(p, "0"); p == "" && parts[i] != "" {
			p = "0"
		}
		parts[i] = p
	}
	return strings.Join(parts, ".")
}

// padded tells whether an octet has a leading zero.
func padded(text string) bool {
	found, begin := false, true
	for i := range len(text) {
		c := text[i]
		if c == ':' {
			return false
		}
		found = found || begin && c == '0' && i+1 < len(text) && text[i+1] != '.'
		begin = c == '.'
	}
	return found
}

// prefixText writes a single address without its length.
func prefixText(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

// lookup asks for the addresses of a name and remembers the answers, so that a flood of lines with one
// name asks once. The memory is dropped when it is full.
func (f *Filter) lookup(name string) []netip.Addr {
	if f.resolve == nil {
		return nil
	}
	addrs, ok := f.known[name]
	if !ok {
		if f.known == nil || len(f.known) >= maxKnownNames {
			f.known = map[string][]netip.Addr{}
		}
		name = strings.Clone(name) // which is part of a block of the log
		addrs = f.resolve(name)
		f.known[name] = addrs
	}
	return addrs
}

const maxKnownNames = 4096
