package main

import (
	"os"
	"runtime"

	"f2b/lib/cli"
)

// onOneProcessor keeps Go to one processor in a dry run: reading and answering take turns then, on what is near that processor, and
// the others are the tools' before us. Who enforces bans waits for the kernel and the disk meanwhile, and restores many at once.
func onOneProcessor(std *cli.IO) {
	if std.Alone && os.Getenv("GOMAXPROCS") == "" { // else it is the user's to say
		runtime.GOMAXPROCS(1)
	}
}
