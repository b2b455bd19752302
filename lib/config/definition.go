package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// What fail2ban itself reads of a filter and of an action. These options must resolve, or the definition is refused;
// others only where they are used.
var (
	filterOptions = []string{"usedns", "prefregex", "ignoreregex", "failregex", "maxlines", "datepattern", "journalmatch"}
	actionOptions = []string{"actionstart", "actionstart_on_demand", "actionstop", "actionflush", "actionreload", "actioncheck",
		"actionrepair", "actionrepair_on_unban", "actionban", "actionprolong", "actionreban", "actionunban", "norestored"}
)

const maxConditions = 20

// Definition is what a filter.d or action.d file defines, with its arguments.
//
// An option's value comes from the arguments, else from [Init], else from the settings around (a jail's), else from
// [Definition], else from [DEFAULT]. Its %(name)s are replaced first, and those do not see [Init]; then its <tags>,
// innermost first, until none that is left names an option. It is safe for use by several goroutines.
type Definition struct {
	config *Config
	action bool
	args   []Arg
	around []Arg
	vars   map[string]*value // the arguments and the settings around: what %(name)s sees first
	own    map[string]*value // the arguments and [Init]: what <name> sees first
	used   map[string]bool   // the names that something referred to

	warnings []Warning

	mu       sync.Mutex        // for what follows
	replaced map[string]*value // what [Definition] has for a name, its %(name)s replaced; nil: nothing
	done     map[tagKey]tagText
}

// Definition makes a filter of the files, with arguments. around are the options of the jail it is used in, if any:
// the filter may refer to them, and they replace its own of the same name, but arguments and [Init] win over them.
func (c *Config) Definition(args []Arg, around ...Arg) (*Definition, error) {
	return c.define(false, args, around)
}

// Action makes an action of the files, as Definition makes a filter. name is the action's own and jail the jail's: they are the
// values of <actname> and <name> unless args set them. The tags <matches>, <ipmatches>, <ipjailmatches>, <bantime> and <timeout>
// are left to the moment of the ban even where an option has their name.
func (c *Config) Action(name, jail string, args []Arg, around ...Arg) (*Definition, error) {
	args = lower(args)
	given := jail
	if i := slices.IndexFunc(args, func(a Arg) bool { return a.Name == "name" }); i >= 0 {
		given = args[i].Value
	} else {
		args = append(args, Arg{"name", jail})
	}
	if !slices.ContainsFunc(args, func(a Arg) bool { return a.Name == "actname" }) {
		args = append(args, Arg{"actname", actionName(name, given, jail)})
	}
	return c.define(true, args, around)
}

// actionName keeps two uses of one action in a jail apart when they are given different names.
func actionName(action, name, jail string) string {
	if name == jail {
		return action
	}
	if rest, ok := strings.CutPrefix(name, jail); ok {
		return action + rest
	}
	return action + "-" + name
}

// WithLogtype adds logtype=file (or journal) to the arguments of a filter when neither they nor the filter's [Definition] set it,
// as fail2ban does according to the backend.
func (c *Config) WithLogtype(args []Arg, logtype string) []Arg {
	for _, a := range args {
		if strings.EqualFold(a.Name, "logtype") && a.Value != "" {
			return args
		}
	}
	if c.Has("Definition", "logtype") {
		return args
	}
	return setArg(slices.Clone(args), Arg{"logtype", logtype})
}

// lower gives the arguments by their names in lower case, each name once.
func lower(args []Arg) []Arg {
	var out []Arg
	for _, a := range args {
		out = setArg(out, Arg{strings.ToLower(a.Name), a.Value})
	}
	return out
}

func (c *Config) define(action bool, args, around []Arg) (*Definition, error) {
	if c.sections["Definition"] == nil {
		return nil, &Error{File: c.files[len(c.files)-1], Msg: "no section [Definition]", Hint: "this file is made to be included by others"}
	}
	d := &Definition{
		config: c, action: action, args: lower(args), around: around,
		vars: literals(around), own: map[string]*value{},
		used: map[string]bool{}, replaced: map[string]*value{}, done: map[tagKey]tagText{},
	}
	for _, a := range d.args {
		v := &value{text: a.Value, option: a.Name}
		d.vars[a.Name], d.own[a.Name] = v, v
	}
	b := new(budget)
	if err := d.readInit(b); err != nil {
		return nil, err
	}
	if err := d.resolveAll(b); err != nil {
		return nil, err
	}
	d.inspect(slices.Concat(filterOptions, actionOptions))
	return d, nil
}

// readInit takes the options of [Init]. Each is there as known/option too, where an argument cannot hide it.
func (d *Definition) readInit(b *budget) error {
	init := scope{config: d.config, section: "Init", budget: b}
	for _, option := range d.config.Options("Init") {
		v, err := init.get(option)
		if err != nil {
			return err
		}
		if !strings.HasPrefix(option, "known/") {
			d.own["known/"+option] = v
		}
		if d.own[option] == nil {
			d.own[option] = v
		}
	}
	return nil
}

// resolveAll resolves what must resolve, under every condition that occurs.
func (d *Definition) resolveAll(b *budget) error {
	options := append(slices.Sorted(maps.Keys(d.own)), filterOptions...)
	options = append(options, actionOptions...)
	for _, option := range slices.Concat(filterOptions, actionOptions) {
		if d.vars[option] != nil {
			continue
		}
		if _, err := d.definition(option, b); err != nil { // even where [Init] has another value
			return err
		}
	}
	conditions := append(d.Conditions(), "")
	if len(conditions) > maxConditions {
		return &Error{File: d.config.files[0], Msg: fmt.Sprintf("more than %d conditions such as ?%s", maxConditions, conditions[0])}
	}
	for _, condition := range conditions {
		for _, option := range options {
			if _, _, err := d.resolve(option, condition, b); err != nil {
				return err
			}
		}
	}
	return nil
}

// Get gives an option with everything replaced that can be. Tags that name no option stay: <HOST>, <ip>.
// ok is false when there is no such option.
func (d *Definition) Get(option string) (text string, ok bool) { return d.GetFor(option, "") }

// GetFor gives an option as Get does, under a condition such as "family=inet6": an option?family=inet6, be it this one or one that it
// refers to, goes before the one without condition. Such options come from [Init?family=inet6] as well.
func (d *Definition) GetFor(option, condition string) (text string, ok bool) {
	text, ok, err := d.resolve(strings.ToLower(option), condition, new(budget))
	return text, ok && err == nil
}

// Conditions lists the conditions under which some option has another value, such as "family=inet6".
func (d *Definition) Conditions() []string {
	var all []string
	for _, option := range d.Options() {
		if _, condition, ok := strings.Cut(option, "?"); ok {
			all = append(all, condition)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Options lists, sorted, the names of what arguments, [Init] and [Definition] set.
func (d *Definition) Options() []string {
	names := append(d.config.Options("Definition"), d.config.Options("Init")...)
	for _, a := range d.args {
		names = append(names, a.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Args lists the arguments, their names in lower case.
func (d *Definition) Args() []Arg { return slices.Clone(d.args) }

// Origin tells where the value of an option comes from: the zero Pos for an argument.
func (d *Definition) Origin(option string) Pos {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, v, err := d.find(strings.ToLower(option), "", new(budget))
	if err != nil || v == nil {
		return Pos{}
	}
	return v.pos
}

// Known lists every option as known/option: what a jail may call %(known/failregex)s. Pass it to Config.Get.
func (d *Definition) Known() []Arg {
	var known []Arg
	options := slices.Concat(d.Options(), filterOptions)
	slices.Sort(options)
	for _, option := range slices.Compact(options) {
		if text, ok := d.Get(option); ok && !strings.HasPrefix(option, "known/") {
			known = append(known, Arg{"known/" + option, text})
		}
	}
	return known
}
