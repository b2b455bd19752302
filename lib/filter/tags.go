package filter

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// The pieces that the tags of a failregex stand for, as f2b-regex prints them where fail2ban-regex does. They say which text looks like an address; whether it
// is one is decided afterwards (see identity.go), so that 999.1.1.1 is seen, refused and counted.
const (
	hexGroup = `[0-9a-fA-F]{1,4}`
	ip4Piece = `(?:::f{4,6}:)?(?P<ip4>(?:\d{1,3}\.){3}\d{1,3})`
	ip6Piece = `(?P<ip6>(?:` + hexGroup + `::?|::){1,7}(?:` + hexGroup + `|:))`
	dnsPiece = `(?P<dns>[\w\-.^_]*\w)`
	addPiece = `\[?(?:` + ip4Piece + `|` + ip6Piece + `)\]?`
	hostName = `(?:` + addPiece + `|` + dnsPiece + `)`
	lenPiece = `(?P<cidr>\d+)`
	netPiece = `\[?(?:` + ip4Piece + `|` + ip6Piece + `)(?:/` + lenPiece + `)?\]?`
)

// tagPieces maps the tags that have a fixed meaning to their pattern; <HOST>, <SKIPLINES> and <F-...> are
// handled by expand.
var tagPieces = map[string]string{
	"IP4": ip4Piece, "F-IP4/": ip4Piece,
	"IP6": ip6Piece, "F-IP6/": ip6Piece,
	"DNS": dnsPiece, "F-DNS/": dnsPiece,
	"ADDR": addPiece, "F-ADDR/": addPiece,
	"CIDR": lenPiece, "F-CIDR/": lenPiece,
	"SUBNET": netPiece, "F-SUBNET/": netPiece,
	"F-ID/":   `(?P<fid>\S+)`,
	"F-PORT/": `(?P<fport>\w+)`,
}

var (
	tagText = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`</?[\p{L}\p{N}_\-]+/?>`) })
	tagName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(/?)F-([A-Z0-9_\-]+)$`) })
	// inlineFlag is a group that begins with global flags, ((?i)x) or (?:(?i)x): Python wants them local.
	inlineFlag = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(^|[^\\])\((?:\?:)?\(\?([a-z]+)\)`) })
)

// expand replaces the tags of a pattern as fail2ban does: <HOST> and its kin by the pieces above,
// <F-NAME>...</F-NAME> by a named group in lower case. What is no tag of this kind stays as it is.
// Without names (usedns=no) <HOST> is an address and nothing else.
func expand(pattern string, names bool) string {
	open := map[string]bool{}
	skips := 0
	pattern = tagText().ReplaceAllStringFunc(pattern, func(tag string) string {
		name := tag[1 : len(tag)-1]
		switch {
		case name == "HOST" && names:
			return hostName
		case name == "HOST":
			return addPiece
		case name == "SKIPLINES":
			skips++
			return fmt.Sprintf(`\n(?P<skiplines%d>(?:(?:.*\n)*?))`, skips-1)
		}
		if piece, ok := tagPieces[name]; ok {
			return piece
		}
		m := tagName().FindStringSubmatch(name)
		switch {
		case m == nil:
			return tag
		case m[1] == "":
			open[m[2]] = true
			return "(?P<" + captureName(m[2]) + ">"
		case open[m[2]]:
			return ")"
		}
		return tag
	})
	return localFlags(pattern)
}

// localFlags writes ((?i)x) as (?i:x). It runs twice because neighbours share the character between them.
func localFlags(pattern string) string {
	if !hasFlags(pattern) {
		return pattern
	}
	for range 2 {
		pattern = inlineFlag().ReplaceAllString(pattern, "${1}(?${2}:")
	}
	return pattern
}

// hasFlags tells whether a pattern holds global flags such as (?i), which most do not.
func hasFlags(pattern string) bool {
	for {
		at := strings.Index(pattern, "(?")
		if at < 0 {
			return false
		}
		pattern = pattern[at+len("(?"):]
		if end := strings.TrimLeft(pattern, "abcdefghijklmnopqrstuvwxyz"); len(end) < len(pattern) && strings.HasPrefix(end, ")") {
			return true
		}
	}
}

// captureName gives the group that a tag fills: lower case, with the two names that fail2ban renames.
func captureName(tag string) string {
	switch tag = strings.ToLower(tag); tag {
	case "id":
		return "fid"
	case "port":
		return "fport"
	}
	return tag
}
