package action

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"f2b/lib/config"
	"f2b/lib/event"
	"f2b/lib/firewall"
)

// hostile are values that try to run something, to become several arguments or an option, to name a file, or to break what reads
// them. pwned is a program of the sandbox.
var hostile = []string{
	"$(pwned)", "`pwned`", "; pwned ;", "| pwned", "&& pwned", "\npwned\n", "'; pwned; '", `"; pwned; "`, `'"$(pwned)"'`, `\"; pwned #`, `\'; pwned #`,
	"x -j ACCEPT", "--help", "-n", "-", "-- -x", "* ? [a-z]", "~root", "${IFS}pwned", "$((pwned))", "a[$(pwned)]", "<ip>", "<matches>", "<F-USER>", "%s%s%n%1000000d", `\c`, `\0101\n`,
	"\x1b[2J\x1b]0;pwned\a", "a\x00b", "EOF\npwned\nEOF", "}; pwned; {", ")\npwned\n(", "#", "!pwned", "~! pwned", "\n~! pwned\n", "\r\nBcc: x@example.com", "() { :;}; pwned", ">x", "@/etc/passwd", "</etc/passwd",
	"../../../etc/cron.d/x", "x : spawn pwned", "{1..9}", "a\\\npwned", "é\xff", strings.Repeat("A$(pwned)'\"`", 64<<10/12), strings.Repeat("-x ", 20<<10),
}

// tame takes the place of a hostile value in a run that shows what a script does by itself.
const tame = "tame"

// attack is a ban all of whose text is one value.
func attack(text, ip string) *subject {
	names := []string{"user", "port", "none", "a", "b"}
	e := &event.Event{
		Type: event.Banned, Failures: 3, Bantime: 600, Bancount: 1, Filter: text, Jail: text, DNS: text,
		Line: text, Matches: []string{text, text, text},
	}
	for _, name := range names {
		e.Fields = append(e.Fields, event.Field{Name: name, Value: text})
	}
	addr := netip.MustParseAddr(ip)
	return newSubject(firewall.Ban{Jail: text, Prefix: netip.PrefixFrom(addr, addr.BitLen()), Event: e})
}

// More commands than Debian's, with tags in all places.
var ownCommands = []string{
	`curl <F-USER> '<F-USER>' "<F-USER>" a<F-USER>b 'a<F-USER>b' "a<F-USER>b" <F-USER><F-NONE>`,
	"curl `echo \"<F-USER>\" | cat` \"`echo '<F-USER>'`\" $(true) \"$(echo <F-USER>)\" # refuses what it would split",
	"mail <<X\n<F-USER> '<F-USER>' \"<F-USER>\" $(echo '<F-USER>') `echo <F-USER>`\nX",
	`x=<F-USER>; y='<F-USER>'; curl "$x" "$y" "${x:-<F-USER>}" ${z:-<F-USER>}`,
	`case <F-USER> in tame) true;; '<F-A>') false;; *) true;; esac; curl done`,
	`printf "<F-USER>" | curl; printf %b "<matches>" | curl; printf -- %s <F-USER> | curl`,
	`for u in <F-USER> '<F-USER>'; do curl "$u"; done # <F-USER> it's`,
	`if [ "<F-USER>" = tame ] || [ '<F-USER>' = x ]; then true; fi; curl done`,
	`f() { curl "$1" "$2"; }; f <F-USER> '<matches>'; curl "$#" <matches> "<F-PORT>"`,
	`curl <F-ID> <ip> "<ip-host>" '<raw-ticket>'`,
}

// scripts are all commands of all actions, those of ours with them.
func scripts(t *testing.T, family string) (all []*script, from []*instance) {
	t.Helper()
	add := func(spec string) {
		d, err := load(spec, "sshd", nil)
		if err != nil {
			t.Errorf("%s: %v", spec, err)
			return
		}
		for _, command := range commands {
			s, err := d.script(command, family)
			if err != nil {
				t.Errorf("%s: %v", spec, err)
			}
			if s != nil && len(s.uses) > 0 {
				all, from = append(all, s), append(from, &instance{definition: d})
			}
		}
	}
	for _, name := range installedActions(t) {
		add(installed + "/action.d/" + name)
		for _, args := range moreArguments[name] {
			add(installed + "/action.d/" + name + written([]config.Arg{{Name: args[0], Value: args[1]}}))
		}
	}
	for _, command := range ownCommands {
		path := filepath.Join(t.TempDir(), "own.conf")
		if err := os.WriteFile(path, []byte("[Definition]\nactionban = "+strings.ReplaceAll(strings.ReplaceAll(command, "%", "%%"), "\n", "<br>")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		add(strings.TrimSuffix(path, ".conf"))
	}
	return all, from
}

// No value of an event runs anything, adds an argument or an option, in any command of any action.
func TestInjection(t *testing.T) {
	all, from := scripts(t, "inet4")
	box := newSandbox(t)
	runs, refused := 0, 0
	for i, s := range all {
		run := func(text string) (outcome, error) {
			b := &Backend{}
			b.options.Resolve = func(context.Context, netip.Addr) string { return text }
			from[i].backend = b
			env, err := s.environment(from[i].values(t.Context(), &unit{}, attack(text, "192.0.2.1")))
			if err != nil {
				return outcome{}, err
			}
			return box.run(0, s.text, nil, env), nil
		}
		want, err := run(tame)
		if err != nil {
			t.Fatalf("%s: %v", s.text, err)
		}
		for _, text := range s.attacks() {
			got, err := run(text)
			if err != nil {
				if refused++; !strings.Contains(s.text, "refuses") {
					t.Errorf("%.60q: %v in\n%s", text, err, s.text)
				}
				continue
			}
			runs++
			if !slices.Equal(got.shape(), want.shape()) {
				t.Errorf("%.60q changes what runs in\n%s\n got %.300q\nwant %q", text, s.text, got.shape(), want.shape())
			}
		}
	}
	if runs < 1000 || refused < 40 {
		t.Errorf("%d runs, %d refused", runs, refused)
	}
	t.Logf("%d scripts, %d runs, %d refused", len(all), runs, refused)
}

// attacks are the values that a script is tried with: only one where nothing in it comes from the event's text.
func (s *script) attacks() []string {
	for _, u := range s.uses {
		if isField(u.tag) || slices.Contains([]string{"matches", "ipmatches", "ipjailmatches", "raw-ticket", "ip-host"}, u.tag) {
			return hostile
		}
	}
	return hostile[:1]
}
