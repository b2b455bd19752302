//go:build !coverage

package sandbox

// counted changes nothing. scripts/coverage builds the tools with the tag "coverage": those count what runs in them.
func counted(n Needs) Needs { return n }
