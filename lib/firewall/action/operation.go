package action

import (
	"errors"
	"slices"
	"time"
)

// An operation is the ban or the end of a ban of one subject, by all actions of its jail, one after the other. Whoever asked
// for it is answered as soon as it is known whether the ban is in force; the rest goes on behind.
type operation struct {
	*subject
	backend *Backend
	actions []*instance
	do      func(*operation, *instance)
	answer  chan error
	said    bool      // the answer was given
	tried   bool      // an action that enforces was tried
	failed  []failure // before the answer was known
}

// A failure is what one action failed in.
type failure struct {
	action *instance
	err    error
}

// begin starts an operation, as soon as not too many others are under way.
func (b *Backend) begin(s *subject, actions []*instance, do func(*operation, *instance)) *operation {
	b.slots <- struct{}{}
	b.waiting.Add(1)
	op := &operation{subject: s, backend: b, actions: actions, do: do, answer: make(chan error, 1)}
	op.step(0)
	return op
}

// step has the i-th action do its part.
func (op *operation) step(i int) {
	if i == len(op.actions) {
		var errs []error
		for _, f := range op.failed {
			errs = append(errs, f.err)
		}
		op.say(errors.Join(errs...))
		<-op.backend.slots
		op.backend.waiting.Done()
		return
	}
	a := op.actions[i]
	a.worker.do(func() {
		op.do(op, a)
		op.step(i + 1)
	})
}

// say answers, the first time.
func (op *operation) say(err error) {
	if !op.said {
		op.said = true
		op.answer <- err
	}
}

// enforced tells whether some action of the jail can take a ban back. Without one a ban is in force when the first has been told.
func (op *operation) enforced() bool {
	return slices.ContainsFunc(op.actions, func(a *instance) bool { return a.enforces })
}

// ban is what one action does for a ban. The ban is in force as soon as one of those that enforce has done it: what others fail
// in is said on the side. Of a ban that nobody could enforce nobody is told.
func (op *operation) ban(a *instance) {
	enforced := op.enforced()
	if !a.enforces && op.tried && !op.said {
		return
	}
	err := a.ban(op.backend.ctx, op.subject)
	decides := a.enforces || !enforced
	op.tried = op.tried || a.enforces
	switch {
	case err == nil && decides:
		op.say(nil)
		for _, f := range op.failed {
			f.action.report("actionban", f.err)
		}
		op.failed = nil
	case err != nil && (op.said || !decides):
		a.report("actionban", err)
	case err != nil:
		op.failed = append(op.failed, failure{a, err})
	}
}

const (
	unbanTries = 3
	unbanPause = 10 * time.Second
)

// unban is what one action does to end a ban. The first that enforces decides; what others fail in is tried again behind.
func (op *operation) unban(a *instance) {
	if !a.enforces {
		return
	}
	err := a.unban(op.backend.ctx, op.subject)
	if op.said {
		if err != nil {
			a.ending[op.key] = op
			op.backend.later(a, func() { op.again(a, 2) })
		}
		return
	}
	op.say(op.backend.countFailure(op.subject, a, err))
}

// again tries to end a ban once more, a while after it failed, unless there has been a new ban since.
func (op *operation) again(a *instance, try int) {
	if a.ending[op.key] != op {
		return
	}
	err := a.unban(op.backend.ctx, op.subject)
	if err != nil && try < unbanTries && op.backend.ctx.Err() == nil {
		op.backend.later(a, func() { op.again(a, try+1) })
		return
	}
	delete(a.ending, op.key)
	if err != nil {
		a.report("actionunban", err)
	}
}

// later queues a job after a pause, which the end of the program cuts short.
func (b *Backend) later(a *instance, job func()) {
	b.waiting.Go(func() {
		timer := time.NewTimer(unbanPause)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-b.closing:
		}
		done := make(chan struct{})
		a.worker.do(func() { job(); close(done) })
		<-done
	})
}
