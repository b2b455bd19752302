package action

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"f2b/lib/firewall/fwtest"
)

// asterisk is the action of a blog of 2014 that bans callers from a telephone exchange, with the tags that the page had lost.
const asterisk = `
actionstart = iptables -N fail2ban-<name>
              iptables -A fail2ban-<name> -j RETURN
              iptables -I <chain> -p <protocol> -j fail2ban-<name>
actionstop = iptables -D <chain> -p <protocol> -j fail2ban-<name>
             iptables -F fail2ban-<name>
             iptables -X fail2ban-<name>
actioncheck = iptables -n -L <chain> | grep -q 'fail2ban-<name>[ \t]'
actionban = iptables -I fail2ban-<name> 1 -s <ip> -p udp --dport 5060 -j DROP
actionunban = iptables -D fail2ban-<name> -s <ip> -p udp --dport 5060 -j DROP
[INCLUDES]
before = iptables-blocktype.conf
[Init]
name = default
protocol = tcp
chain = INPUT
`

// The actions that Debian brings for the firewalls of Linux, and a custom one, set up, ban, unban and go without a trace.
func TestReal(t *testing.T) {
	w := newBench(t)
	asterisk := w.write("iptables-sip", asterisk)
	list := func(tool string, args ...string) func() string {
		return func() string { return fwtest.Run(t, tool, args...) }
	}
	four, six := list("iptables", "-S"), list("ip6tables", "-S")
	debian := installed + "/action.d/"
	for _, tc := range []struct {
		spec  string
		show  func() string
		setup []string // shown after the first ban
		ban   string   // shown while 192.0.2.1 or 2001:db8::1 is banned
		v6    bool
	}{
		{debian + `iptables-multiport[name=x, port="22,80"]`, four, []string{"-N f2b-x", "-A INPUT -p tcp -m multiport --dports 22,80 -j f2b-x"}, "-A f2b-x -s 192.0.2.1/32 -j REJECT", false},
		{debian + `iptables-multiport[name=x, port="22,80"]`, six, []string{"-N f2b-x"}, "-A f2b-x -s 2001:db8::1/128 -j REJECT --reject-with icmp6", true},
		{debian + `iptables-allports[name=x, protocol=all]`, four, []string{"-A INPUT -j f2b-x"}, "-A f2b-x -s 192.0.2.1/32", false},
		{debian + `iptables-new[name=x, port=22]`, four, []string{"state"}, "-A f2b-x -s 192.0.2.1/32", false},
		{debian + `nftables[name=x, port=22]`, list("nft", "list ruleset"), []string{"ip saddr @addr-set-x reject"}, "elements = { 192.0.2.1 }", false},
		{debian + `nftables-allports[name=x]`, list("nft", "list ruleset"), []string{"ip6 saddr @addr6-set-x"}, "elements = { 2001:db8::1 }", true},
		{debian + `iptables-ipset-proto6[name=x, port=22, ipsettime="<timeout-bantime>"]`, list("ipset", "list"), []string{"Name: f2b-x\n"}, "192.0.2.1 timeout ", false},
		{debian + `iptables-ipset-proto6-allports[name=x]`, list("ipset", "list"), []string{"Name: f2b-x6\n"}, "2001:db8::1 timeout 0", true},
		{debian + `route`, list("ip", "route show type unreachable"), nil, "unreachable 192.0.2.1", false},
		{asterisk + `[name=ASTERISK, protocol=all]`, four, []string{"-A INPUT -j fail2ban-ASTERISK", "-A fail2ban-ASTERISK -j RETURN"}, "-A fail2ban-ASTERISK -s 192.0.2.1/32 -p udp -m udp --dport 5060 -j DROP", false},
	} {
		t.Run(strings.TrimPrefix(tc.spec, debian), func(t *testing.T) {
			fwtest.Reset(t)
			fwtest.Run(t, "ip", "link set lo up")
			empty := tc.show()
			address, other := "192.0.2.1", "192.0.2.2"
			if tc.v6 {
				address, other = "2001:db8::1", "2001:db8::2"
			}
			w.t = t
			b := w.open(tc.spec)
			w.ok(b.Ban(bans(nil, address, other)))
			shown := tc.show()
			for _, want := range append(tc.setup, strings.TrimSuffix(tc.ban, " }")) {
				if !strings.Contains(shown, want) {
					t.Errorf("%q is not in\n%s", want, shown)
				}
			}
			second := w.open(tc.spec) // a restart finds all of it
			w.ok(second.Ban(bans(restored, address, other)))
			if again := tc.show(); !sameLines(again, shown) {
				t.Errorf("a second process makes\n%s\nof\n%s", again, shown)
			}
			w.ok(second.Unban(bans(nil, other)))
			if shown = tc.show(); !strings.Contains(shown, tc.ban) || strings.Contains(shown, other) {
				t.Errorf("not unbanned:\n%s", shown)
			}
			w.ok(b.Unban(bans(nil, address)))
			if shown = tc.show(); strings.Contains(shown, address) {
				t.Errorf("not unbanned:\n%s", shown)
			}
			err := second.Flush("j")
			if err != nil && !strings.Contains(err.Error(), "in use by a kernel component") { // a set is let go of some milliseconds after its rule
				t.Error(err)
			}
			if left := tc.show(); err == nil && left != empty {
				t.Errorf("there is left\n%s", left)
			}
		})
	}
}

// sameLines tells whether two listings are the same apart from their order and the time that is left.
func sameLines(a, b string) bool {
	count := map[string]int{}
	for line := range strings.Lines(a) {
		count[strings.Split(line, " timeout ")[0]]++
	}
	for line := range strings.Lines(b) {
		count[strings.Split(line, " timeout ")[0]]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// What another program throws away is there again with the next ban, and the jail is named, so that the others are banned anew.
func TestRealRepair(t *testing.T) {
	for spec, wreck := range map[string]func(){
		"iptables-multiport[name=x, port=22]": func() { fwtest.Run(t, "iptables", "-F"); fwtest.Run(t, "iptables", "-X") },
		"nftables[name=x, port=22]":           func() { fwtest.Run(t, "nft", "flush ruleset") },
	} {
		fwtest.Reset(t)
		w := newBench(t)
		b := w.open(installed + "/action.d/" + spec)
		w.ok(b.Ban(bans(nil, "192.0.2.1")))
		wreck()
		w.ok(b.Ban(bans(nil, "192.0.2.2")))
		lost, err := b.Check()
		w.ok(err)
		if len(lost) != 1 {
			t.Errorf("lost %q", lost)
		}
		w.ok(b.Ban(bans(restored, "192.0.2.1", "192.0.2.2")))
		rules := fwtest.Run(t, "nft", "list ruleset")
		for _, ip := range []string{"192.0.2.1", "192.0.2.2"} {
			if strings.Count(rules, ip) != 1 {
				t.Errorf("%s: %s is not banned once in\n%s", spec, ip, rules)
			}
		}
	}
}

// hostsdeny edits a file, for several jails at the same time.
func TestRealHostsDeny(t *testing.T) {
	w := newBench(t)
	file := filepath.Join(w.dir, "hosts.deny")
	if err := os.WriteFile(file, []byte("# mine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	b := w.open(installed + "/action.d/hostsdeny[file=" + file + "]")
	all := fwtest.Bans("one", 0, "192.0.2.1", "2001:db8::1", "192.0.2.10")
	all = append(all, fwtest.Bans("two", 0, "198.51.100.0/24", "198.51.100.1")...)
	w.ok(b.Ban(all))
	read := func() string {
		text, err := os.ReadFile(file)
		w.ok(err)
		return string(text)
	}
	for _, want := range []string{"# mine\n", "ALL: 192.0.2.1\n", "ALL: [2001:db8::1]\n", "ALL: 192.0.2.10\n", "ALL: 198.51.100.1\n"} {
		if !strings.Contains(read(), want) {
			t.Errorf("%q is not in\n%s", want, read())
		}
	}
	w.ok(b.Unban(append(all[:2:2], all[4])))
	if got := read(); strings.Contains(got, "192.0.2.1\n") || strings.Contains(got, "2001") || !strings.Contains(got, "192.0.2.10\n") || strings.Contains(got, "198.51.100.1\n") {
		t.Errorf("after unbanning some there is\n%s", got)
	}
	if !b.FlushLeaves("one") {
		t.Error("hostsdeny has no actionflush")
	}
}

// sendmail-whois writes a letter for each ban, behind the ban itself.
func TestRealMail(t *testing.T) {
	fwtest.Reset(t)
	w := newBench(t)
	for name, script := range map[string]string{"whois": "echo \"inetnum: $1\"", "letters": "cat >> " + w.dir + "/box; echo \"== $*\" >> " + w.dir + "/box"} {
		if err := os.WriteFile(filepath.Join(w.dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", w.dir+":"+os.Getenv("PATH"))
	dir := installed + "/action.d/"
	b := w.open(dir+"iptables-multiport[name=x, port=22]", dir+`sendmail-whois[name=x, dest=root@example.com, mailcmd='letters "<dest>"']`)
	w.ok(b.Ban(bans(nil, "192.0.2.1")))
	w.ok(b.Ban(bans(restored, "192.0.2.2")))
	w.ok(b.Flush("j"))
	w.ok(b.Close())
	text, err := os.ReadFile(w.dir + "/box")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Subject: [Fail2Ban] x: banned 192.0.2.1 from ", "To: root@example.com\n", "3 attempts against x.", "inetnum: 192.0.2.1", "== root@example.com\n", ": started on ", ": stopped on "} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "192.0.2.2") || strings.Count(string(text), "==") != 3 {
		t.Errorf("there are letters about what was restored:\n%s", text)
	}
	if len(w.reported) > 0 {
		t.Errorf("reported %q", w.reported)
	}
}
