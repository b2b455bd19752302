package filter

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// framed is an address that no peer has: it stands only in what peers say.
const framed = "192.0.2.66"

// spelled tells how a service writes what its peers say, for those that do not write it as it came. Lines
// that are JSON need not be listed.
var spelled = map[string]func(string) string{
	"authelia":      inJSON,
	"grafana":       inPairs,
	"exim-spam":     inMail,
	"samba-audit":   inAccount,
	"keycloak":      inJSON, // values in quotes
	"named-refused": inZone, "nsd": inZone, "powerdns": inZone,
	"apache-badbots": inLog, "apache-fakegooglebot": inLog, "apache-pass": inLog, "php-url-fopen": inLog, "nginx-bad-request": inLog,
	"traefik-auth": inLog, "openhab": inLog, "http-get-dos": inLog, "cups": inLog,
}

// inJSON escapes as JSON does.
func inJSON(s string) string {
	b, _ := json.Marshal(s)
	return string(b[1 : len(b)-1])
}

// inLog escapes as the access logs of web servers do.
func inLog(s string) string { return strings.ReplaceAll(s, `"`, `\x22`) }

// inPairs quotes a value of key=value pairs when it needs it.
func inPairs(s string) string {
	if strings.ContainsAny(s, " \"=") {
		return `"` + inJSON(s) + `"`
	}
	return s
}

// inMail quotes the local part of a mail address when it needs it.
func inMail(s string) string {
	if strings.ContainsAny(s, " \"()<>[]") {
		return `"` + inJSON(s) + `"@example.com`
	}
	return s
}

// inAccount keeps what the name of a Unix account can hold.
func inAccount(s string) string { return regexp.MustCompile(`[^\w.$-]+`).ReplaceAllString(s, "") }

// inZone escapes as names in DNS are written.
func inZone(s string) string { return strings.NewReplacer(" ", `\032`, "'", `\039`).Replace(s) }

// span is a part of a line.
type span struct{ from, to int }

// foreign finds what peers chose: the samples name users bob, mail addresses and hosts by example's domains,
// and put what web servers are asked for under /srv/www or /var/www.
var foreign = []*regexp.Regexp{
	regexp.MustCompile(`\b(bob(?:@[\w.-]+)?)\b`),
	regexp.MustCompile(`([\w.+-]+@example\.(?:com|net|org))`),
	regexp.MustCompile(`\b(?:GET|POST|HEAD) (\S+)`),
	regexp.MustCompile(`"((?:http|curl|Mozilla)[^"]*)"`),
	regexp.MustCompile(`(?:referer: |referer=|host: "|URL: '|helo=<|Hostname |uri":"|uri "|callid: |Username: |CN=)([^\s"<>()\[\]]+)`),
	regexp.MustCompile(`[\s']\(?(example\.com)[.)/']`),
	regexp.MustCompile(`\b(HLBrute[^"]*)`),
	regexp.MustCompile(`(/(?:var|srv)/www/[^'",\s]*)`),
}

// ours are parts of the samples that the server chose.
var ours = regexp.MustCompile(`^path=|/\.htpasswd$|/wp-admin/includes/image\.php$`)

// foreignParts are the parts of a line that a peer may have chosen: those and what was captured.
func foreignParts(line, address string, matches []Match) []span {
	var out []span
	add := func(from, to int) {
		if from < 0 || from == to || address != "" && strings.Contains(line[from:to], address) || ours.MatchString(line[from:to]) {
			return
		}
		if s := (span{from, to}); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for i := range matches {
		for _, field := range matches[i].Event().Fields {
			at := strings.LastIndex(line, field.Value)
			add(at, at+len(field.Value))
		}
	}
	for _, re := range foreign {
		for _, loc := range re.FindAllStringSubmatchIndex(line, -1) {
			add(loc[2], loc[3])
		}
	}
	return out
}

// forgeries are texts for a part of a line, meant to make another address look like the peer's: alone, with
// the rest of the line as it would be for that address, or with all of the line.
func forgeries(line, address string, part span) []string {
	own := line[part.from:part.to]
	out := []string{
		own + " from " + framed, own + `" from ` + framed, own + "' from " + framed + " port 22", own + `\n from ` + framed + " port 22 ssh2",
		framed, "[" + framed + "]", own + "] [client " + framed, own + ">, rip=" + framed + ", x=<", own + " rhost=" + framed + " ", own + " (" + framed + ")",
	}
	if address == "" {
		return out
	}
	head := strings.ReplaceAll(line[:part.from], address, framed)
	tail := strings.ReplaceAll(line[part.to:], address, framed)
	whole := strings.ReplaceAll(line, address, framed)
	return append(out, own+tail, own+tail+" x", head+own, own+`\n`+whole, own+" "+whole, whole, own+tail+`\n`+head+own, own+tail+" "+head+own)
}

// TestBuiltinInjection puts another address into every part of the samples that a peer may choose. That
// address is never whom a failure is laid to.
func TestBuiltinInjection(t *testing.T) {
	for _, name := range builtinNames(t) {
		t.Run(name, func(t *testing.T) {
			tried := 0
			for spec, samples := range samplesBySpec(t, name) {
				b := load(t, spec, Options{})
				for i := range samples {
					tried += inject(t, name, b, samples, i)
				}
			}
			if (tried == 0) != slices.Contains(addressOnly, name) {
				t.Errorf("%d changes of what a peer chose were tried", tried)
			}
		})
	}
}

// addressOnly are the filters whose lines hold nothing of a peer's but its address.
var addressOnly = []string{
	"apache-shellshock", "bitwarden", "nagios", "portsentry", "qmail", "recidive", "scanlogd", "stunnel", "tinyproxy", "xinetd-fail",
}

// TestInstalledInjection does the same with the installed samples of fail2ban, in what the filters captured.
func TestInstalledInjection(t *testing.T) {
	tried := 0
	for _, name := range builtinNames(t) {
		if _, err := os.Stat(filepath.Join(sampleLogs, name)); err != nil {
			continue
		}
		for _, g := range readSamples(t, name) {
			if g.options["logtype"] == "journal" {
				continue
			}
			b := load(t, g.spec(name), Options{})
			var samples []ownSample
			for _, s := range g.samples {
				want := map[string]any{}
				if s.want.Match && s.want.Host != nil {
					want["ip"] = *s.want.Host
				}
				samples = append(samples, ownSample{where: s.where, line: s.line, want: want})
			}
			for i := range samples {
				tried += inject(t, name, b, samples, i)
			}
		}
	}
	if tried < 1000 {
		t.Errorf("only %d changes were tried", tried)
	}
}

func samplesBySpec(t *testing.T, name string) map[string][]ownSample {
	out := map[string][]ownSample{}
	for _, s := range ownSamples(t, name) {
		out[s.spec] = append(out[s.spec], s)
	}
	return out
}

// around is how many samples before and after a changed one are tried with it, as they may belong to one session.
const around = 3

// inject changes sample i in all ways and returns their number.
func inject(t *testing.T, name string, b *bench, samples []ownSample, i int) int {
	line := samples[i].line
	address, _ := samples[i].want["ip"].(string)
	if strings.Contains(line, framed) || !strings.Contains(line, address) {
		return 0
	}
	tried := 0
	spell := spelled[name]
	if strings.HasPrefix(strings.TrimSpace(line), `{"`) {
		spell = inJSON
	} else if spell == nil {
		spell = func(s string) string { return s }
	}
	matches := slices.Clone(b.Process(Line{Text: line}).Matches)
	for _, part := range foreignParts(line, address, matches) {
		for _, text := range forgeries(line, address, part) {
			tried++
			changed := line[:part.from] + spell(text) + line[part.to:]
			if who := accused(b, samples, i, changed); who != "" {
				t.Errorf("%s: %s is accused when %q becomes %q:\n\t%s", samples[i].where, who, line[part.from:part.to], text, changed)
				break
			}
		}
	}
	return tried
}

// accused tries a changed line between its neighbours and returns whom a failure is laid to, if it is the
// framed address.
func accused(b *bench, samples []ownSample, i int, changed string) string {
	for k := max(0, i-around); k < min(len(samples), i+around+1); k++ {
		line := samples[k].line
		switch {
		case k == i:
			line = changed
		case strings.Contains(line, framed):
			continue
		}
		for _, m := range b.Process(Line{Text: line}).Matches {
			if who := fmt.Sprint(m.Who(), m.IP); strings.Contains(who, framed) {
				return who
			}
		}
	}
	return ""
}
