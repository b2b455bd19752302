package action

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A process gets no argument and no variable of more than 128 KiB, and about 2 MiB of all of them together. A value may
// be an argument of what the script calls too, and may be doubled for printf.
const (
	longestValue = 60 << 10
	longestSum   = 512 << 10
	longestID    = 4 << 10
)

var (
	plainWord = regexp.MustCompile(`^[0-9A-Za-z_.:][0-9A-Za-z_.:@-]*$`)
	numeral   = regexp.MustCompile(`^-?[0-9]+$`)
)

// environment is what a script needs to see of a ban: name=value for each variable. A value that cannot be put where its tag
// stands is an error.
func (s *script) environment(lookUp func(tag string) value) ([]string, error) {
	env := make([]string, 0, len(s.uses))
	left := longestSum
	for _, u := range s.uses {
		text, err := s.fit(u, lookUp(u.tag))
		if err != nil {
			return nil, err
		}
		text = cut(text, left)
		left -= len(text)
		env = append(env, u.variable+"="+text)
	}
	return env, nil
}

// fit makes a value fit the place of its tag, or says why it does not.
//
// What is ours fits everywhere. Of foreign text, NUL goes, what is too long is cut, and a first character that a program would
// take for the beginning of an option or of a file's name gets a space before it. An id is never changed, for it says who is banned.
func (s *script) fit(u use, v value) (string, error) {
	if u.place.number && !numeral.MatchString(v.text) {
		return "", fmt.Errorf("<%s> stands in $((...)), and its value is no number", u.tag)
	}
	if v.from == ours {
		return v.text, nil
	}
	if u.place.command {
		return "", fmt.Errorf("<%s> names the command to run: no value of an event may", u.tag)
	}
	if u.place.program && v.text != "" && !plainWord.MatchString(v.text) {
		return "", fmt.Errorf("<%s> stands in something that is run, split or a file's name, and its value is more than a plain word", u.tag)
	}
	if v.from == id {
		if err := checkID(u, v.text); err != nil {
			return "", err
		}
		return u.place.escape.apply(v.text), nil
	}
	text := cut(strings.ReplaceAll(v.text, "\x00", "\uFFFD"), longestValue)
	if s.mail {
		text = withoutTildes(text)
	}
	text = u.place.escape.apply(text)
	if u.place.leading && begins(text) {
		text = " " + text
	}
	return text, nil
}

// begins tells whether a word would be an option, or a file for programs such as curl.
func begins(word string) bool { return word != "" && strings.IndexByte("-@<", word[0]) >= 0 }

func checkID(u use, text string) error {
	switch {
	case len(text) > longestID:
		return fmt.Errorf("an id of %d bytes is too long for an action: %d are the most", len(text), longestID)
	case strings.IndexFunc(text, unicode.IsControl) >= 0:
		return fmt.Errorf("the id %s holds control characters: an action cannot ban it", quote(text))
	case u.place.leading && begins(text):
		return fmt.Errorf("the id %s would be taken for an option where <%s> stands", quote(text), u.tag)
	}
	return nil
}

// apply writes a text so that printf, which reads it, shows it as it is.
func (e escape) apply(text string) string {
	switch e {
	case backslashes:
		return strings.ReplaceAll(text, `\`, `\\`)
	case percents:
		return strings.NewReplacer(`\`, `\\`, `%`, `%%`).Replace(text)
	}
	return text
}

// withoutTildes puts a space before each line that begins with "~": to a mail program it would be a command.
func withoutTildes(text string) string {
	if strings.HasPrefix(text, "~") {
		text = " " + text
	}
	return strings.NewReplacer("\n~", "\n ~", "\r~", "\r ~").Replace(text)
}

// cut shortens a text to at most that many bytes, of whole characters.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// quote shows a text in a message.
func quote(text string) string { return fmt.Sprintf("%.60q", text) }
