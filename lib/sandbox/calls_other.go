//go:build !amd64 && !arm

package sandbox

// oldAttributes are calls that this processor never had.
var oldAttributes []uint32
