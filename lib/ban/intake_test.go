package ban

import (
	"bytes"
	"testing"
	"testing/synctest"
)

// endless is one line for ever, and counts how often it was read.
type endless struct {
	line []byte
	n    int
}

func (e *endless) Read(p []byte) (int, error) {
	whole := len(p) / len(e.line)
	e.n += whole
	return copy(p, bytes.Repeat(e.line, whole)), nil
}

// TestNoMoreThanABacklogWaits reads from a flood of decisions while nobody takes them, as on a machine with much to do.
func TestNoMoreThanABacklogWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		flood := &endless{line: []byte(`{"v":1,"type":"ban","time":"2026-03-01T10:00:00Z","ip":"192.0.2.1","jail":"a"}` + "\n")}
		in := newIntake(flood)
		ended := make(chan bool)
		go func() { in.read(); close(ended) }()
		synctest.Wait()
		waiting := 0
		hands, over, err := in.take()
		for _, h := range hands {
			waiting += len(h.items)
		}
		if over || err != nil || len(hands) != backlog || waiting > backlog*handful {
			t.Errorf("%d decisions wait in %d hands, over %v, %v", waiting, len(hands), over, err)
		}
		if ahead := flood.n - waiting; ahead > 8*handful {
			t.Errorf("%d more were read", ahead)
		}
		in.stop()
		<-ended
	})
}
