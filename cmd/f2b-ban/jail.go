package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"

	"f2b/lib/ban"
	"f2b/lib/cli"
	"f2b/lib/config"
	"f2b/lib/filter/builtin"
	"f2b/lib/firewall"
	"f2b/lib/firewall/action"
	"f2b/lib/firewall/perjail"
	"f2b/lib/jail"
)

// policies are how is banned: in the jails of -jail as jail.conf says, in others by the flags alone.
type policies struct {
	flags  ban.Policy
	byJail map[string]ban.Policy
	wrong  map[string]error // jails that are left out
	around map[string][]config.Arg
	atOnce []string // jails whose actions do not wait for the first ban
}

// of is how is banned in a jail.
func (p *policies) of(jail string) ban.Policy {
	if own, ok := p.byJail[jail]; ok {
		return own
	}
	if err := p.wrong[jail]; err != nil {
		return ban.Policy{Refused: err}
	}
	return p.flags
}

// backend is the backend where none is named: that of the jails, if there are any.
func (p *policies) backend() string {
	if len(p.byJail) > 0 {
		return "jail"
	}
	return ""
}

// backends are those that enforce bans where the one of that name is chosen: where each jail has its own, all of these, and of jails that
// the ledger alone knows those too.
func (p *policies) backends(std *cli.IO, t *tool, name string) []string {
	if name != "jail" {
		return []string{name}
	}
	var all []string
	for _, own := range p.byJail {
		all = append(all, own.Firewall.Backends...)
	}
	known, _ := t.jails(std) // what is wrong with the ledger is said elsewhere
	for _, row := range known {
		var f firewall.Jail
		if _, own := p.byJail[row.Name]; row.Backend == name && !own && json.Unmarshal(row.Settings, &f) == nil {
			all = append(all, f.Backends...)
		}
	}
	return all
}

// open makes a backend ready. Where each jail has its own, those of all jails of -jail are opened. What is missing is told, unless
// it is missing to all of them: that is the error.
func (p *policies) open(std *cli.IO, name string, jails *ban.Jails) (firewall.Backend, error) {
	o := &opener{std: std, jails: jails, around: func(jail string) []config.Arg { return p.around[jail] }}
	b, err := o.open(name)
	each, ok := b.(*perjail.Backend)
	if err != nil || !ok {
		return b, err
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(p.byJail)) {
		if err := each.Need(name); err != nil {
			errs = append(errs, fmt.Errorf("jail %s: %w", name, err))
		}
	}
	if len(errs) > 0 && len(errs) == len(p.byJail) {
		b.Close()
		return nil, errs[0]
	}
	for _, err := range errs {
		std.Errorf("%v", err)
	}
	return b, nil
}

// policies reads how is banned.
func (b *banning) policies(std *cli.IO, t *tool) (*policies, error) {
	p := &policies{}
	var err error
	if p.flags, err = b.policy(); err != nil || len(t.Jail) == 0 {
		return p, err
	}
	c, err := jail.Read(jail.Options{Dirs: append(slices.Clone(b.Config), builtin.DefaultDirs...), Builtin: builtin.Files()})
	if err != nil {
		return nil, err
	}
	names, err := c.Choose(t.Jail)
	switch {
	case err != nil && t.only() != "":
		return p, nil // no jail of jail.conf: a name to keep bans under
	case err != nil:
		tell(std, err)
	}
	r := &jailReader{conf: c, flags: b, backend: t.Backend}
	p.byJail, p.wrong, p.around = map[string]ban.Policy{}, map[string]error{}, map[string][]config.Arg{}
	for _, name := range names {
		policy, around, err := r.policy(name)
		if err != nil {
			tell(std, err)
			p.wrong[name] = err
			continue
		}
		p.byJail[name], p.around[name] = policy, around
	}
	p.atOnce = r.atOnce
	if len(p.byJail) == 0 {
		return nil, errors.New("there is no jail to ban for")
	}
	debug.FreeOSMemory() // of what the files held little is needed from now on
	return p, nil
}

// tell tells each of the errors that were joined.
func tell(std *cli.IO, err error) {
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range all.Unwrap() {
			tell(std, err)
		}
	} else if err != nil {
		std.Errorf("%v", err)
	}
}

// jailReader turns jails into policies.
type jailReader struct {
	conf    *jail.Config
	flags   *banning
	backend string // -backend
	atOnce  []string
}

// policy reads how is banned in a jail.
func (r *jailReader) policy(name string) (ban.Policy, []config.Arg, error) {
	k, err := r.conf.Banning(name)
	if err != nil {
		return ban.Policy{}, nil, err
	}
	flags := *r.flags
	grows := flags.grow(k.Growth)
	if _, option, err := flags.escalation(); err != nil && !grows[option] {
		return ban.Policy{}, nil, r.conf.Mistake(name, "bantime."+option, err)
	}
	p, err := flags.policy()
	if err != nil {
		return p, nil, err
	}
	if flags.Bantime == nil {
		p.Bantime = int64(k.Bantime)
	}
	err = r.enforce(&p.Firewall, k)
	return p, k.Around, err
}

// grow takes what the jail says of growing bans where no flag does, and tells of which options the flags do.
func (b *banning) grow(g jail.Growth) (given map[string]bool) {
	given = map[string]bool{"factor": b.BantimeFactor != "", "formula": b.BantimeFormula != "", "multipliers": b.BantimeMultipliers != ""}
	b.BantimeIncrement = b.BantimeIncrement || g.Increment
	b.BantimeOveralljails = b.BantimeOveralljails || g.Overalljails
	if !given["factor"] {
		b.BantimeFactor = g.Factor
	}
	if !given["formula"] {
		b.BantimeFormula = g.Formula
	}
	if !given["multipliers"] {
		b.BantimeMultipliers = g.Multipliers
	}
	if b.BantimeMaxtime == 0 {
		b.BantimeMaxtime = g.Maxtime
	}
	if b.BantimeRndtime == 0 {
		b.BantimeRndtime = g.Rndtime
	}
	return given
}

// enforce reads who enforces a jail and how, from its actions. Flags that were given are in f already.
func (r *jailReader) enforce(f *firewall.Jail, k *jail.Banning) error {
	if err := r.passing(k); err != nil {
		return err
	}
	rule, others := k.Rule()
	if !r.flags.Native {
		rule, others = nil, k.Actions
	}
	if rule != nil {
		if err := r.rule(f, k.Name, rule); err != nil {
			return err
		}
	}
	switch {
	case len(r.flags.Action) > 0:
		f.Backends = []string{"action"}
		return nil
	case r.backend != "" && r.backend != "jail" && r.backend != "action":
		return nil
	case r.backend == "action":
		others = k.Actions
	case rule != nil:
		f.Backends = []string{rule.Firewall}
	}
	if len(others) > 0 {
		f.Backends = append(f.Backends, "action")
	}
	var errs []error
	for _, a := range others {
		spec, err := action.Locate([]string{r.conf.Dir}, a.Text)
		if err != nil {
			errs = append(errs, r.conf.Mistake(k.Name, "action", err))
		}
		f.Actions = append(f.Actions, spec)
	}
	if slices.ContainsFunc(others, func(a jail.Action) bool { return a.StartsAtOnce() }) {
		r.atOnce = append(r.atOnce, k.Name)
	}
	if len(k.Actions) == 0 {
		errs = append(errs, r.conf.Mistake(k.Name, "action", errors.New("the jail has no action: nobody would be banned")))
	}
	return errors.Join(errs...)
}

// passing refuses to enforce a jail by others than its own actions, if those let addresses pass: the others would ban them.
func (r *jailReader) passing(k *jail.Banning) error {
	own := r.backend == "" || r.backend == "jail" || r.backend == "action"
	if own && len(r.flags.Action) == 0 {
		return nil
	}
	for _, a := range k.Actions {
		if a.LetsPass() {
			return r.conf.Mistake(k.Name, "action", fmt.Errorf("%s lets addresses pass, all others would ban them: leave out -backend and -action for this jail", a.Name))
		}
	}
	return nil
}

// rule takes from an action's rule what no flag says.
func (r *jailReader) rule(f *firewall.Jail, name string, n *jail.Native) error {
	if len(r.flags.Port) == 0 {
		ports, err := firewall.ParsePorts(n.Port)
		if err != nil {
			return r.conf.Mistake(name, "action", err)
		}
		f.Ports = ports
	}
	if f.Protocol == "" {
		f.Protocol = n.Protocol
	}
	if f.Blocktype == "" {
		f.Blocktype = n.Blocktype
	}
	if f.Hook == "" {
		f.Hook = n.Hook
	}
	if len(f.Chains) == 0 && n.Chain != "" {
		f.Chains = []string{n.Chain}
	}
	return nil
}
