package main

import "f2b/lib/sandbox"

// lockIn gives up what it does not take to count, which is everything but the streams, unless there is a command to ask: nobody knows
// what that needs.
func (c *counter) lockIn() error {
	if !c.io.Alone {
		return nil
	}
	say := func(string, ...any) {}
	if c.flags.Verbose {
		say = c.io.Warnf
	}
	return c.flags.Flags.Enter(sandbox.Needs{Anything: c.asks()}, say)
}

// asks says whether a command is asked whom to leave alone.
func (c *counter) asks() bool {
	for _, s := range c.jails.named {
		if s.command.text != "" {
			return true
		}
	}
	return c.jails.unnamed.command.text != ""
}
