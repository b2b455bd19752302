package window

import (
	"encoding/binary"
	"hash/maphash"
	"net/netip"
)

// Key is what failures are counted of: an address, a net, or any text. The zero Key is the empty text.
type Key struct {
	hi, lo uint64 // an address
	kind   uint16
	text   string
}

// The kinds of keys, besides the length of a prefix.
const (
	isText uint16 = 0
	isIPv6 uint16 = 1
	isIPv4 uint16 = 256
)

// Address is the key of an address, or of a net.
func Address(p netip.Prefix) Key {
	b := p.Addr().As16()
	k := Key{hi: binary.BigEndian.Uint64(b[:8]), lo: binary.BigEndian.Uint64(b[8:]), kind: isIPv6 + uint16(p.Bits())}
	if p.Addr().Is4() {
		k.kind = isIPv4 + uint16(p.Bits())
	}
	return k
}

// Text is the key of a text. One that is an address or a net, as they are written, is that address's key.
func Text(s string) Key {
	if addr, err := netip.ParseAddr(s); err == nil && addr.Zone() == "" && addr.String() == s {
		return Address(netip.PrefixFrom(addr, addr.BitLen()))
	}
	if p, err := netip.ParsePrefix(s); err == nil && !p.IsSingleIP() && p.String() == s {
		return Address(p)
	}
	return Key{text: s}
}

// hash is a hash of the key that nobody outside can foresee, so that nobody can choose addresses that collide.
func (k Key) hash(seed maphash.Seed) uint32 {
	if k.kind == isText {
		return uint32(maphash.String(seed, k.text))
	}
	return uint32(maphash.Comparable(seed, [3]uint64{k.hi, k.lo, uint64(k.kind)}))
}
