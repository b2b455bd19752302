package pyre

import (
	"math/rand/v2"
	"strings"
)

// inserts are what mutations put into texts: characters at which dialects disagree, and what patterns look for.
var inserts = []string{
	"٣", "é", "ß", "ſ", "\u212a", "İ", "ı", "Σ", "ς", "²", "Ⅷ", "中", "́", "\u00a0", "\u2028", "\u3000", "\x1c", "\u0085", "\x00", "\ufffd",
	"\n", "\r", "\t", " ", "_", "-", ".", ":", "[", "]", "(", ")", "'", `"`, "0", "7", "a", "Z", " from ", "::", "192.0.2.1", "2001:db8::1",
	"\U0001F600", "\u0663\u0664",
}

// maxText keeps texts short enough for patterns that take Python polynomial time.
const maxText = 600

// mutate changes text in a few places; others are texts to splice with.
func mutate(r *rand.Rand, text string, others []string) string {
	for range 1 + r.IntN(3) {
		runes := []rune(text)
		at := r.IntN(len(runes) + 1)
		head, tail := string(runes[:at]), string(runes[at:])
		switch r.IntN(7) {
		case 0: // insert
			text = head + inserts[r.IntN(len(inserts))] + tail
		case 1: // delete a few characters
			text = head + dropRunes(tail, 1+r.IntN(4))
		case 2: // replace a character
			text = head + inserts[r.IntN(len(inserts))] + dropRunes(tail, 1)
		case 3: // flip a bit
			if rest := []rune(tail); len(rest) > 0 && rest[0] < firstHigh {
				rest[0] ^= 1 << r.IntN(7)
				text = head + string(rest)
			}
		case 4: // splice with another text
			if other := others[r.IntN(len(others))]; other != "" {
				text = head + dropRunes(other, r.IntN(len(other)))
			}
		case 5: // cut off the end, or begin later
			if r.IntN(2) == 0 {
				text = head
			} else {
				text = tail
			}
		case 6: // other ends of lines
			text = strings.TrimRight(text, "\n") + []string{"", "\n", "\n\n", " \n", "\r\n"}[r.IntN(5)]
		}
	}
	if runes := []rune(text); len(runes) > maxText {
		text = string(runes[:maxText])
	}
	return text
}

func dropRunes(s string, n int) string {
	runes := []rune(s)
	return string(runes[min(n, len(runes)):])
}
