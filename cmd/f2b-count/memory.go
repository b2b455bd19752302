package main

import (
	"os"
	"runtime/debug"
)

// fewAddresses is how many take up little memory.
const fewAddresses = 50_000

// generous lets garbage gather to five times what lives: events are garbage at once, and while few addresses are counted
// hardly anything else lives. It takes a fifth of the time off.
func generous() { collectAt(400) }

// sparing is for many addresses, which would make that a lot.
func sparing() { collectAt(100) }

func collectAt(percent int) {
	if os.Getenv("GOGC") == "" { // else it is the user's to say
		debug.SetGCPercent(percent)
	}
}
