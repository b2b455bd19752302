package config

import "strings"

// Warning is something that is allowed but is hardly meant.
type Warning struct {
	Pos       Pos
	Msg, Hint string
}

// String gives "file:line: message (hint)".
func (w Warning) String() string {
	s := w.Msg
	if w.Pos != (Pos{}) {
		s = w.Pos.String() + ": " + s
	}
	if w.Hint != "" {
		s += " (" + w.Hint + ")"
	}
	return strings.TrimSpace(s)
}

// Warnings lists what looks like a mistake.
func (d *Definition) Warnings() []Warning {
	return d.config.Warnings()
}
