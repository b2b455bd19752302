package xtables

import (
	"fmt"
	"unsafe"

	nft "github.com/google/nftables"
	"golang.org/x/sys/unix"
)

// A Generation changes when the table's rules do. In the form over nftables both
// families share it.
type Generation struct {
	number, size uint32
	legacy       uint8 // the family of a legacy table, else 0
}

// Followed reports whether a family's rules are what a generation had, changed in so
// many steps of ours that made them so many more, and by nobody else; after is
// what they are now. What IfChanged found good is good then still.
func (p *Pair) Followed(f *Family, before Generation, steps, more int) (after Generation, ok bool) {
	after, err := f.Generation()
	if err != nil {
		return after, false
	}
	if f.legacy {
		ok = after.number == before.number+uint32(more)
	} else {
		ok = after.number == before.number+uint32(steps)
	}
	for _, each := range p.All() {
		if ok && each.good == before {
			each.good = after
		}
	}
	return after, ok
}

// IfChanged calls inspect unless the rules are those that it found good before.
// To ask the kernel costs a few microseconds where listing rules costs a process.
func (f *Family) IfChanged(inspect func() error) error {
	gen, err := f.Generation()
	if err != nil {
		return fmt.Errorf("%s: %w", f, err)
	}
	if gen == f.good {
		return nil
	}
	if err := inspect(); err != nil {
		return err
	}
	f.good = gen
	return nil
}

// Generation is a true one in the form over nftables. Of a legacy table the kernel
// tells the number and the size of its rules, which a flush or a reload changes.
func (f *Family) Generation() (Generation, error) {
	if f.legacy {
		return f.legacyGeneration()
	}
	conn, err := nft.New()
	if err != nil {
		return Generation{}, err
	}
	gen, err := conn.GetGen()
	if err != nil {
		return Generation{}, err
	}
	return Generation{number: gen.ID}, nil
}

// getInfo is the socket option IPT_SO_GET_INFO, and IP6T_SO_GET_INFO.
const getInfo = 64

// info is the kernel's struct ipt_getinfo.
type info struct {
	name       [32]byte
	validHooks uint32
	hookEntry  [5]uint32
	underflow  [5]uint32
	entries    uint32
	size       uint32
}

func (f *Family) legacyGeneration() (Generation, error) {
	domain, level := unix.AF_INET, unix.SOL_IP
	if f.V6 {
		domain, level = unix.AF_INET6, unix.SOL_IPV6
	}
	fd, err := unix.Socket(domain, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_RAW)
	if err != nil {
		return Generation{}, err
	}
	defer unix.Close(fd)
	var i info
	copy(i.name[:], table)
	size := uint32(unsafe.Sizeof(i))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), uintptr(level), getInfo,
		uintptr(unsafe.Pointer(&i)), uintptr(unsafe.Pointer(&size)), 0)
	if errno != 0 {
		return Generation{}, fmt.Errorf("the legacy table: %w", errno)
	}
	return Generation{number: i.entries, size: i.size, legacy: uint8(domain)}, nil
}
