package event

// What an event can do without, in the order in which it goes from one that no reader would take: first what repeats
// what is said elsewhere, then what only people read. What decides - type, time, address, jail, settings - stays.
var spare = [...]func(*Event){
	func(e *Event) { e.Lines = nil },
	func(e *Event) { e.Matches = nil },
	func(e *Event) { e.Fields = nil },
	func(e *Event) { e.Line = "" },
	func(e *Event) { e.Error = "" },
	func(e *Event) { e.Unknown = nil },
}

// AppendFitting appends the event's line to dst as AppendJSON does, and leaves out what makes it longer than MaxLine.
// For whoever can write long lines into a log could else make events that the next tool refuses, and never be banned.
func (e *Event) AppendFitting(dst []byte) []byte {
	start := len(dst)
	dst = e.AppendJSON(dst)
	if len(dst)-start <= MaxLine {
		return dst
	}
	lean := *e
	for _, drop := range spare {
		drop(&lean)
		if dst = lean.AppendJSON(dst[:start]); len(dst)-start <= MaxLine {
			break
		}
	}
	return dst
}
