package filter

import (
	"slices"
	"testing"
)

// friends are the filters that read lines of others too, and why.
var friends = map[string]struct {
	why    string
	others []string
}{
	"apache-noscript":   {"what scanners look for are often scripts", []string{"apache-botsearch"}},
	"apache-overflows":  {"a method that is none, which the other leaves to it", []string{"apache-auth"}},
	"cockpit":           {"it is a line of Cockpit's", []string{"pam-generic"}},
	"pam-generic":       {"it reads what PAM says for all services", []string{"cockpit", "dovecot", "vsftpd", "wuftpd"}},
	"nginx-bad-request": {"web servers share the format of access logs", []string{"apache-badbots"}},
	"http-get-dos": {"it counts every GET in access logs, whichever server's", []string{"apache-badbots", "apache-fakegooglebot",
		"apache-pass", "nginx-bad-request", "nginx-botsearch", "openhab", "php-url-fopen", "traefik-auth"}},
	"password-fail":     {"doors of one program, vchkpw", []string{"username-notfound"}},
	"username-notfound": {"doors of one program, vchkpw", []string{"vpopmail"}},
	"vpopmail":          {"doors of one program, vchkpw", []string{"password-fail", "username-notfound"}},
}

// TestBuiltinFalseFriends runs all filters over the samples of all others: none takes another one's lines
// for its own, but for those listed.
func TestBuiltinFalseFriends(t *testing.T) {
	names := builtinNames(t)
	all := map[string][]ownSample{}
	for _, name := range names {
		all[name] = ownSamples(t, name)
	}
	for _, name := range names {
		f := load(t, name, Options{})
		known := friends[name]
		met := map[string]bool{}
		for _, other := range names {
			if other == name {
				continue
			}
			for _, s := range all[other] {
				if len(f.Process(Line{Text: s.line}).Matches) == 0 {
					continue
				}
				met[other] = true
				if !slices.Contains(known.others, other) {
					t.Errorf("%s takes for its own %s\n\t%s", name, s.where, s.line)
				}
			}
		}
		for _, other := range known.others {
			if !met[other] {
				t.Errorf("%s is said to read lines of %s and does not", name, other)
			}
		}
	}
}
