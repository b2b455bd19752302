//go:build !amd64 && !arm

package sandbox

import "golang.org/x/sys/unix"

// oldAttributes are calls that this processor never had.
var oldAttributes []uint32

// fcntls are the numbers of fcntl.
var fcntls = []uint32{unix.SYS_FCNTL}

// forks are calls that newer processors never had.
var forks []uint32
