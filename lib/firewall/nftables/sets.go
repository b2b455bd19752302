package nftables

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	nft "github.com/google/nftables"

	"f2b/lib/firewall"
)

// maxName keeps names far below the kernel's 256 bytes and fit to read.
const maxName = 64

// A set is one kernel set of a jail: the addresses of a family, or its networks
// of one length.
type set struct {
	v6   bool
	bits int
}

var (
	addr4 = set{v6: false, bits: 32}
	addr6 = set{v6: true, bits: 128}
)

func setOf(p netip.Prefix) set {
	return set{v6: p.Addr().Is6(), bits: p.Bits()}
}

// single reports whether the set holds addresses rather than networks.
func (s set) single() bool { return s == addr4 || s == addr6 }

// prefix is what the set's name begins with: "addr4-", "net6-64-".
func (s set) prefix() string {
	family := "4"
	if s.v6 {
		family = "6"
	}
	if s.single() {
		return "addr" + family + "-"
	}
	return fmt.Sprintf("net%s-%d-", family, s.bits)
}

// name is the set's name in the kernel.
func (s set) name(jail string) string {
	return s.prefix() + firewall.SafeName(jail, maxName)
}

// parseSet is the inverse of name; ok is false for another jail's set.
func parseSet(name, jail string) (s set, ok bool) {
	family, isNet := strings.CutPrefix(name, "net")
	if !isNet {
		for _, s := range []set{addr4, addr6} {
			if name == s.name(jail) {
				return s, true
			}
		}
		return set{}, false
	}
	family, rest, _ := strings.Cut(family, "-")
	length, _, _ := strings.Cut(rest, "-")
	bits, err := strconv.Atoi(length)
	s = set{v6: family == "6", bits: bits}
	return s, err == nil && name == s.name(jail)
}

// kernel describes the set to the kernel. It has no size: hash sets grow, and a
// size would make the newest bans fail. Its elements have no counters, which the
// kernel would take more time to make than to add the elements; the rules have.
func (s set) kernel(jail string) *nft.Set {
	key := nft.TypeIPAddr
	if s.v6 {
		key = nft.TypeIP6Addr
	}
	return &nft.Set{Table: table(), Name: s.name(jail), KeyType: key, HasTimeout: true, Interval: !s.single()}
}

// key is an element as the kernel knows it: a network is two elements, its first address and the one after its last, which is
// left out at the end of all addresses.
func key(p netip.Prefix, timeout time.Duration) []nft.SetElement {
	start := nft.SetElement{Key: p.Addr().AsSlice(), Timeout: timeout}
	if p.IsSingleIP() {
		return []nft.SetElement{start}
	}
	end := after(p)
	if !end.IsValid() {
		start.IntervalOpen = true
		return []nft.SetElement{start}
	}
	return []nft.SetElement{start, {Key: end.AsSlice(), IntervalEnd: true}}
}

// after is the first address behind a network; the zero Addr if there is none.
func after(p netip.Prefix) netip.Addr {
	last := p.Masked().Addr().AsSlice()
	for bit := p.Bits(); bit < len(last)*8; bit++ {
		last[bit/8] |= 0x80 >> (bit % 8)
	}
	addr, _ := netip.AddrFromSlice(last)
	return addr.Next()
}

// timeout is what the kernel is told: milliseconds, where none at all would mean
// for good. What has run out already goes at once.
func timeout(d time.Duration) time.Duration {
	if d == 0 {
		return 0
	}
	return max(d, time.Millisecond)
}
