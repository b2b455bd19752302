package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// onOneProcessor keeps Go to one processor: counting is one goroutine's work, and the others would look for some in vain, which takes
// a fifth of the time.
func onOneProcessor() {
	if os.Getenv("GOMAXPROCS") == "" { // else it is the user's to say
		runtime.GOMAXPROCS(1)
	}
}

// gather lets garbage gather while the configuration is read. It isn't much, and to collect it again and again costs more
// memory, for the collector's own books, than it gives back.
func gather() { collectAt(400) }

// collect collects garbage as usual again, and gives back what the reading took.
func collect() {
	collectAt(100)
	debug.FreeOSMemory()
}

// collectOften lets less garbage gather, from when as much is kept as may be: by then that is much, and garbage gathers in
// proportion to it.
func collectOften() { collectAt(40) }

// collectAt collects when so much garbage has gathered, in percent of what lives.
func collectAt(percent int) {
	if os.Getenv("GOGC") == "" { // else it is the user's to say
		debug.SetGCPercent(percent)
	}
}
