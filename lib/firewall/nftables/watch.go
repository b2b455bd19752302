package nftables

import (
	"encoding/binary"
	"net/netip"
	"syscall"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// A watch hears from the kernel what other programs delete. The kernel tells
// nothing of elements whose time is up, and what this process does itself is
// filtered out before it is queued.
type watch struct {
	fd   int
	deaf bool // for a while, see Backend.deaf
	buf  []byte
}

// watchBuffer is how much the kernel is to queue until it is read: some thousand
// deletions. Without the right to that much it is the default, and what does not
// fit is known to be lost.
const watchBuffer = 4 << 20

// newWatch begins to listen.
func newWatch() (*watch, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_NETFILTER)
	if err != nil {
		return nil, err
	}
	unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, watchBuffer)
	w := &watch{fd: fd, buf: make([]byte, 1<<16)}
	err = unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK})
	if err == nil {
		err = w.hear(true)
	}
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	return w, nil
}

// hear begins or stops to listen. What was heard so far is kept.
func (w *watch) hear(on bool) error {
	option := unix.NETLINK_DROP_MEMBERSHIP
	if on {
		option = unix.NETLINK_ADD_MEMBERSHIP
	}
	w.deaf = !on
	return unix.SetsockoptInt(w.fd, unix.SOL_NETLINK, option, unix.NFNLGRP_NFTABLES)
}

func (w *watch) close() error { return unix.Close(w.fd) }

// portAt is where a netlink message has the port of who made the change.
const portAt = 12

// ignore filters out what the socket of that port changes.
func (w *watch) ignore(port uint32) error {
	var k [4]byte
	binary.NativeEndian.PutUint32(k[:], port) // the filter reads what is there as a number of the network's order
	program := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: portAt},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: binary.BigEndian.Uint32(k[:]), Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0},
		{Code: unix.BPF_RET | unix.BPF_K, K: ^uint32(0)},
	}
	return unix.SetsockoptSockFprog(w.fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER,
		&unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]})
}

// A deletion is something of our table that somebody deleted: an element, or, if
// key is not valid, a whole set or, if that is not named either, the table.
type deletion struct {
	set string
	key netip.Addr
}

// read returns what was deleted since it was called last. whole is false when the
// kernel had to forget some of it.
func (w *watch) read() (all []deletion, whole bool, err error) {
	whole = true
	for {
		n, _, err := unix.Recvfrom(w.fd, w.buf, unix.MSG_DONTWAIT)
		switch err {
		case nil:
		case unix.EINTR:
			continue
		case unix.ENOBUFS:
			whole = false
			continue
		case unix.EAGAIN:
			return all, whole, nil
		default:
			return all, false, err
		}
		messages, err := syscall.ParseNetlinkMessage(w.buf[:n])
		if err != nil {
			return all, false, err
		}
		for _, m := range messages {
			all = append(all, deletions(m)...)
		}
	}
}

// headerSize is the length of the kernel's struct nfgenmsg, whose first byte is the family.
const headerSize = 4

// deletions reads one message.
func deletions(m syscall.NetlinkMessage) []deletion {
	if len(m.Data) < headerSize || m.Data[0] != unix.NFPROTO_INET || m.Header.Type>>8 != unix.NFNL_SUBSYS_NFTABLES {
		return nil
	}
	body, err := netlink.NewAttributeDecoder(m.Data[headerSize:])
	if err != nil {
		return nil
	}
	switch m.Header.Type & 0xff {
	case unix.NFT_MSG_DELTABLE:
		return whole(body, 0)
	case unix.NFT_MSG_DELSET:
		return whole(body, unix.NFTA_SET_NAME)
	case unix.NFT_MSG_DELSETELEM:
		return elements(body)
	}
	return nil
}

// whole reads the deletion of a table or a set; set is the number of the set's name.
func whole(body *netlink.AttributeDecoder, set uint16) []deletion {
	var d deletion
	ours := false
	for body.Next() {
		switch body.Type() {
		case unix.NFTA_TABLE_NAME: // which is NFTA_SET_TABLE
			ours = body.String() == tableName
		case set:
			d.set = body.String()
		}
	}
	if !ours {
		return nil
	}
	return []deletion{d}
}

// elements reads the deletion of elements.
func elements(body *netlink.AttributeDecoder) (all []deletion) {
	ours, set := false, ""
	for body.Next() {
		switch body.Type() {
		case unix.NFTA_SET_ELEM_LIST_TABLE:
			ours = body.String() == tableName
		case unix.NFTA_SET_ELEM_LIST_SET:
			set = body.String()
		case unix.NFTA_SET_ELEM_LIST_ELEMENTS:
			body.Nested(func(list *netlink.AttributeDecoder) error {
				for list.Next() {
					list.Nested(func(element *netlink.AttributeDecoder) error {
						if key, ok := elementKey(element); ok {
							all = append(all, deletion{key: key})
						}
						return nil
					})
				}
				return nil
			})
		}
	}
	if !ours {
		return nil
	}
	for i := range all {
		all[i].set = set
	}
	return all
}

// elementKey is the address of an element; ok is false for the end of a network.
func elementKey(element *netlink.AttributeDecoder) (key netip.Addr, ok bool) {
	element.ByteOrder = binary.BigEndian
	end := false
	for element.Next() {
		switch element.Type() {
		case unix.NFTA_SET_ELEM_FLAGS:
			end = element.Uint32()&unix.NFT_SET_ELEM_INTERVAL_END != 0
		case unix.NFTA_SET_ELEM_KEY:
			element.Nested(func(data *netlink.AttributeDecoder) error {
				for data.Next() {
					if data.Type() == unix.NFTA_DATA_VALUE {
						key, ok = netip.AddrFromSlice(data.Bytes())
					}
				}
				return nil
			})
		}
	}
	return key, ok && !end
}
