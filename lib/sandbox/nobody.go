//go:build !takeover

package sandbox

// takenOver does nothing. A test builds the tools with the tag "takeover", and with what somebody would try who had taken
// the process over.
func takenOver() {}
