package config

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// maxNesting bounds how many options may stand inside each other.
const maxNesting = 500

// dynamicTags are filled in at the moment of the ban, even where an action has an option of that name.
var dynamicTags = []string{"matches", "ipmatches", "ipjailmatches", "bantime", "timeout"}

// emptyCommands are the commands that an action has, if only empty, without setting them.
var emptyCommands = []string{"actionstart", "actionstop", "actionflush", "actionreload", "actioncheck", "actionrepair", "actionban", "actionreban", "actionunban"}

// tagKey is an option under a condition.
type tagKey struct{ option, condition string }

type tagText struct {
	text string
	err  error
}

// expander replaces the <tags> of one request.
type expander struct {
	d         *Definition
	condition string
	budget    *budget
	busy      []string // the options that we are inside of
	missing   map[string]bool
}

// resolve finds an option and replaces everything in it.
func (d *Definition) resolve(option, condition string, b *budget) (text string, ok bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	key, v, err := d.find(option, condition, b)
	if err != nil || v == nil {
		return "", false, err
	}
	x := expander{d: d, condition: condition, budget: b, missing: map[string]bool{}}
	text, err = x.option(key, v)
	return text, err == nil, err
}

// find gives the value that a name has before its tags are replaced, and what to call it; nil when it names nothing.
func (d *Definition) find(name, condition string, b *budget) (key string, v *value, err error) {
	if condition != "" && !strings.Contains(name, "/") {
		if key, v, err = d.find(name+"?"+condition, "", b); v != nil || err != nil {
			return key, v, err
		}
	}
	if v = d.own[name]; v != nil {
		return name, v, nil
	}
	key = name
	if !strings.Contains(name, "/") {
		key = strings.ToLower(name)
	}
	v, err = d.definition(name, b)
	return key + "!", v, err // the mark keeps it apart from an argument or option of [Init] of the same name
}

// definition looks a name up outside of the arguments and [Init]: section/option, known/option and default/option in their
// sections, everything else, and what is not found there, in [Definition].
func (d *Definition) definition(name string, b *budget) (*value, error) {
	if section, option, ok := strings.Cut(name, "/"); ok && isSectionName(section) && option != "" {
		sections := []string{section}
		switch strings.ToLower(section) {
		case "known":
			sections = []string{knownPrefix + "Definition", "Definition"}
		case "default":
			sections = []string{defaultSection}
		}
		for _, section := range sections {
			s := scope{config: d.config, section: section, budget: b}
			if v, err := s.get(option); v != nil || err != nil {
				return v, err
			}
		}
	}
	if v, ok := d.replaced[name]; ok {
		return v, nil
	}
	s := scope{config: d.config, section: "Definition", vars: d.vars, used: d.markUsed, budget: b}
	v, err := s.get(name)
	if err == nil {
		d.replaced[name] = v
	}
	return v, err
}

func (d *Definition) markUsed(name string) { d.used[name] = true }

// option gives the text of an option with its tags replaced.
func (x *expander) option(key string, v *value) (string, error) {
	memo := tagKey{key, x.condition}
	if t, ok := x.d.done[memo]; ok {
		return t.text, t.err
	}
	if slices.Contains(x.busy, key) {
		return "", v.errorAt(0, "refers to itself: "+loop(x.busy, key), "")
	}
	if len(x.busy) >= maxNesting {
		return "", v.errorAt(0, fmt.Sprintf("more than %d options inside each other", maxNesting), "")
	}
	x.busy = append(x.busy, key)
	out, err := x.write(nil, v.text, v, 0)
	x.busy = x.busy[:len(x.busy)-1]
	x.d.done[memo] = tagText{string(out), err}
	return string(out), err
}

// loop shows how an option comes back to itself.
func loop(busy []string, key string) string {
	busy = append(slices.Clone(busy[slices.Index(busy, key):]), key)
	for i, name := range busy {
		busy[i] = "<" + strings.TrimSuffix(name, "!") + ">"
	}
	if len(busy) > 6 {
		busy = append(busy[:5], "...", busy[len(busy)-1])
	}
	return strings.Join(busy, " ")
}

// write adds text to out and replaces each tag as soon as its > arrives. What replaces it is written the same way,
// so that it may complete a tag around it: <a-<b>>.
func (x *expander) write(out []byte, text string, in *value, depth int) ([]byte, error) {
	if depth > maxNesting {
		return nil, in.errorAt(0, fmt.Sprintf("more than %d tags inside each other", maxNesting), "")
	}
	for {
		end := strings.IndexByte(text, '>')
		if end < 0 {
			return append(out, text...), x.check(out, text, in)
		}
		out = append(out, text[:end+1]...)
		text = text[end+1:]
		if err := x.check(out, "", in); err != nil {
			return nil, err
		}
		open := tagStart(out)
		if open < 0 {
			continue
		}
		inner, ok, err := x.tag(string(out[open+1 : len(out)-1]))
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if err := x.budget.spend(in, len(inner)); err != nil {
			return nil, err
		}
		if out, err = x.write(out[:open], inner, in, depth+1); err != nil {
			return nil, err
		}
	}
}

func (x *expander) check(out []byte, text string, in *value) error {
	if len(out)+len(text) > maxBytes {
		return in.errorAt(0, fmt.Sprintf("grows beyond %d MiB when its tags are replaced", maxBytes>>20), "")
	}
	return nil
}

// tagStart gives the place of the < that belongs to the > at the end of out, or -1: a tag is not empty and holds neither spaces nor brackets.
func tagStart[T string | []byte](out T) int {
	for i := len(out) - 2; i >= 0; i-- {
		switch out[i] {
		case ' ', '>':
			return -1
		case '<':
			if i == len(out)-2 {
				return -1
			}
			return i
		}
	}
	return -1
}

// tag gives what stands for a tag; ok is false when it is to stay.
func (x *expander) tag(name string) (text string, ok bool, err error) {
	if x.missing[name] || x.d.action && slices.Contains(dynamicTags, name) {
		return "", false, nil
	}
	key, v, err := x.d.find(name, x.condition, x.budget)
	if err != nil {
		return "", false, err
	}
	if v == nil && x.d.action && slices.Contains(emptyCommands, name) {
		return "", true, nil
	}
	if v == nil {
		x.missing[name] = true
		return "", false, nil
	}
	x.d.markUsed(strings.ToLower(name))
	text, err = x.option(key, v)
	return text, err == nil, err
}

// Unresolved lists the tags that stayed in an option's text because they name no option, each once: HOST, F-USER, /F-USER.
func (d *Definition) Unresolved(option string) []string {
	text, _ := d.Get(option)
	var tags []string
	for i := range tagEnds(text) {
		if tag := text[tagStart(text[:i+1])+1 : i]; !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// tagEnds gives the place of each > that ends a tag.
func tagEnds(text string) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range len(text) {
			if text[i] == '>' && tagStart(text[:i+1]) >= 0 && !yield(i) {
				return
			}
		}
	}
}
