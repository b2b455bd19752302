package action

import (
	"fmt"
	"sync"
	"time"
)

// A worker runs the commands of one action file, whatever jails use it, one after the other: actions are written for a program
// that runs one command at a time, and may edit one file. Different actions do not wait for each other.
type worker struct {
	mu      sync.Mutex
	jobs    []func()
	running bool

	slow  int  // how many commands in a row took too long
	stuck bool // nothing is tried at the moment
}

// do queues a job; jobs are done in the order in which they come.
func (w *worker) do(job func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.jobs = append(w.jobs, job)
	if !w.running {
		w.running = true
		go w.work()
	}
}

func (w *worker) work() {
	for {
		w.mu.Lock()
		if len(w.jobs) == 0 {
			w.running, w.jobs = false, nil
			w.mu.Unlock()
			return
		}
		job := w.jobs[0]
		w.jobs[0] = nil
		w.jobs = w.jobs[1:]
		w.mu.Unlock()
		job()
	}
}

// longestPause is for how long an action that hangs is left alone at most.
const longestPause = 10 * time.Minute

// timedOut notes a command that took too long. After the second in a row the action is left alone for a while, so that a
// hundred bans do not wait a hundred times; the pause doubles with each further one.
func (w *worker) timedOut(timeout time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.slow++; w.slow < 2 {
		return
	}
	pause := longestPause
	if doublings := w.slow - 2; doublings < 20 {
		pause = min(timeout<<doublings, longestPause)
	}
	w.stuck = true
	time.AfterFunc(pause, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.stuck = false
	})
}

// answered notes a command that ended in time.
func (w *worker) answered() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.slow = 0
}

// usable is an error while the action is left alone.
func (w *worker) usable() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stuck {
		return fmt.Errorf("not tried: %d commands in a row %w", w.slow, errTimeout)
	}
	return nil
}
