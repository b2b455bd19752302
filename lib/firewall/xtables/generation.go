package xtables

import (
	"fmt"
	"unsafe"

	nft "github.com/google/nftables"
	"golang.org/x/sys/unix"
)

// A Generation changes when the table's rules do.
type Generation struct {
	number, size uint32
}

// Generation asks the kernel, which costs a few microseconds where listing rules
// costs a process. The form over nftables has a true generation; of a legacy table
// the kernel tells the number and the size of its rules, which a flush or a reload changes.
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
		return Generation{}, fmt.Errorf("%s: %w", f, err)
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
		return Generation{}, fmt.Errorf("%s: %w", f, err)
	}
	defer unix.Close(fd)
	var i info
	copy(i.name[:], table)
	size := uint32(unsafe.Sizeof(i))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), uintptr(level), getInfo,
		uintptr(unsafe.Pointer(&i)), uintptr(unsafe.Pointer(&size)), 0)
	if errno != 0 {
		return Generation{}, fmt.Errorf("%s: the legacy table: %w", f, errno)
	}
	return Generation{number: i.entries, size: i.size}, nil
}
