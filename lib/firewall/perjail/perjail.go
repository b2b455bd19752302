// Package perjail is the backend of a whole configuration: each jail says by itself, in [firewall.Jail.Backends], which other
// backends enforce it, one or several.
//
// A ban is in force when one of them enforces it. What the others could not do is reported, and the ban stands: a mail that
// could not be sent lets nobody in.
package perjail

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"f2b/lib/firewall"
)

// Options are what New needs besides the jails.
type Options struct {
	Make   func(name string) (firewall.Backend, error) // makes a backend, and opens it
	Report func(error)                                 // told what one backend could not do while another did
}

// Backend implements [firewall.Backend].
type Backend struct {
	jail    func(name string) firewall.Jail
	options Options

	mu    sync.Mutex
	parts map[string]firewall.Backend // those that were needed so far
	order []string
}

// New returns a backend that asks jail who enforces a jail, whenever there is something to do in it.
func New(jail func(name string) firewall.Jail, o Options) *Backend {
	return &Backend{jail: jail, options: o, parts: map[string]firewall.Backend{}}
}

func (b *Backend) Name() string { return "jail" }

// Open does nothing: the backends of the jails are opened when they are needed. Need opens some at once.
func (b *Backend) Open(context.Context) error { return nil }

// Need opens the backends of a jail, so that what is missing is said before the first ban.
func (b *Backend) Need(jail string) error {
	for _, name := range b.jail(jail).Backends {
		if _, err := b.part(name); err != nil {
			return err
		}
	}
	return nil
}

// Start sets up what does not wait for the first ban.
func (b *Backend) Start(jail string) error {
	var errs []error
	for _, name := range b.jail(jail).Backends {
		p, err := b.part(name)
		if s, ok := p.(firewall.Starter); err == nil && ok {
			err = s.Start(jail)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// KernelExpiry is false: not every backend that a jail may have ends bans by itself. Those that do are told of a new end by Retime.
func (b *Backend) KernelExpiry() bool { return false }

// Retime bans anew with those backends that end bans by themselves.
func (b *Backend) Retime(bans []firewall.Ban) error {
	var errs []error
	for _, name := range b.names(bans) {
		if p, err := b.part(name); err == nil && p.KernelExpiry() {
			some, _ := b.of(name, bans)
			errs = append(errs, p.Ban(some))
		}
	}
	return errors.Join(errs...)
}

// ReadsEvents is true: some backends look at the events of bans.
func (b *Backend) ReadsEvents() bool { return true }

// part gives a backend by its name.
func (b *Backend) part(name string) (firewall.Backend, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p := b.parts[name]; p != nil {
		return p, nil
	}
	p, err := b.options.Make(name)
	if err != nil {
		return nil, err
	}
	b.parts[name] = p
	b.order = append(b.order, name)
	return p, nil
}

// opened lists the backends that were needed so far.
func (b *Backend) opened() []firewall.Backend {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := make([]firewall.Backend, len(b.order))
	for i, name := range b.order {
		all[i] = b.parts[name]
	}
	return all
}

// Ban bans everywhere. What fails with all backends of its jail has failed; what fails with some is reported.
func (b *Backend) Ban(bans []firewall.Ban) error {
	in := make([]bool, len(bans)) // in force with some backend
	errs := b.each(bans, func(p firewall.Backend, some []firewall.Ban) error { return p.Ban(some) }, func(i int) { in[i] = true })
	var failed []firewall.Failure
	for i, err := range errs {
		switch {
		case err == nil && in[i]:
		case err == nil:
			failed = append(failed, firewall.Failure{Index: i, Err: errors.New("the jail names no backend")})
		case in[i]:
			b.options.Report(fmt.Errorf("%s: %w", bans[i].Jail, err))
		default:
			failed = append(failed, firewall.Failure{Index: i, Err: err})
		}
	}
	return firewall.Partial(failed)
}

// Unban ends bans everywhere.
func (b *Backend) Unban(bans []firewall.Ban) error {
	errs := b.each(bans, func(p firewall.Backend, some []firewall.Ban) error { return p.Unban(some) }, func(int) {})
	var failed []firewall.Failure
	for i, err := range errs {
		if err != nil {
			failed = append(failed, firewall.Failure{Index: i, Err: err})
		}
	}
	return firewall.Partial(failed)
}

// each gives every backend those of the bans that are in its jails. It returns the errors of each ban, and calls done for each
// that a backend carried out.
func (b *Backend) each(bans []firewall.Ban, act func(firewall.Backend, []firewall.Ban) error, done func(int)) []error {
	errs := make([]error, len(bans))
	for _, name := range b.names(bans) {
		some, at := b.of(name, bans)
		p, err := b.part(name)
		if err == nil {
			err = act(p, some)
		}
		failed := failures(err, len(some))
		for i, at := range at {
			if failed[i] == nil {
				done(at)
			} else {
				errs[at] = errors.Join(errs[at], failed[i])
			}
		}
	}
	return errs
}

// names lists the backends of bans, in the order in which jails name them.
func (b *Backend) names(bans []firewall.Ban) []string {
	var names []string
	seen := map[string]bool{}
	for i := range bans {
		if seen[bans[i].Jail] {
			continue
		}
		seen[bans[i].Jail] = true
		for _, name := range b.jail(bans[i].Jail).Backends {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// of picks the bans of one backend, and tells where they stood.
func (b *Backend) of(name string, bans []firewall.Ban) (some []firewall.Ban, at []int) {
	mine := map[string]bool{}
	for i := range bans {
		jail := bans[i].Jail
		if _, known := mine[jail]; !known {
			mine[jail] = slices.Contains(b.jail(jail).Backends, name)
		}
		if mine[jail] {
			some, at = append(some, bans[i]), append(at, i)
		}
	}
	return some, at
}

// failures makes a backend's error those of each of n bans.
func failures(err error, n int) []error {
	all := make([]error, n)
	if partial, ok := errors.AsType[*firewall.PartialError](err); ok {
		for _, f := range partial.Failed {
			all[f.Index] = f.Err
		}
		return all
	}
	for i := range all {
		all[i] = err
	}
	return all
}

// Flush removes every trace of the named jails from their backends; without a name of all jails, from the backends used so far.
func (b *Backend) Flush(jails ...string) error {
	if len(jails) == 0 {
		var errs []error
		for _, p := range b.opened() {
			errs = append(errs, p.Flush())
		}
		return errors.Join(errs...)
	}
	byBackend := map[string][]string{}
	var names []string
	for _, jail := range jails {
		for _, name := range b.jail(jail).Backends {
			if byBackend[name] == nil {
				names = append(names, name)
			}
			byBackend[name] = append(byBackend[name], jail)
		}
	}
	var errs []error
	for _, name := range names {
		p, err := b.part(name)
		if err == nil {
			err = p.Flush(byBackend[name]...)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// FlushLeaves reports whether Flush leaves bans of a jail in force with one of its backends.
func (b *Backend) FlushLeaves(jail string) bool {
	for _, name := range b.jail(jail).Backends {
		p, err := b.part(name)
		if l, ok := p.(interface{ FlushLeaves(jail string) bool }); err == nil && ok && l.FlushLeaves(jail) {
			return true
		}
	}
	return false
}

// Check looks after everything that this process set up.
func (b *Backend) Check() (lost []string, err error) {
	var errs []error
	for _, p := range b.opened() {
		more, err := p.Check()
		errs = append(errs, err)
		for _, jail := range more {
			if !slices.Contains(lost, jail) {
				lost = append(lost, jail)
			}
		}
	}
	return lost, errors.Join(errs...)
}

// Close lets go of all backends.
func (b *Backend) Close() error {
	var errs []error
	for _, p := range b.opened() {
		errs = append(errs, p.Close())
	}
	return errors.Join(errs...)
}
