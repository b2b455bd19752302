package source

import "unicode/utf8"

// cutMark stands at the end of a line that goes on beyond what is kept. It is no blank and no part of an address or a name, so a pattern that
// ends with the line does not match there: whoever can write a long line would choose what stands at the end of what is kept.
const cutMark = "…"

// longestWord is longer than any address or host name.
const longestWord = 256

// shortened makes what was kept of a line that was cut off one of whole words: the last one may be half an address, which is another one.
func shortened(text string) string {
	end := max(0, len(text)-len(cutMark))
	for least := max(0, end-longestWord); end > least && !isBlank(text[end-1]); {
		end--
	}
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + cutMark
}

func isBlank(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }
