package source

import (
	"errors"
	"strings"
)

// splitWords cuts a line into words the way a POSIX shell does, quotes and backslashes minded, nothing expanded; so
// fail2ban cuts a journalmatch.
func splitWords(line string) ([]string, error) {
	var words []string
	for {
		line = strings.TrimLeft(line, " \t\r\n")
		if line == "" {
			return words, nil
		}
		word, rest, err := cutWord(line)
		if err != nil {
			return nil, err
		}
		words, line = append(words, word), rest
	}
}

// cutWord takes the word off the front of a line that doesn't begin with white space.
func cutWord(line string) (word, rest string, err error) {
	var b strings.Builder
	quote := byte(0) // the quote that is open
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\' && quote != '\'':
			if i++; i == len(line) {
				return "", "", errors.New("nothing after the backslash at the end")
			}
			if quote == '"' && line[i] != '"' && line[i] != '\\' {
				b.WriteByte('\\')
			}
			b.WriteByte(line[i])
		case quote == 0 && strings.IndexByte(" \t\r\n", c) >= 0:
			return b.String(), line[i:], nil
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote != 0 && c == quote:
			quote = 0
		default:
			b.WriteByte(c)
		}
	}
	if quote != 0 {
		return "", "", errors.New("a quote " + string(rune(quote)) + " is not closed")
	}
	return b.String(), "", nil
}
