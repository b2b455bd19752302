package action

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"f2b/lib/firewall"
)

// Start sets up those actions of a jail that are told not to wait for the first ban (actionstart_on_demand = false).
func (b *Backend) Start(jail string) error {
	actions, err := b.instances(jail)
	if err != nil {
		return err
	}
	nobody := newSubject(firewall.Ban{Jail: jail})
	var errs []error
	for _, a := range actions {
		if !a.atOnce {
			continue
		}
		for _, u := range a.all() {
			errs = append(errs, a.await(func() error { return a.ensure(b.ctx, u, nobody) }))
		}
	}
	return errors.Join(errs...)
}

// ensure sets an action up for a family, unless it is. What an earlier process has left is not set up a second time: actioncheck
// tells whether it is there.
func (a *instance) ensure(ctx context.Context, u *unit, s *subject) error {
	switch u.state {
	case running:
		return nil
	case broken:
		return a.repair(ctx, u, s.nobody())
	}
	s = s.nobody()
	if a.has("actioncheck", u) {
		err := a.run(ctx, "actioncheck", u, s)
		if err == nil {
			u.state = running
			return nil
		}
		if !failed(err) {
			return err
		}
	}
	if err := a.start(ctx, u, s); err != nil {
		return err
	}
	u.state = running
	return nil
}

// start runs actionstart, unless it is the same command as that of another family, which has been run. An action that is not
// started on demand is used even if its start failed.
func (a *instance) start(ctx context.Context, u *unit, s *subject) error {
	for _, other := range a.units {
		if other != u && other.state == running && a.same("actionstart", u, other) {
			return nil
		}
	}
	err := a.run(ctx, "actionstart", u, s)
	if failed(err) && !a.onDemand {
		a.report("actionstart", err)
		return nil
	}
	return err
}

// same tells whether a command does the same thing for two families.
func (a *instance) same(command string, u, v *unit) bool {
	text := a.text(command, u.family)
	if text != a.text(command, v.family) {
		return false
	}
	script, err := a.script(command, u.family)
	if err != nil || script == nil {
		return err == nil
	}
	return !slices.ContainsFunc(script.uses, func(use use) bool { return use.tag == "family" })
}

// repair brings back what was lost: by actionrepair, else by a stop and a start.
func (a *instance) repair(ctx context.Context, u *unit, s *subject) error {
	var err error
	if a.has("actionrepair", u) {
		err = a.run(ctx, "actionrepair", u, s)
	} else {
		a.run(ctx, "actionstop", u, s) // a part of it may be left
		err = a.start(ctx, u, s)
	}
	if err == nil {
		err = a.run(ctx, "actioncheck", u, s)
	}
	if err != nil {
		return fmt.Errorf("what the bans of %s need was removed and could not be brought back: %w", a.jail, err)
	}
	u.state, u.again = running, true
	return nil
}

// flush removes every trace of the action: its bans by actionflush, itself by actionstop. Of what this process did not start
// only what is there is stopped; where nothing can tell, all is.
func (a *instance) flush(ctx context.Context) error {
	s := newSubject(firewall.Ban{Jail: a.jail}).nobody()
	var errs []error
	var stop []*unit
	for _, u := range a.all() {
		if u.state != unknown || !a.has("actioncheck", u) || a.run(ctx, "actioncheck", u, s) == nil {
			stop = append(stop, u)
		}
	}
	for _, command := range []string{"actionflush", "actionstop"} {
		for i, u := range stop {
			if slices.ContainsFunc(stop[:i], func(v *unit) bool { return a.same(command, u, v) }) {
				continue
			}
			if err := a.run(ctx, command, u, s); err != nil && u.state == running {
				errs = append(errs, err)
			}
		}
	}
	for _, u := range a.units {
		*u = unit{family: u.family}
	}
	clear(a.banned)
	return errors.Join(errs...)
}
