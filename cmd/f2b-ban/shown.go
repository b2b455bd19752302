package main

import (
	"strconv"
	"strings"
	"unicode"
)

// shown makes a name or an id that came in an event safe for one field of one line.
func shown(s string) string {
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) }) < 0 {
		return s
	}
	return strings.ReplaceAll(strconv.QuoteToASCII(s), " ", `\x20`)
}
