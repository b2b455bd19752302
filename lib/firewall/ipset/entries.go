package ipset

import (
	"encoding/binary"
	"errors"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// What linux/netfilter/ipset/ip_set.h says of the question for a set's header.
const (
	subsystem     = 6 // NFNL_SUBSYS_IPSET
	command       = 7 // IPSET_CMD_LIST
	protocol      = 6 // IPSET_PROTOCOL_MIN, which every kernel since 2.6.39 speaks
	attrProtocol  = 1
	attrName      = 2
	attrFlags     = 6
	attrData      = 7
	attrElements  = 24
	onlyTheHeader = 1 << 2 // IPSET_FLAG_LIST_HEADER
)

// entries asks the kernel how many entries a set has, without starting a program.
// One that has run out is none; a set that is not there has none.
func entries(name string) (int, error) {
	conn, err := netlink.Dial(unix.NETLINK_NETFILTER, nil)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	ask := netlink.NewAttributeEncoder()
	ask.Uint8(attrProtocol, protocol)
	ask.String(attrName, name)
	ask.ByteOrder = binary.BigEndian
	ask.Uint32(attrFlags|netlink.NetByteOrder, onlyTheHeader)
	data, err := ask.Encode()
	if err != nil {
		return 0, err
	}
	replies, err := conn.Execute(netlink.Message{
		Header: netlink.Header{Type: subsystem<<8 | command, Flags: netlink.Request | netlink.Dump},
		Data:   append([]byte{unix.AF_INET, 0, 0, 0}, data...),
	})
	if errors.Is(err, unix.ENOENT) {
		return 0, nil
	}
	n := 0
	for _, reply := range replies {
		n += elements(reply.Data)
	}
	return n, err
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
