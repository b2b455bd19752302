package action

import (
	"context"
	"errors"
	"fmt"
	"time"

	"f2b/lib/event"
	"f2b/lib/firewall"
)

// ban puts a ban into force. What comes back after a restart, or from another process, or is prolonged without our knowing of it, may
// be in force already: it is taken out first, so that it is there once and one actionunban ends it.
func (a *instance) ban(ctx context.Context, s *subject) error {
	delete(a.ending, s.key)
	u := a.unit(s.family)
	_, known := a.banned[s.key]
	prolonged := s.event.Type == event.Prolonged
	switch {
	case s.event.Restored && a.norestored:
		a.banned[s.key] = u.family
		return nil
	case s.event.Restored && known && u.state == running:
		return nil // another action has lost it
	case prolonged && (known && u.state == running || !a.enforces):
		return a.process(ctx, "actionprolong", u, s)
	}
	if err := a.bannable(u, s); err != nil {
		return err
	}
	if err := a.ensure(ctx, u, s); err != nil {
		return err
	}
	if a.enforces && (known || s.event.Restored || prolonged) {
		a.run(ctx, "actionunban", u, s) // it fails where nothing was
	}
	command := "actionban"
	if u.again && s.event.Restored && a.has("actionreban", u) {
		command = "actionreban"
	}
	if err := a.process(ctx, command, u, s); err != nil {
		return err
	}
	a.banned[s.key] = u.family
	a.total++
	return nil
}

// bannable is [firewall.ErrNoAddress] when the action takes addresses and there is none. One that only tells somebody is told the id.
func (a *instance) bannable(u *unit, s *subject) error {
	if s.Prefix.IsValid() || !a.enforces {
		return nil
	}
	script, err := a.script("actionban", u.family)
	if err != nil || script == nil {
		return err
	}
	for _, use := range script.uses {
		if use.tag == "ip" || use.tag == "ip-rev" {
			return fmt.Errorf("action %s: %w that have <fid> instead of <ip>", a.file, firewall.ErrNoAddress)
		}
	}
	return nil
}

// process runs a command. If it fails, what it needs is looked after and it is tried once more.
func (a *instance) process(ctx context.Context, command string, u *unit, s *subject) error {
	err := a.run(ctx, command, u, s)
	if !failed(err) {
		return err
	}
	if a.has("actioncheck", u) {
		if checked := a.run(ctx, "actioncheck", u, s.nobody()); failed(checked) {
			a.lose(u)
			if repaired := a.ensure(ctx, u, s); repaired != nil {
				return errors.Join(err, repaired)
			}
		}
	}
	return a.run(ctx, command, u, s)
}

// unban ends a ban. One that is not there, because all that the action sets up is gone, is no error.
func (a *instance) unban(ctx context.Context, s *subject) error {
	u := a.unit(s.family)
	if !a.enforces || u.state == broken || a.bannable(u, s) != nil {
		delete(a.banned, s.key)
		return nil
	}
	err := a.run(ctx, "actionunban", u, s)
	if failed(err) && a.has("actioncheck", u) && failed(a.run(ctx, "actioncheck", u, s.nobody())) {
		if u.state == running {
			a.lose(u)
		}
		err = nil
	}
	if failed(err) {
		err = a.run(ctx, "actionunban", u, s)
	}
	if err == nil {
		delete(a.banned, s.key)
	}
	return err
}

// lose notes that what the action had set up is gone, and all bans with it.
func (a *instance) lose(u *unit) {
	u.state = broken
	for key, family := range a.banned {
		if family == u.family {
			delete(a.banned, key)
		}
	}
	a.backend.noteLoss(a.jail)
}

// checkPatience is how long a check may take that nothing waits for.
const checkPatience = 10 * time.Second

// check looks after what is set up. A check that does not end tells nothing.
func (a *instance) check(ctx context.Context) {
	for _, u := range a.all() {
		if u.state != running || !a.has("actioncheck", u) {
			continue
		}
		s := newSubject(firewall.Ban{Jail: a.jail}).nobody()
		if err := a.runWithin(ctx, min(a.timeout, checkPatience), "actioncheck", u, s); failed(err) {
			a.lose(u)
		}
	}
}
