package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Warning is something that is allowed but is hardly meant. Pos is zero where it is about an argument.
type Warning struct {
	Pos       Pos
	Msg, Hint string
}

// String gives "file:line: message (hint)".
func (w Warning) String() string {
	s := w.Msg
	if w.Pos != (Pos{}) {
		s = w.Pos.String() + ": " + s
	}
	if w.Hint != "" {
		s += " (" + w.Hint + ")"
	}
	return s
}

// The tags that are filled in later: those of a pattern by the filter, those of a command at the moment of the ban.
var (
	patternTags = []string{"HOST", "ADDR", "IP4", "IP6", "DNS", "SUBNET", "CIDR", "SKIPLINES"}
	banTags     = []string{"ip", "family", "ip-rev", "ip-host", "fid", "failures", "time", "bantime", "bancount", "matches", "restored", "timeout",
		"ipmatches", "ipjailmatches", "ipfailures", "ipjailfailures", "raw-ticket", "br", "sp", "fq-hostname", "sh-hostname",
		"jail.banned", "jail.banned_total", "jail.found", "jail.found_total"}
)

// tagLike is how somebody would write a tag; what else stands in brackets belongs to a pattern or a command.
var tagLike = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[a-z_][\w.-]*(?:/[\w.-]+)?$|^[A-Z][A-Z0-9]*$`)
})

// Warnings lists what looks like a mistake: files left out because they could not be read, tags that name nothing
// and arguments that nothing uses.
func (d *Definition) Warnings() []Warning {
	return append(d.config.Warnings(), slices.Clone(d.warnings)...)
}

const (
	maxStrays  = 20  // tags that are warned of
	maxSources = 300 // options whose values are searched for in them
)

// stray is a tag that stayed although it looks as if an option was meant.
type stray struct{ tag, option string }

// inspect collects the warnings.
func (d *Definition) inspect(options []string) {
	strays := d.strays(options)
	for _, a := range d.sources() {
		if values, tags := d.valuesFor(a, strays); values != nil {
			d.warnings = append(d.warnings, badValue(d.Origin(a.Name), a, tags[0], values))
			strays = slices.DeleteFunc(strays, func(s stray) bool { return slices.Contains(tags, s.tag) })
		}
	}
	for _, s := range strays {
		if !d.isWritten(s.tag) {
			continue // put together from parts: <<sender>> is a mail address in brackets
		}
		d.warnings = append(d.warnings, Warning{
			Pos: d.Origin(s.option), Msg: fmt.Sprintf("%s: no option is called <%s>, so it stays as text", s.option, s.tag),
			Hint: d.tagHint(s.tag),
		})
	}
	for _, a := range d.args {
		d.inspectArg(a)
	}
}

// strays finds the tags left in options, each once.
func (d *Definition) strays(options []string) []stray {
	var found []stray
	for _, option := range options {
		text, _ := d.Get(option)
		for i := range tagEnds(text) {
			open := tagStart(text[:i+1])
			tag := text[open+1 : i]
			named := strings.HasSuffix(text[:open], "(?P") || strings.HasSuffix(text[:open], "(?")
			if named || !tagLike().MatchString(tag) || d.isDynamic(tag) || slices.ContainsFunc(found, func(s stray) bool { return s.tag == tag }) {
				continue
			}
			if found = append(found, stray{tag, option}); len(found) >= maxStrays {
				return found
			}
		}
	}
	return found
}

// isWritten tells whether a tag stands as such in the files or the arguments.
func (d *Definition) isWritten(tag string) bool {
	tag = "<" + tag + ">"
	for _, a := range d.args {
		if strings.Contains(a.Value, tag) {
			return true
		}
	}
	for _, b := range d.config.sections {
		for _, v := range b.values {
			if strings.Contains(v.text, tag) {
				return true
			}
		}
	}
	for _, v := range d.config.defaults.values {
		if strings.Contains(v.text, tag) {
			return true
		}
	}
	return false
}

// isDynamic tells whether a tag is filled in later. Capitals that are not near to a known tag are taken for text of the log.
func (d *Definition) isDynamic(tag string) bool {
	if d.action {
		return slices.Contains(banTags, tag) || strings.ToUpper(tag) == tag
	}
	return slices.Contains(patternTags, tag) || strings.ToUpper(tag) == tag && nearest(tag, patternTags) == ""
}

// sources lists the options whose values may have become part of a tag: the arguments first.
func (d *Definition) sources() []Arg {
	sources := slices.Clone(d.args)
	for _, option := range slices.Concat(d.config.Options("Init"), d.config.Options("Definition")) {
		if len(sources) >= maxSources {
			break
		}
		if text, ok := d.Get(option); ok && len(text) <= maxDistanceLen && !strings.ContainsAny(text, " <>\n") {
			sources = append(sources, Arg{option, text})
		}
	}
	return sources
}

// valuesFor finds the values that an option could have had, when its value is what makes tags name nothing: with mode=x in
// <mdre-x> and <mdre-x-other> they are what stands in the place of x in the names of all other options like these.
func (d *Definition) valuesFor(a Arg, strays []stray) (values, tags []string) {
	for _, s := range strays {
		prefix, suffix, ok := strings.Cut(s.tag, a.Value)
		if !ok || a.Value == "" || prefix+suffix == "" {
			continue
		}
		like := d.namesLike(prefix, suffix)
		if len(like) == 0 {
			continue
		}
		if tags = append(tags, s.tag); len(tags) == 1 {
			values = like
		} else {
			values = slices.DeleteFunc(values, func(v string) bool { return !slices.Contains(like, v) })
		}
	}
	return values, tags
}

// namesLike gives the middles of the names that begin and end in a given way, in the order in which they stand in the files.
func (d *Definition) namesLike(prefix, suffix string) []string {
	var middles []string
	add := func(name string) {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			if middle, ok := strings.CutSuffix(rest, suffix); ok && middle != "" && !slices.Contains(middles, middle) {
				middles = append(middles, middle)
			}
		}
	}
	for _, section := range []string{defaultSection, "Definition", "Init"} {
		for _, option := range d.config.Options(section) {
			add(option)
		}
	}
	for _, section := range d.config.Sections() {
		for _, option := range d.config.Options(section) {
			add(section + "/" + option)
		}
	}
	return middles
}

func badValue(pos Pos, a Arg, tag string, values []string) Warning {
	hint := "possible values: " + strings.Join(values, ", ")
	if n := nearest(a.Value, values); n != "" {
		hint = fmt.Sprintf("did you mean %s? %s", n, hint)
	}
	return Warning{Pos: pos, Msg: fmt.Sprintf("%s=%s: no option is called <%s>", a.Name, a.Value, tag), Hint: hint}
}

// inspectArg warns about an argument that names no option and is not used. A jail of the default configuration gives every filter
// mode=normal and every action the same few arguments, so the first is left alone and an action's arguments must resemble an option.
func (d *Definition) inspectArg(a Arg) {
	known := d.tagNames()
	if d.used[a.Name] || slices.Contains(known, a.Name) || a.Name == "logtype" || a == (Arg{"mode", "normal"}) {
		return
	}
	hint := meant(a.Name, known, "%s")
	if d.action && (hint == "" || slices.Contains([]string{"name", "actname", "port", "protocol", "chain"}, a.Name)) {
		return
	}
	d.warnings = append(d.warnings, Warning{Msg: fmt.Sprintf("%s=%s: nothing uses this argument", a.Name, a.Value), Hint: hint})
}

// tagNames lists what a tag may be called and what an argument may set.
func (d *Definition) tagNames() []string {
	names := slices.Concat(d.config.optionNames("Definition"), d.config.Options("Init"))
	for _, a := range d.around {
		names = append(names, strings.ToLower(a.Name))
	}
	if d.action {
		return slices.Concat(names, actionOptions, banTags)
	}
	names = append(names, filterOptions...)
	for _, tag := range patternTags {
		names = append(names, strings.ToLower(tag))
	}
	return names
}

// tagHint gives a hint at the tag that was probably meant. Those of patterns are in capitals, options are not.
func (d *Definition) tagHint(tag string) string {
	name := nearest(strings.ToLower(tag), d.tagNames())
	if capitals := strings.ToUpper(name); slices.Contains(patternTags, capitals) {
		name = capitals
	}
	if name == "" {
		return ""
	}
	return "did you mean <" + name + ">?"
}
