package ipset

import (
	"encoding/binary"
	"errors"
	"net/netip"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// What linux/netfilter/ipset/ip_set.h says of the question for a set.
const (
	subsystem     = 6 // NFNL_SUBSYS_IPSET
	command       = 7 // IPSET_CMD_LIST
	protocol      = 6 // IPSET_PROTOCOL_MIN, which every kernel since 2.6.39 speaks
	attrProtocol  = 1
	attrName      = 2
	attrFlags     = 6
	attrData      = 7
	attrADT       = 8
	attrElements  = 24
	onlyTheHeader = 1 << 2 // IPSET_FLAG_LIST_HEADER
)

// And of an entry.
const (
	entryIP   = 1
	entryCIDR = 3
	ipv4      = 1
	ipv6      = 2
)

// ask has the kernel tell of a set, without starting a program. Of one that is not
// there nothing is told.
func ask(name string, flags uint32) ([]netlink.Message, error) {
	conn, err := netlink.Dial(unix.NETLINK_NETFILTER, nil)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	ask := netlink.NewAttributeEncoder()
	ask.Uint8(attrProtocol, protocol)
	ask.String(attrName, name)
	if flags != 0 {
		ask.ByteOrder = binary.BigEndian
		ask.Uint32(attrFlags|netlink.NetByteOrder, flags)
	}
	data, err := ask.Encode()
	if err != nil {
		return nil, err
	}
	replies, err := conn.Execute(netlink.Message{
		Header: netlink.Header{Type: subsystem<<8 | command, Flags: netlink.Request | netlink.Dump},
		Data:   append([]byte{unix.AF_INET, 0, 0, 0}, data...),
	})
	if errors.Is(err, unix.ENOENT) {
		return nil, nil
	}
	return replies, err
}

// entries is how many entries a set has. One that has run out is none.
func entries(name string) (n int, err error) {
	replies, err := ask(name, onlyTheHeader)
	for _, reply := range replies {
		n += elements(reply.Data)
	}
	return n, err
}

// present reads the entries of a set.
func present(s set) (map[netip.Prefix]bool, error) {
	there := map[netip.Prefix]bool{}
	replies, err := ask(s.name(), 0)
	for _, reply := range replies {
		members(reply.Data, func(p netip.Prefix) { there[p] = true })
	}
	return there, err
}

// members reads the entries out of an answer.
func members(reply []byte, do func(netip.Prefix)) {
	if len(reply) < 4 {
		return
	}
	answer, err := netlink.NewAttributeDecoder(reply[4:])
	if err != nil {
		return
	}
	for answer.Next() {
		if answer.Type() != attrADT {
			continue
		}
		answer.Nested(func(all *netlink.AttributeDecoder) error {
			for all.Next() {
				all.Nested(func(entry *netlink.AttributeDecoder) error {
					if p := member(entry); p.IsValid() {
						do(p)
					}
					return nil
				})
			}
			return nil
		})
	}
}

// member reads one entry; it is no valid prefix if that cannot be.
func member(entry *netlink.AttributeDecoder) netip.Prefix {
	var addr netip.Addr
	bits := -1
	for entry.Next() {
		switch entry.Type() {
		case entryIP:
			entry.Nested(func(ip *netlink.AttributeDecoder) error {
				for ip.Next() {
					if ip.Type() == ipv4 || ip.Type() == ipv6 {
						addr, _ = netip.AddrFromSlice(ip.Bytes())
					}
				}
				return nil
			})
		case entryCIDR:
			bits = int(entry.Uint8())
		}
	}
	if bits < 0 {
		bits = addr.BitLen()
	}
	return netip.PrefixFrom(addr, bits)
}

// elements reads the number out of an answer.
func elements(reply []byte) (n int) {
	if len(reply) < 4 {
		return 0
	}
	answer, err := netlink.NewAttributeDecoder(reply[4:])
	if err != nil {
		return 0
	}
	for answer.Next() {
		if answer.Type() != attrData {
			continue
		}
		answer.Nested(func(data *netlink.AttributeDecoder) error {
			data.ByteOrder = binary.BigEndian
			for data.Next() {
				if data.Type() == attrElements {
					n = int(data.Uint32())
				}
			}
			return nil
		})
	}
	return n
}
