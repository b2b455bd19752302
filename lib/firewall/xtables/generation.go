package xtables

import (
	"fmt"
	"unsafe"

	nft "github.com/google/nftables"
	"golang.org/x/sys/unix"
)

// A generation changes when the table's rules do.
type generation struct {
	number, size uint32
}

// IfChanged calls inspect unless the rules are those that it found good before.
// To ask the kernel costs a few microseconds where listing rules costs a process.
func (f *Family) IfChanged(inspect func() error) error {
	gen, err := f.generation()
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

// generation is a true one in the form over nftables. Of a legacy table the kernel
// tells the number and the size of its rules, which a flush or a reload changes.
func (f *Family) generation() (generation, error) {
	if f.legacy {
		return f.legacyGeneration()
	}
	conn, err := nft.New()
	if err != nil {
		return generation{}, err
	}
	gen, err := conn.GetGen()
	if err != nil {
		return generation{}, err
	}
	return generation{number: gen.ID}, nil
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

func (f *Family) legacyGeneration() (generation, error) {
	domain, level := unix.AF_INET, unix.SOL_IP
	if f.V6 {
		domain, level = unix.AF_INET6, unix.SOL_IPV6
	}
	fd, err := unix.Socket(domain, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_RAW)
	if err != nil {
		return generation{}, err
	}
	defer unix.Close(fd)
	var i info
	copy(i.name[:], table)
	size := uint32(unsafe.Sizeof(i))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), uintptr(level), getInfo,
		uintptr(unsafe.Pointer(&i)), uintptr(unsafe.Pointer(&size)), 0)
	if errno != 0 {
		return generation{}, fmt.Errorf("the legacy table: %w", errno)
	}
	return generation{number: i.entries, size: i.size}, nil
}
