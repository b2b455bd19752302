package xtables

import (
	"os"

	"golang.org/x/sys/unix"
)

// LockFile is beside iptables' own lock, which cannot be held from one iptables
// to the next.
const LockFile = "/run/f2b.lock"

// Lock keeps other processes of this program from changing rules between the
// moment when they are read here and the moment when they are changed. Without the
// right to make the file, or without /run, there is none. It returns the unlocking.
func Lock() (unlock func()) {
	file, err := os.OpenFile(LockFile, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return func() {}
	}
	for {
		if err := unix.Flock(int(file.Fd()), unix.LOCK_EX); err != unix.EINTR {
			break
		}
	}
	return func() { file.Close() }
}
