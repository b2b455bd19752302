package config

import (
	"fmt"
	"strings"
	"unicode"
)

const (
	maxDepth = 10      // values inside values, Python's limit
	maxBytes = 1 << 20 // what an option may grow to
	maxTotal = 8 << 20 // and all replacements of one request together
	maxSteps = 200_000 // replacements of one request
)

// budget bounds the work that a request may cause, so that options which double each other end in an error.
type budget struct{ bytes, steps int }

func (b *budget) spend(v *value, n int) error {
	b.bytes += n
	b.steps++
	if b.bytes > maxTotal || b.steps > maxSteps {
		return v.errorAt(0, "grows without bounds when its references are replaced", "look for options that name each other twice")
	}
	return nil
}

// scope is where the names in %(name)s are looked up: vars, then the section, then DEFAULT.
type scope struct {
	config  *Config
	section string
	vars    map[string]*value
	used    func(name string) // told of each name that led to a value
	budget  *budget
}

// Get gives an option of a section, or of DEFAULT where the section does not set it, with its %(name)s replaced.
// vars come before the section, by their names in lower case, and are taken literally; "known/failregex" is such a name.
// ok is false when the option or the section does not exist.
func (c *Config) Get(section, option string, vars ...Arg) (text string, ok bool, err error) {
	s := scope{config: c, section: section, vars: literals(vars), budget: new(budget)}
	v, err := s.get(option)
	if v == nil || err != nil {
		return "", false, err
	}
	return v.text, true, nil
}

// literals makes values in which a percent sign stands for itself.
func literals(args []Arg) map[string]*value {
	m := make(map[string]*value, len(args))
	for _, a := range args {
		name := strings.ToLower(a.Name)
		m[name] = &value{text: strings.ReplaceAll(a.Value, "%", "%%"), option: name}
	}
	return m
}

// get gives an option with everything replaced, or nil when there is none.
func (s *scope) get(option string) (*value, error) {
	if s.config.find(s.section) == nil {
		return nil, nil
	}
	v := s.plain(strings.ToLower(option))
	if v == nil || !strings.Contains(v.text, "%") {
		return v, nil
	}
	var b strings.Builder
	if err := s.replace(&b, v, 1); err != nil {
		return nil, err
	}
	replaced := *v
	replaced.text = b.String()
	replaced.lines = nil
	return &replaced, nil
}

// plain finds an option by its name in lower case.
func (s *scope) plain(name string) *value {
	if v := s.vars[name]; v != nil {
		return v
	}
	if b := s.config.find(s.section); b != nil && b.values[name] != nil {
		return b.values[name]
	}
	return s.config.defaults.values[name]
}

// replace writes a value with its references replaced. depth counts the values that we are inside of.
func (s *scope) replace(b *strings.Builder, v *value, depth int) error {
	if depth > maxDepth {
		return v.errorAt(0, fmt.Sprintf("more than %d values inside each other", maxDepth), "one of them refers to itself")
	}
	text := v.text
	for offset := 0; ; {
		i := strings.IndexByte(text[offset:], '%')
		if i < 0 {
			return s.write(b, v, text[offset:])
		}
		if err := s.write(b, v, text[offset:offset+i]); err != nil {
			return err
		}
		offset += i
		if strings.HasPrefix(text[offset:], "%%") {
			b.WriteByte('%')
			offset += 2
			continue
		}
		n, err := s.replaceOne(b, v, offset, depth)
		if err != nil {
			return err
		}
		offset += n
	}
}

// replaceOne writes what the reference at offset stands for, and returns the reference's length.
func (s *scope) replaceOne(b *strings.Builder, v *value, offset, depth int) (int, error) {
	name, ok := reference(v.text[offset:])
	if !ok {
		return 0, badReference(v, offset)
	}
	n := len(name) + len("%()s")
	inner, err := s.lookup(name, v, offset)
	if err != nil {
		return 0, err
	}
	if !strings.Contains(inner.text, "%") {
		return n, s.write(b, inner, inner.text)
	}
	return n, s.replace(b, inner, depth+1)
}

func (s *scope) write(b *strings.Builder, v *value, text string) error {
	b.WriteString(text)
	if b.Len() > maxBytes {
		return v.errorAt(0, fmt.Sprintf("grows beyond %d MiB when its references are replaced", maxBytes>>20), "")
	}
	return s.budget.spend(v, len(text))
}

// reference gives the name of the %(name)s that text begins with.
func reference(text string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(text, "%(")
	if !ok {
		return "", false
	}
	end := strings.IndexByte(rest, ')')
	if end < 1 || !strings.HasPrefix(rest[end:], ")s") {
		return "", false
	}
	return rest[:end], true
}

func badReference(v *value, offset int) *Error {
	if strings.HasPrefix(v.text[offset:], "%(") {
		return v.errorAt(offset, fmt.Sprintf("%q is no reference", clip(firstLine(v.text[offset:]))), "write %(name)s, or %% for a percent sign")
	}
	return v.errorAt(offset, "a lone %", "write %% for a percent sign")
}

// lookup finds what %(name)s stands for.
func (s *scope) lookup(name string, in *value, offset int) (*value, error) {
	lower := strings.ToLower(name)
	if lower == "__name__" {
		return &value{text: s.section, option: lower}, nil
	}
	if v := s.plain(lower); v != nil {
		if s.used != nil {
			s.used(lower)
		}
		return v, nil
	}
	if v := s.qualified(name); v != nil {
		if name == lower {
			return v, nil
		}
		// As in fail2ban names are lower-cased before they are looked up, so such a section is never found.
		return nil, in.errorAt(offset, fmt.Sprintf("%%(%s)s is not found because of its capitals", name), fmt.Sprintf("write <%s>, or the section in lower case", name))
	}
	return nil, in.errorAt(offset, fmt.Sprintf("no option %s for %%(%s)s", clip(lower), clip(name)), meant(lower, s.names(), "%%(%s)s"))
}

func (s *scope) names() []string {
	names := s.config.optionNames(s.section)
	for name := range s.vars {
		names = append(names, name)
	}
	return names
}

// qualified finds section/option, known/option and default/option as %()s does: where the section does not set the
// option DEFAULT does, and known/ is what an earlier file set in this section.
func (s *scope) qualified(name string) *value {
	section, option, ok := strings.Cut(name, "/")
	if !ok || !isSectionName(section) {
		return nil
	}
	var own *block
	switch strings.ToLower(section) {
	case "default":
	case "known":
		own = s.config.sections[knownPrefix+s.section]
	default:
		if own = s.config.sections[section]; own == nil {
			return nil
		}
	}
	if own != nil && own.values[option] != nil {
		return own.values[option]
	}
	return s.config.defaults.values[option]
}

// isSectionName tells whether a name can stand before the slash of a reference.
func isSectionName(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r != '-' && !isWord(r) }) < 0
}

// isWord is Python's \w.
func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
