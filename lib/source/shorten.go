package source

import (
	"strings"
	"unicode/utf8"
)

// cutMark stands at the end of a line that goes on beyond what is kept. It is no blank and no part of an address or a name, so a pattern that
// ends with the line does not match there: whoever can write a long line would choose what stands at the end of what is kept.
const cutMark = "…"

// longestWord is longer than any address or host name.
const longestWord = 256

// shortened makes what was kept of a line that was cut off one of whole words: the last one may be half an address, which is another one.
// Of a word that is longer than any address, so much is taken off that what is left ends with none.
func shortened(text string) string {
	end := max(0, len(text)-len(cutMark))
	for least := max(0, end-longestWord); end > least && !isBlank(text[end-1]); {
		end--
	}
	if end > 0 && !isBlank(text[end-1]) {
		for end > 0 && mayBeOfAddress(text[end-1]) {
			end--
		}
	}
	return text[:end] + cutMark
}

func isBlank(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// mayBeOfAddress tells whether addresses, networks and names, also in other scripts, may hold a byte.
func mayBeOfAddress(c byte) bool {
	switch {
	case '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c >= utf8.RuneSelf:
		return true
	}
	return strings.IndexByte(".:-_/%", c) >= 0
}
