package main

import (
	"os"
	"runtime/debug"
	"sync"
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

// stayingPercent is the same for a process that follows logs: it has little to do, for long.
const stayingPercent = 50

// staying sets this up, before the configuration is read.
func staying() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(stayingPercent)
	}
}

// settling gives back what the start has left behind as soon as there is nothing more to do, that is when before is called first.
func settling(before func() error) func() error {
	var once sync.Once
	return func() error {
		err := before()
		once.Do(debug.FreeOSMemory)
		return err
	}
}
