package main

import (
	"os"
	"runtime"

	"f2b/lib/cli"
)

// onOneProcessor keeps Go to one processor: in a dry run reading and answering take turns, on what is near that processor, and
// the others are for the tools before us. It comes first, for to give one up later costs more than it saves.
func onOneProcessor() {
	if os.Getenv("GOMAXPROCS") == "" { // else it is the user's to say
		runtime.GOMAXPROCS(1)
	}
}

// onAllProcessors is for who enforces bans, restores many at once, and waits for the kernel and the disk.
func onAllProcessors(std *cli.IO) {
	if std.Alone {
		runtime.SetDefaultGOMAXPROCS()
	}
}
