package main

import "f2b/lib/window"

// told is which bounds have been reached: each is said once.
type told struct{ tracked, crowded, jails bool }

// forgot says whether anything was forgotten but addresses that are too many for their jail.
func (j *jails) forgot() bool { return j.forgotten > 0 || j.room.Crowded() > 0 }

// tell says once of each bound that it has been reached, after a failure of the jail.
func (c *counter) tell(jail *counted) {
	if !c.told.tracked && jail.window.Evicted() > 0 {
		c.told.tracked = true
		c.io.Warnf("more than %d addresses fail at once: those quiet for longest are forgotten; -max-tracked says how many are kept", c.flags.MaxTracked)
	}
	if !c.told.crowded && c.jails.room.Crowded() > 0 {
		c.told.crowded = true
		collectOften()
		c.io.Warnf("lines and ids of those who fail take more than %d MiB: those quiet for longest are forgotten; with a smaller -maxmatches more are kept", window.MaxBytes>>20)
	}
	if !c.told.jails && c.jails.forgotten > 0 {
		c.told.jails = true
		c.io.Warnf("more than %d jails at once, or %d MiB of their names: those quiet for longest are forgotten with their counts; those that -jail names are kept",
			mostJails, mostNameBytes>>20)
	}
}
