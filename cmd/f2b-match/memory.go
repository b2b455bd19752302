package main

import (
	"os"
	"runtime/debug"
)

// Little lives long here but what the filters compiled to; nearly all that a line needs is garbage soon. So the garbage is
// collected when five times as much as lives has gathered, rather than twice, which takes a fifth of the time off; but
// before all of it comes near the 64 MB that no input may make it pass.
const (
	gcPercent   = 400
	memoryLimit = 40 << 20
)

// sparing sets this up, unless the user did by Go's own variables.
func sparing() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

// settle gives back what the reading of the configuration has left behind: a process that follows logs lives for long.
func settle() { debug.FreeOSMemory() }
