package pyre

import (
	"errors"
	"fmt"
)

// ErrTimeout is returned by a search that was given up: the pattern needs an engine that backtracks and the text made it run beyond its
// time, or it is linear and so large, and the text so long, that it would take far too much of it. Whether the text matches is not known.
var ErrTimeout = errors.New("pattern ran out of time")

// Error is a pattern that cannot be compiled. Msg is worded as Python's re.error words it.
type Error struct {
	Pattern string
	Pos     int // byte offset in Pattern
	Msg     string
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s at position %d of %q", e.Msg, e.Pos, e.Pattern)
}
