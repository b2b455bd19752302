package config

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// Arg is one argument of a filter or an action: sshd[mode=aggressive].
type Arg struct{ Name, Value string }

const maxArgs = 500

// ParseName reads a filter or an action with its arguments: sshd[mode=aggressive, a="x, y"][b='z'].
// A value without quotes ends at a comma or a bracket; there are no escapes; of two arguments with one
// name the last counts. White space around names and values goes.
func ParseName(s string) (name string, args []Arg, err error) {
	s = strings.TrimFunc(s, isSpace)
	name, rest, ok := strings.Cut(s, "[")
	name = strings.TrimFunc(name, isSpace)
	if name == "" {
		return "", nil, fmt.Errorf("%q: no name", clip(s))
	}
	if !ok {
		return name, nil, nil
	}
	if rest, ok = strings.CutSuffix(rest, "]"); !ok {
		return "", nil, fmt.Errorf("%q: no ] at the end", clip(s))
	}
	for rest != "" {
		var a Arg
		if a, rest, err = parseArg(rest); err != nil {
			return "", nil, fmt.Errorf("%q: %w", clip(s), err)
		}
		if a.Name != "" {
			args = setArg(args, a)
		}
		if len(args) > maxArgs {
			return "", nil, fmt.Errorf("%q: more than %d arguments", clip(s), maxArgs)
		}
	}
	return name, args, nil
}

// setArg gives a name its value, in the place where it stood first.
func setArg(args []Arg, a Arg) []Arg {
	for i := range args {
		if args[i].Name == a.Name {
			args[i].Value = a.Value
			return args
		}
	}
	return append(args, a)
}

// parseArg reads one name=value and the separator behind it. The Arg is empty when only white space was left.
func parseArg(s string) (a Arg, rest string, err error) {
	text := strings.TrimLeftFunc(s, isSpace)
	end := strings.IndexFunc(text, func(r rune) bool { return r != '-' && r != '.' && !isWord(r) })
	if end < 1 || text[end] != '=' {
		if blank := strings.TrimPrefix(s, ","); strings.TrimFunc(blank, isSpace) == "" {
			return Arg{}, "", nil
		}
		return Arg{}, "", fmt.Errorf("name=value expected at %q", clip(s))
	}
	value, rest := cutValue(text[end+1:])
	a = Arg{Name: text[:end], Value: strings.TrimFunc(value, isSpace)}
	if rest == "" || rest == "\n" {
		return a, "", nil
	}
	if next, ok := strings.CutPrefix(rest, ","); ok {
		return a, next, nil
	}
	if next, ok := strings.CutPrefix(rest, "]"); ok {
		if next, ok = strings.CutPrefix(strings.TrimLeftFunc(next, isSpace), "["); ok {
			return a, next, nil
		}
	}
	return Arg{}, "", fmt.Errorf("unexpected %q after %s (put a value with commas, brackets or quotes into the other kind of quotes)", clip(rest), a.Name)
}

// cutValue takes a value off s, without its quotes. A quote that is never closed is part of the value.
func cutValue(s string) (value, rest string) {
	for _, quote := range []string{`"`, `'`} {
		if inner, ok := strings.CutPrefix(s, quote); ok {
			if value, rest, ok = strings.Cut(inner, quote); ok {
				return value, rest
			}
		}
	}
	if end := strings.IndexAny(s, ",]"); end >= 0 {
		return s[:end], s[end:]
	}
	return s, ""
}

// listed matches an action at the start of a list: a word, perhaps with arguments in brackets that may hold spaces, or else
// whatever comes up to the next space.
var listed = sync.OnceValue(func() *regexp.Regexp {
	const (
		spaces = `\s\v\x1c-\x1f\x{85}\p{Z}` // Python's \s
		blank  = `[` + spaces + `]*`
		value  = `(?:"[^"]*"|'[^']*'|[^\],]*)`
		arg    = `[\pL\pN_.-]+=` + value + blank + `(?:,|\]` + blank + `\[)?` + blank
		args   = blank + `\[` + blank + `(?:` + arg + `)*\]`
	)
	return regexp.MustCompile(`^([^\[` + spaces + `]+(?:` + args + `)?|[^` + spaces + `]+)(?:[` + spaces + `]|$)`)
})

// SplitActions splits a jail's list of actions at white space and newlines; those inside of an action's arguments do not count.
// It is an error when one of them could not be read by ParseName.
func SplitActions(list string) ([]string, error) {
	var actions []string
	for {
		list = strings.TrimLeftFunc(list, isSpace)
		if list == "" {
			return actions, nil
		}
		action := listed().FindStringSubmatch(list)[1]
		if _, _, err := ParseName(action); err != nil {
			return nil, err
		}
		actions = append(actions, action)
		list = list[len(action):]
	}
}
