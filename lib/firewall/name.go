package firewall

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// hashLength is how many characters tell two names apart that were changed: 50 bits.
const hashLength = 10

// SafeName makes a name for the kernel out of a jail's name. Jail names come from
// events, which anybody may have written, so whatever is not a letter, a digit or
// one of "_.-" becomes "_", and what is longer than max (at least 12) is cut. A
// name that had to be changed ends in "/" and a hash of the original: two jails
// never share one, because "/" is in no name that was left as it is.
func SafeName(name string, max int) string {
	clean := strings.Map(func(r rune) rune {
		if r < 0x80 && (isLetter(byte(r)) || '0' <= r && r <= '9' || strings.ContainsRune("_.-", r)) {
			return r
		}
		return '_'
	}, name)
	if clean == name && clean != "" && len(clean) <= max {
		return clean
	}
	sum := sha256.Sum256([]byte(name))
	hash := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:hashLength]
	if room := max - hashLength - 1; len(clean) > room {
		clean = clean[:room]
	}
	return clean + "/" + hash
}

func isLetter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
