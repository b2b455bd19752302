package ban

import (
	"time"

	"f2b/lib/event"
)

// answer is one line of the output. Answers keep the order of the input.
type answer struct {
	view   *event.View // the line of the decision, with which the answer has most in common
	event  event.Event // what a keeper goes by of it
	line   []byte      // as it is written
	change *change     // what the event decided; nil: nothing
	ban    bool        // the event is to be followed
	timed  bool        // it bears a time of its own
	now    time.Time   // when it came, by the keeper's clock
}

// What an answer does not take over from the decision: where it is followed, and where it is not.
var (
	ofTheBan     = event.MembersOf("type", "time", "jail", "bantime", "expires", "bancount", "backend")
	ofTheRefusal = event.MembersOf("type", "time", "jail", "error")
	ofTheFailure = ofTheRefusal | event.MembersOf("backend")
)

// refuse answers that a decision is not followed.
func (b *batch) refuse(a *answer, kind, reason string) {
	a.event.Type, a.event.Error, a.change = kind, reason, nil
	b.answer(a, &a.event, ofTheRefusal)
}

// answer makes the line of an answer, which says what the decision said but for those members.
func (b *batch) answer(a *answer, said *event.Event, set event.Members) {
	start := len(b.room)
	b.room = a.view.AppendWith(b.room, said, set)
	a.line = b.room[start:]
}
