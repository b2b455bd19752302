package action

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// An instance is one action in one jail. All of it belongs to its worker: whoever wants something of it queues a job.
type instance struct {
	*definition
	jail    string
	worker  *worker
	backend *Backend

	norestored bool // what is restored after a restart does not concern it
	onDemand   bool // it is started by the first ban of a family
	atOnce     bool // it is not to wait for a ban at all
	enforces   bool // it can take a ban back; otherwise it only tells somebody

	units  map[string]*unit      // by family
	banned map[string]string     // who is banned, and in which family
	ending map[string]*operation // whose end has failed and is tried again
	total  int
	said   map[string]bool // commands whose failure was reported
}

// A unit is what an action sets up for one family, or for all of them where it does not tell them apart.
type unit struct {
	family string
	state  state
	again  bool // it was lost and had to be set up again
}

type state uint8

const (
	unknown state = iota // an earlier process may have set it up
	running
	broken // actioncheck has found that it is gone
)

func (b *Backend) newInstance(jail, spec string) (*instance, error) {
	d, err := load(spec, jailName(jail), b.options.Around(jail))
	if err != nil {
		return nil, err
	}
	a := &instance{definition: d, jail: jail, backend: b, units: map[string]*unit{}, banned: map[string]string{}, ending: map[string]*operation{}, said: map[string]bool{}}
	families := d.families()
	a.norestored = d.flag("norestored", false)
	a.onDemand = d.flag("actionstart_on_demand", len(families) > 1)
	for _, family := range families {
		a.enforces = a.enforces || d.text("actionunban", family) != ""
		a.units[family] = &unit{family: family}
	}
	a.atOnce = !d.flag("actionstart_on_demand", true)
	a.worker = b.worker(d.file)
	return a, nil
}

// unit is the one that a ban of a family belongs to.
func (a *instance) unit(family string) *unit {
	if u := a.units[""]; u != nil {
		return u
	}
	u := a.units[family]
	if u == nil { // a ban without an address, in an action that tells families apart
		u = &unit{family: family}
		a.units[family] = u
	}
	return u
}

// all are the units, always in the same order.
func (a *instance) all() []*unit {
	return slices.SortedFunc(maps.Values(a.units), func(u, v *unit) int { return strings.Compare(u.family, v.family) })
}

// has tells whether the action has a command for a unit.
func (a *instance) has(command string, u *unit) bool { return a.text(command, u.family) != "" }

// A commandError is a command that ran and failed. Everything else that goes wrong will not be better the next time.
type commandError struct{ error }

func (e commandError) Unwrap() error { return e.error }

func failed(err error) bool { return errors.As(err, new(commandError)) }

// run runs a command, if the action has it.
func (a *instance) run(ctx context.Context, command string, u *unit, s *subject) error {
	return a.runWithin(ctx, a.timeout, command, u, s)
}

func (a *instance) runWithin(ctx context.Context, timeout time.Duration, command string, u *unit, s *subject) error {
	script, err := a.script(command, u.family)
	if err == nil && script == nil {
		return nil
	}
	var env []string
	if err == nil {
		env, err = script.environment(a.values(ctx, u, s))
	}
	if err == nil {
		err = a.execute(ctx, script.text, env, timeout)
	}
	if err != nil {
		return fmt.Errorf("action %s: %s: %w", a.file, command, err)
	}
	delete(a.said, command)
	return nil
}

// values is what the tags of a command stand for.
func (a *instance) values(ctx context.Context, u *unit, s *subject) func(string) value {
	around := &surroundings{timeout: a.timeout, banned: len(a.banned), total: a.total, resolve: a.backend.options.Resolve}
	return func(tag string) value {
		switch tag {
		case "fq-hostname":
			return value{a.backend.host.get(ctx, true), foreign}
		case "sh-hostname":
			return value{a.backend.host.get(ctx, false), foreign}
		case "family":
			return value{cmp.Or(u.family, s.family), ours}
		}
		return s.value(ctx, tag, around)
	}
}

func (a *instance) execute(ctx context.Context, script string, env []string, timeout time.Duration) error {
	if err := a.worker.usable(); err != nil {
		return err
	}
	err := run(ctx, script, env, timeout)
	if errors.Is(err, errTimeout) {
		a.worker.timedOut(timeout)
	} else {
		a.worker.answered()
	}
	return err
}

// report says that a command failed, once until it works again.
func (a *instance) report(command string, err error) {
	if !a.said[command] {
		a.said[command] = true
		a.backend.options.Report(fmt.Errorf("%s: %w", a.jail, err))
	}
}
