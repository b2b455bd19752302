package sandbox

import (
	"fmt"
	"os"
	"os/user"
	"slices"
	"strconv"
	"syscall"
	"unsafe"

	"kernel.org/pub/linux/libs/security/libcap/psx"

	"golang.org/x/sys/unix"
)

// User is somebody whom root can become.
type User struct {
	name     string
	uid, gid int
	groups   []int
}

// LookUp finds a user by name; an empty name is nobody in particular: nil.
func LookUp(name string) (*User, error) {
	if name == "" {
		return nil, nil
	}
	known, err := user.Lookup(name)
	if err != nil {
		return nil, fmt.Errorf("-user: there is no user %s", name)
	}
	if id := strconv.Itoa(os.Geteuid()); id != "0" && id != known.Uid {
		return nil, fmt.Errorf("-user: only root can become %s", name)
	}
	u := &User{name: name}
	ids, err := known.GroupIds()
	if err != nil {
		return nil, fmt.Errorf("-user: the groups of %s: %w", name, err)
	}
	for _, id := range append([]string{known.Uid, known.Gid}, ids...) {
		n, err := strconv.Atoi(id)
		if err != nil {
			return nil, fmt.Errorf("-user: %s has the id %q", name, id)
		}
		u.groups = append(u.groups, n)
	}
	u.uid, u.gid, u.groups = u.groups[0], u.groups[1], u.groups[2:]
	return u, nil
}

// become makes the process the user's, in all threads. Capabilities that are wanted outlive it.
func (u *User) become(wanted []uintptr) error {
	if u == nil || os.Geteuid() == u.uid {
		return nil
	}
	if len(wanted) > 0 {
		if _, _, errno := psx.Syscall6(unix.SYS_PRCTL, unix.PR_SET_KEEPCAPS, 1, 0, 0, 0, 0); errno != 0 {
			return fmt.Errorf("-user: %w", errno)
		}
	}
	for _, step := range []func() error{
		func() error { return syscall.Setgroups(u.groups) },
		func() error { return syscall.Setresgid(u.gid, u.gid, u.gid) },
		func() error { return syscall.Setresuid(u.uid, u.uid, u.uid) },
	} {
		if err := step(); err != nil {
			return fmt.Errorf("-user: cannot become %s: %w", u.name, err)
		}
	}
	return nil
}

// keep gives up all capabilities but those that are wanted, in all threads, and for programs that are started too.
func keep(wanted []uintptr) error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var has, left [2]unix.CapUserData
	if err := unix.Capget(&header, &has[0]); err != nil {
		return fmt.Errorf("capabilities: %w", err)
	}
	for c := range uintptr(64) {
		word, bit := c/32, uint32(1)<<(c%32)
		if has[word].Permitted&bit != 0 && slices.Contains(wanted, c) {
			left[word] = unix.CapUserData{Effective: left[word].Effective | bit, Permitted: left[word].Permitted | bit,
				Inheritable: left[word].Inheritable | bit}
		}
	}
	if _, _, errno := psx.Syscall3(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&left[0])), 0); errno != 0 {
		return fmt.Errorf("capabilities: %w", errno)
	}
	return nil
}
