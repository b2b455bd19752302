package nftables

import (
	"encoding/binary"
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// glance is how many elements the kernel is asked for at once: each is answered by
// a message of its own, and all answers have to fit into a socket buffer.
const glance = 32

// A lookup asks the kernel which elements a set has. It builds its own messages,
// because 100,000 elements are many.
type lookup struct {
	fd  int
	seq uint32
	buf []byte
}

func newLookup() (*lookup, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_NETFILTER)
	if err != nil {
		return nil, err
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return &lookup{fd: fd, buf: make([]byte, 1<<16)}, nil
}

func (l *lookup) close() error { return unix.Close(l.fd) }

// absent finds those items that a set lacks, as indices. It asks for more at once
// the longer nothing is missing, since the kernel answers up to the first that is.
func (l *lookup) absent(set string, items []item) (missing []int, err error) {
	for ask := 1; len(items) > 0; {
		some := items[:min(ask, len(items))]
		n, err := l.ask(set, some)
		if err != nil {
			return missing, err
		}
		if ask = min(2*ask, glance); n < len(some) {
			missing = append(missing, items[n].index)
			n, ask = n+1, 1
		}
		items = items[n:]
	}
	return missing, nil
}

// ask returns how many of the items the set has before the first that it lacks. A
// network is asked for by its first address: networks in one set are of one
// length, so no other holds it.
func (l *lookup) ask(set string, items []item) (n int, err error) {
	l.seq++
	if err := unix.Sendto(l.fd, l.question(set, items), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return 0, err
	}
	for {
		size, _, err := unix.Recvfrom(l.fd, l.buf, unix.MSG_DONTWAIT) // the kernel has answered before Sendto is done
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return n, err
		}
		messages, err := syscall.ParseNetlinkMessage(l.buf[:size])
		if err != nil {
			return n, err
		}
		for _, m := range messages {
			if m.Header.Seq != l.seq {
				continue
			}
			if m.Header.Type != unix.NLMSG_ERROR {
				n++
				continue
			}
			return n, refusal(m.Data)
		}
	}
}

// refusal is the error in the last answer: none when all elements are there, and
// none when one is not.
func refusal(data []byte) error {
	if len(data) < 4 {
		return errors.New("an answer is cut short")
	}
	code := int32(binary.NativeEndian.Uint32(data))
	if code == 0 || syscall.Errno(-code) == syscall.ENOENT {
		return nil
	}
	return syscall.Errno(-code)
}

// question is the message that asks for items.
func (l *lookup) question(set string, items []item) []byte {
	m := append(l.buf[:0], make([]byte, unix.NLMSG_HDRLEN)...)
	m = append(m, unix.NFPROTO_INET, unix.NFNETLINK_V0, 0, 0)
	m = attribute(m, unix.NFTA_SET_ELEM_LIST_TABLE, tableName+"\x00")
	m = attribute(m, unix.NFTA_SET_ELEM_LIST_SET, set+"\x00")
	m, list := open(m, unix.NFTA_SET_ELEM_LIST_ELEMENTS)
	for i := range items {
		var element, key int
		m, element = open(m, unix.NFTA_LIST_ELEM)
		m, key = open(m, unix.NFTA_SET_ELEM_KEY)
		m = attribute(m, unix.NFTA_DATA_VALUE, items[i].prefix.Addr().AsSlice())
		shut(m, key)
		shut(m, element)
	}
	shut(m, list)
	binary.NativeEndian.PutUint32(m[0:], uint32(len(m)))
	binary.NativeEndian.PutUint16(m[4:], unix.NFNL_SUBSYS_NFTABLES<<8|unix.NFT_MSG_GETSETELEM)
	binary.NativeEndian.PutUint16(m[6:], unix.NLM_F_REQUEST|unix.NLM_F_ACK)
	binary.NativeEndian.PutUint32(m[8:], l.seq)
	return m
}

// attribute appends an attribute of a message, filled up to a multiple of four bytes.
func attribute[T string | []byte](m []byte, kind uint16, data T) []byte {
	m = binary.NativeEndian.AppendUint16(m, uint16(unix.NLA_HDRLEN+len(data)))
	m = binary.NativeEndian.AppendUint16(m, kind)
	m = append(m, data...)
	for len(m)%unix.NLA_ALIGNTO != 0 {
		m = append(m, 0)
	}
	return m
}

// open appends the beginning of an attribute that holds others, and shut its length.
func open(m []byte, kind uint16) ([]byte, int) {
	return binary.NativeEndian.AppendUint16(append(m, 0, 0), kind|unix.NLA_F_NESTED), len(m)
}

func shut(m []byte, at int) { binary.NativeEndian.PutUint16(m[at:], uint16(len(m)-at)) }
