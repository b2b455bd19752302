package action

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"f2b/lib/firewall"
)

// Ban runs the actions of each ban.
func (b *Backend) Ban(bans []firewall.Ban) error {
	return b.each(bans, func(s *subject, actions []*instance) *operation {
		return b.begin(s, actions, (*operation).ban)
	})
}

// Unban runs the actions that end each ban.
func (b *Backend) Unban(bans []firewall.Ban) error {
	return b.each(bans, func(s *subject, actions []*instance) *operation {
		if first := slices.IndexFunc(actions, func(a *instance) bool { return a.enforces }); first >= 0 && b.halfDone(s) {
			actions = actions[first : first+1]
		}
		return b.begin(s, actions, (*operation).unban)
	})
}

// each begins an operation for each ban and waits for all of their answers.
func (b *Backend) each(bans []firewall.Ban, begin func(*subject, []*instance) *operation) error {
	under := make([]*operation, len(bans))
	var failed []firewall.Failure
	for i, ban := range bans {
		actions, err := b.instances(ban.Jail)
		if err != nil {
			failed = append(failed, firewall.Failure{Index: i, Err: err})
			continue
		}
		under[i] = begin(newSubject(ban), actions)
	}
	for i, op := range under {
		if op == nil {
			continue
		}
		if err := <-op.answer; err != nil {
			failed = append(failed, firewall.Failure{Index: i, Err: err})
		}
	}
	slices.SortFunc(failed, func(a, b firewall.Failure) int { return cmp.Compare(a.Index, b.Index) })
	return firewall.Partial(failed)
}

// identity is what a ban is remembered by.
func identity(s *subject) firewall.Ban {
	return firewall.Ban{Jail: s.Jail, Prefix: s.Prefix, ID: s.ID}
}

// halfDone tells whether the end of a ban was tried before: all actions but the first that enforces have done it, or try again
// on their own.
func (b *Backend) halfDone(s *subject) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.tries[identity(s)] > 0
}

// countFailure takes note that a ban could not be ended, and gives the error that the caller is to know: none any more when it has
// failed too often, for there may be nothing to end.
func (b *Backend) countFailure(s *subject, a *instance, err error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	key := identity(s)
	b.tries[key]++
	if err == nil || b.tries[key] >= unbanTries {
		delete(b.tries, key)
	}
	if err != nil && b.tries[key] == 0 {
		a.report("actionunban", fmt.Errorf("%s: given up: %w", s.key, err))
		return nil
	}
	return err
}

// Flush ends what the actions of the named jails enforce and stops them, in the reverse of their order; without a name those of all jails
// that this process has used. See [Backend.FlushLeaves] for what stays.
func (b *Backend) Flush(jails ...string) error {
	b.mu.Lock()
	if len(jails) == 0 {
		jails = slices.Sorted(maps.Keys(b.jails))
	}
	b.mu.Unlock()
	var errs []error
	for _, jail := range jails {
		actions, err := b.instances(jail)
		if err != nil {
			errs = append(errs, fmt.Errorf("jail %s: %w", jail, err))
			continue
		}
		for _, a := range slices.Backward(actions) {
			err := a.await(func() error { return a.flush(b.ctx) })
			errs = append(errs, err)
		}
		b.mu.Lock()
		delete(b.jails, jail)
		delete(b.lost, jail)
		b.mu.Unlock()
	}
	return errors.Join(errs...)
}

// await has the worker do something, after all that it was given before, and waits for it.
func (a *instance) await(do func() error) error {
	done := make(chan error, 1)
	a.worker.do(func() { done <- do() })
	return <-done
}

// noteLoss remembers that a jail lost its bans.
func (b *Backend) noteLoss(jail string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lost[jail] = true
}

// The actions are looked after one second after the last time, and for no more than a fiftieth of the time.
const (
	checkPause = time.Second
	checkShare = 50
)

// Check names the jails whose actioncheck has failed since. It waits for none: the checks are run behind, by and by.
func (b *Backend) Check() ([]string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ctx == nil {
		return nil, errNotOpen
	}
	if !b.looking {
		b.looking = true
		go b.look(b.ctx, slices.Concat(slices.Collect(maps.Values(b.jails))...))
	}
	lost := slices.Sorted(maps.Keys(b.lost))
	clear(b.lost)
	return lost, nil
}

// look runs the checks once and allows for the next time.
func (b *Backend) look(ctx context.Context, all []*instance) {
	var took time.Duration
	for _, a := range all {
		a.await(func() error {
			begun := time.Now()
			a.check(ctx)
			took += time.Since(begun)
			return nil
		})
	}
	time.AfterFunc(max(checkPause, checkShare*took), func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.looking = false
	})
}
