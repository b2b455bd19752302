package action

import (
	"fmt"
	"regexp"
	"strings"
)

// A script is a command of an action, made ready for any ban: where a tag stood there is now a variable, in the quotes
// that the place needs, and the script's text is the same for every ban.
type script struct {
	text string
	uses []use
	mail bool // it calls a mail program
}

// A use is a variable that a script needs.
type use struct {
	tag      string
	variable string // without "$"
	place    place  // all of its places together
}

// tagSyntax is what fail2ban takes for a tag.
var tagSyntax = regexp.MustCompile(`<([^ <>]+)>`)

// compile reads a command whose parameters are all in it already and whose tags are those of a ban. Tags that nobody knows
// stay as they are: <file is also how a script reads a file. An error says which tag stands where it cannot be.
func compile(command string) (*script, error) {
	marked, marks := mark(command)
	if len(marks) == 0 {
		return &script{text: command}, nil
	}
	places, mail, err := locate(marked, marks)
	if err != nil {
		return nil, err
	}
	s := &script{mail: mail}
	pieces := make([]string, 0, 2*len(marks))
	for i, m := range marks {
		if f := places[i].form; f != single && f != comment && strings.Contains(marked, `\`+m.word) {
			return nil, &placeError{m.tag, "stands behind a backslash"} // which would take the quotes off
		}
		variable := variableName(m.tag, places[i])
		pieces = append(pieces, m.word, places[i].form.insert(variable))
		if places[i].form != comment {
			s.use(m.tag, variable, places[i])
		}
	}
	s.text = strings.NewReplacer(pieces...).Replace(marked)
	return s, nil
}

// use notes a variable, whose value has to fit all of its places.
func (s *script) use(tag, variable string, p place) {
	for i := range s.uses {
		if u := &s.uses[i]; u.variable == variable {
			u.place.number = u.place.number || p.number
			u.place.program = u.place.program || p.program
			u.place.command = u.place.command || p.command
			return
		}
	}
	s.uses = append(s.uses, use{tag, variable, p})
}

// A markedTag is a tag that a word of letters stands for while the script is parsed.
type markedTag struct {
	tag  string
	word string
}

// mark puts a word in the place of each tag of a ban. To a shell it is an ordinary part of a word, as the value would be.
func mark(command string) (marked string, marks []markedTag) {
	stem := "f2bTag"
	for strings.Contains(command, stem) {
		stem += "x"
	}
	marked = tagSyntax.ReplaceAllStringFunc(command, func(text string) string {
		tag := text[1 : len(text)-1]
		if !isDynamic(tag) {
			return text
		}
		m := markedTag{tag: tag, word: fmt.Sprintf("%s%dZ", stem, len(marks))}
		marks = append(marks, m)
		return m.word
	})
	return marked, marks
}

// variableName is the name of the environment variable of a tag: f2b_ip, f2b_F_USER, f2b_ip_rev. No two tags share one, and where
// the value is written in another way than elsewhere the variable is another one too.
func variableName(tag string, p place) string {
	name := "f2b_" + variableSyntax.Replace(tag)
	name += [...]string{asIs: "", backslashes: "__b", percents: "__f"}[p.escape]
	if p.leading {
		name += "__l"
	}
	return name
}

// variableSyntax makes the name of a variable of the name of a tag. Names of captures are in capitals.
var variableSyntax = strings.NewReplacer("F-", "F_", "_", "_u", "-", "_", ".", "_")

// form is how a variable is written in a place.
type form uint8

const (
	bare    form = iota // outside of quotes: the variable brings its own
	quoted              // inside of double quotes, or in a here-document
	single              // inside of single quotes, which end before it and begin again behind it
	comment             // in a comment: not at all
)

// insert writes a variable so that its value stays one piece whatever is in it. None of the forms holds a backslash, a
// backquote or a character that is special inside of backquotes, so they are right at any depth of those.
func (f form) insert(variable string) string {
	switch f {
	case bare:
		return `"${` + variable + `}"`
	case quoted:
		return `${` + variable + `}`
	case single:
		return `'"${` + variable + `}"'`
	}
	return ""
}

// escape is what a value needs because printf is going to read it.
type escape uint8

const (
	asIs        escape = iota
	backslashes        // an argument of %b: backslashes are doubled
	percents           // the format itself: so are percent signs
)

// A place is what surrounds a tag.
type place struct {
	form   form
	escape escape

	number  bool // arithmetic: only a number may stand here
	leading bool // the first thing in a word: "-" would make it an option, "@" a file
	program bool // text that some program runs or splits, or a file's name: only a plain word may stand here
	command bool // names the command to run: only what we make ourselves may stand here
}
