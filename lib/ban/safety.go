package ban

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"f2b/lib/event"
)

// The shortest prefixes that may be banned: a mistake shall not cut off half of the net.
const (
	shortest4 = 8
	shortest6 = 19
)

// ownAge is how long the machine's own addresses are taken to stay the same.
const ownAge = 5 * time.Second

// Safety says what is never banned.
type Safety struct {
	// Own returns the machine's own addresses; nil: they may be banned.
	Own func() ([]netip.Prefix, error)

	own  []netip.Prefix
	read time.Time
	err  error
}

// Refuse says why an event's address is not to be banned; "" means it may be. An id that is no address may be.
func (s *Safety) Refuse(e *event.Event) string {
	p := e.IP
	if s == nil || !p.IsValid() {
		return ""
	}
	a := p.Masked().Addr().Unmap()
	switch {
	case p.Bits() < shortest(a):
		return fmt.Sprintf("a network of more than a /%d (-force bans it)", shortest(a))
	case a.IsLoopback() || p.Contains(netip.IPv6Loopback()):
		return "a loopback address"
	case a.IsUnspecified():
		return "the unspecified address"
	case s.isOwn(p):
		return "an address of this machine (see -ignoreself)"
	}
	return ""
}

func shortest(a netip.Addr) int {
	if a.Is4() {
		return shortest4
	}
	return shortest6
}

// isOwn reports whether a network holds an address of this machine.
func (s *Safety) isOwn(p netip.Prefix) bool {
	if s.Own == nil {
		return false
	}
	if now := time.Now(); s.read.IsZero() || now.Sub(s.read) > ownAge {
		s.own, s.err = s.Own()
		s.read = now
	}
	for _, own := range s.own {
		if p.Contains(own.Addr()) {
			return true
		}
	}
	return false
}

// OwnAddresses returns the addresses of the machine's interfaces.
func OwnAddresses() ([]netip.Prefix, error) {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("own addresses: %w", err)
	}
	var all []netip.Prefix
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok {
			if ip, ok := netip.AddrFromSlice(n.IP); ok {
				ip = ip.Unmap()
				all = append(all, netip.PrefixFrom(ip, ip.BitLen()))
			}
		}
	}
	return all, nil
}
