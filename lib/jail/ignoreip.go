package jail

import (
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"strings"
	"sync"
)

// SplitList parts a list at commas and white space.
func SplitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || strings.ContainsRune(" \t\r\n", r) })
}

// hostName is a host name. Its last label begins with a letter, or a slip in an address would be taken for a name.
// It takes long to compile, and tools that read no list of addresses start without it.
var hostName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([\pL\pN_]([\pL\pN_-]*[\pL\pN_])?\.)*\pL([\pL\pN_-]*[\pL\pN_])?\.?$`)
})

// ParseEntry reads an address, or a net as 192.0.2.0/24 or 192.0.2.0/255.255.255.0, whatever its host bits are; or says
// that the entry is a host name.
func ParseEntry(entry string) (p netip.Prefix, isName bool, err error) {
	text, length, isNet := strings.Cut(entry, "/")
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" {
		if !isNet && hostName().MatchString(entry) {
			return p, true, nil
		}
		return p, false, fmt.Errorf("%q is no address, net or host name", entry)
	}
	bits := addr.BitLen()
	if isNet {
		if bits, err = maskBits(addr, length); err != nil {
			return p, false, fmt.Errorf("%q: %w", entry, err)
		}
	}
	if addr.Is4In6() && bits >= 96 {
		addr, bits = addr.Unmap(), bits-96
	}
	p, err = addr.Prefix(bits)
	return p, false, err
}

// maskBits reads what stands behind the slash of a net: the length of the prefix, or the mask.
func maskBits(addr netip.Addr, text string) (int, error) {
	if mask, err := netip.ParseAddr(text); err == nil && mask.BitLen() == addr.BitLen() {
		bits, size := net.IPMask(mask.AsSlice()).Size()
		if size == 0 {
			return 0, fmt.Errorf("%s is no mask", text)
		}
		return bits, nil
	}
	p, err := netip.ParsePrefix(addr.WithZone("").String() + "/" + text)
	if err != nil {
		return 0, fmt.Errorf("%q is no length of a prefix", text)
	}
	return p.Bits(), nil
}

// checkIgnoreip looks at the entries that stand in the list itself.
func (s *section) checkIgnoreip(list string) {
	for _, entry := range SplitList(list) {
		if strings.HasPrefix(entry, "file:") {
			continue
		}
		if _, _, err := ParseEntry(entry); err != nil {
			s.wrong("ignoreip", "", "%v", err)
		}
	}
}
