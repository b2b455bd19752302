package config

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// defaultSection is the section whose options every other section has too.
const defaultSection = "DEFAULT"

// value is the text of one option and where it stands.
type value struct {
	text            string
	pos             Pos
	lines           []int // the line numbers of the lines of text
	section, option string
}

// lineAt gives the number of the line that holds the byte at offset of the text.
func (v *value) lineAt(offset int) int {
	if n := strings.Count(v.text[:offset], "\n"); n < len(v.lines) {
		return v.lines[n]
	}
	return v.pos.Line
}

// block is a section of one file, or of all files merged.
type block struct {
	name   string
	line   int      // of its header
	names  []string // its options in order of appearance
	values map[string]*value
}

func newBlock(name string, line int) *block {
	return &block{name: name, line: line, values: map[string]*value{}}
}

func (s *block) set(option string, v *value) {
	if _, ok := s.values[option]; !ok {
		s.names = append(s.names, option)
	}
	s.values[option] = v
}

// file is one parsed file, nothing merged or replaced yet.
type file struct {
	path          string
	defaults      *block
	sections      []*block
	before, after []string // the files it includes
	warnings      []Warning
}

// options counts the options of all sections.
func (f *file) options() int {
	n := len(f.defaults.names)
	for _, s := range f.sections {
		n += len(s.names)
	}
	return n
}

func (f *file) section(name string) *block {
	if name == defaultSection {
		return f.defaults
	}
	for _, s := range f.sections {
		if s.name == name {
			return s
		}
	}
	return nil
}

// parser reads the dialect of Python's ConfigParser as fail2ban sets it up: strict, ";" after white space
// begins a comment, "#" only at the start of a line, blank lines may stand inside a value.
type parser struct {
	file    *file
	names   map[string]*block
	section *block   // nil before the first header
	option  *value   // what a continuation line adds to
	text    []string // the lines of option so far
	indent  int      // of the line that began option or section
	line    int
}

// parse reads one file. Bytes that are no UTF-8 are an error, as is every line that is not understood.
func parse(path, data string) (*file, error) {
	data = strings.TrimPrefix(data, "\ufeff")
	if !utf8.ValidString(data) {
		return nil, invalidUTF8(path, data)
	}
	data = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(data)
	p := &parser{
		file:  &file{path: path, defaults: newBlock(defaultSection, 0)},
		names: map[string]*block{},
	}
	for line := range strings.Lines(data) {
		p.line++
		if err := p.read(line); err != nil {
			return nil, err
		}
	}
	p.finish()
	return p.file, nil
}

func invalidUTF8(path, data string) *Error {
	line := 1
	for i, r := range data {
		if _, size := utf8.DecodeRuneInString(data[i:]); r == utf8.RuneError && size == 1 {
			break
		}
		if r == '\n' {
			line++
		}
	}
	return &Error{File: path, Line: line, Msg: "not valid UTF-8", Hint: "convert the file: iconv -f latin1 -t utf-8", cause: errEncoding}
}

// read takes one line with its newline.
func (p *parser) read(line string) error {
	text, comment := cutComment(line)
	if text == "" {
		// A blank line belongs to the value around it, a comment does not.
		if !comment && p.option != nil {
			p.add("")
		}
		return nil
	}
	indent := indentation(line)
	if p.option != nil && indent > p.indent {
		p.pasted(text)
		p.add(text)
		return nil
	}
	p.indent = indent
	if end := strings.LastIndexByte(text, ']'); text[0] == '[' && end > 1 {
		return p.header(text[1:end])
	}
	return p.assignment(text)
}

func (p *parser) header(name string) error {
	p.finish()
	if name == defaultSection {
		p.section = p.file.defaults
		return nil
	}
	if first := p.names[name]; first != nil {
		return &Error{File: p.file.path, Line: p.line, Section: name,
			Msg: fmt.Sprintf("this section is already in line %d", first.line), Hint: "put its options together under one header"}
	}
	p.section = newBlock(name, p.line)
	p.names[name] = p.section
	p.file.sections = append(p.file.sections, p.section)
	return nil
}

func (p *parser) assignment(text string) error {
	p.finish()
	if p.section == nil {
		return p.error("", "no section header before this line", "begin with [Definition] in a filter or action, [DEFAULT] or a jail's name in jail.local")
	}
	i := strings.IndexAny(text, "=:")
	if i < 0 {
		return p.error("", fmt.Sprintf("no = in %q", clip(text)), "indent the line to continue the value above it")
	}
	name := strings.ToLower(strings.TrimRightFunc(text[:i], isSpace))
	if name == "" {
		return p.error("", "no option name before "+text[i:i+1], "")
	}
	if first := p.section.values[name]; first != nil {
		return p.error(name, fmt.Sprintf("this option is already in line %d", first.pos.Line), "keep one of them")
	}
	p.option = &value{pos: Pos{p.file.path, p.line}, section: p.section.name, option: name}
	p.pasted(text)
	p.section.set(name, p.option)
	p.add(strings.TrimLeftFunc(text[i+1:], isSpace))
	return nil
}

// headerLike is a line that would be a section's header if it were not indented.
var headerLike = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\[[\w.-]+\]$`)
})

// noBreakSpace looks like a blank and is none.
const noBreakSpace = "\u00a0"

// pasted warns of what web pages do to a text that is copied from them.
func (p *parser) pasted(text string) {
	w := Warning{Pos: Pos{p.file.path, p.line}}
	switch {
	case strings.Contains(text, noBreakSpace):
		w.Msg, w.Hint = p.option.option+": a no-break space (U+00A0) looks like a blank and is none", "it comes from web pages: type a blank"
	case headerLike().MatchString(text) && p.option.pos.Line != p.line:
		w.Msg, w.Hint = text+" is indented, so it belongs to "+p.option.option+" and begins no section", "move it to the beginning of the line"
	default:
		return
	}
	p.file.warnings = append(p.file.warnings, w)
}

func (p *parser) add(text string) {
	p.text = append(p.text, text)
	p.option.lines = append(p.option.lines, p.line)
}

// finish ends the value that is being read.
func (p *parser) finish() {
	if p.option != nil {
		p.option.text = strings.TrimRightFunc(strings.Join(p.text, "\n"), isSpace)
	}
	p.option, p.text = nil, nil
}

func (p *parser) error(option, msg, hint string) *Error {
	e := &Error{File: p.file.path, Line: p.line, Option: option, Msg: msg, Hint: hint}
	if p.section != nil {
		e.Section = p.section.name
	}
	return e
}

// cutComment gives the text of a line without white space around it and without its comment.
func cutComment(line string) (text string, comment bool) {
	text = strings.TrimFunc(line, isSpace)
	if strings.HasPrefix(text, "#") || strings.HasPrefix(text, ";") {
		return "", true
	}
	for i := range len(text) {
		if text[i] != ';' {
			continue
		}
		if before, _ := utf8.DecodeLastRuneInString(text[:i]); isSpace(before) {
			return strings.TrimRightFunc(text[:i], isSpace), true
		}
	}
	return text, false
}

// indentation counts the characters before the first that is no white space.
func indentation(line string) int {
	rest := strings.TrimLeftFunc(line, isSpace)
	return utf8.RuneCountInString(line[:len(line)-len(rest)])
}

// isSpace knows white space as Python's str methods do: Unicode's, and the four ASCII separators.
func isSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

// clip shortens foreign text for a message.
func clip(s string) string {
	if len(s) <= 60 {
		return s
	}
	return strings.ToValidUTF8(s[:57], "") + "..."
}
