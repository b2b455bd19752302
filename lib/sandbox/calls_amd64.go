package sandbox

import "golang.org/x/sys/unix"

// oldAttributes are calls that newer processors never had.
var oldAttributes = []uint32{unix.SYS_CHMOD, unix.SYS_CHOWN, unix.SYS_LCHOWN, unix.SYS_UTIME, unix.SYS_UTIMES, unix.SYS_FUTIMESAT}

// fcntls are the numbers of fcntl.
var fcntls = []uint32{unix.SYS_FCNTL}

// forks are calls that newer processors never had.
var forks = []uint32{unix.SYS_FORK, unix.SYS_VFORK}
