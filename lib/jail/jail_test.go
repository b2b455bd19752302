package jail_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"f2b/lib/config"
	"f2b/lib/filter"
	"f2b/lib/firewall"
	"f2b/lib/jail"
)

// TestBuiltinJails holds that every jail built in can be used: its filter is built in too, its ports are known, its action is a rule.
func TestBuiltinJails(t *testing.T) {
	c, err := jail.Read(jail.Options{Dirs: []string{t.TempDir()}, Builtin: filter.Builtin()})
	if err != nil {
		t.Fatal(err)
	}
	if names, err := c.Enabled(); err != nil || len(names) > 0 {
		t.Errorf("enabled are %q: %v", names, err)
	}
	for _, w := range c.Warnings() {
		t.Error(w)
	}
	covered := map[string]bool{}
	for _, name := range c.Names() {
		m, err := c.Matching(name)
		if err != nil {
			t.Error(err)
			continue
		}
		covered[m.FilterName] = true
		for _, w := range m.Warnings {
			t.Errorf("%s: %v", name, w)
		}
		if _, err := filter.New(m.FilterName, m.FilterFile, m, filter.Options{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.HasPrefix(m.FilterFile, "<built-in>/") {
			t.Errorf("%s: the filter is %s", name, m.FilterFile)
		}
		if _, err := c.Counting(name); err != nil {
			t.Error(err)
		}
		checkRule(t, c, name)
	}
	if len(c.Names()) < 40 {
		t.Errorf("there are only %d jails", len(c.Names()))
	}
}

func checkRule(t *testing.T, c *jail.Config, name string) {
	b, err := c.Banning(name)
	if err != nil || len(b.Actions) != 1 {
		t.Errorf("%s: %d actions, %v", name, len(b.Actions), err)
		return
	}
	n, ok := b.Actions[0].Native()
	if lets := strings.Contains(b.Actions[0].Text, "RETURN"); ok == lets { // a jail that opens a door has no rule that shuts one
		t.Errorf("%s: %s is a rule: %v", name, b.Actions[0].Text, ok)
	}
	if _, err := firewall.ParsePorts(n.Port); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

// TestFolders holds in which folder jails are looked for, and what a folder without a jail.conf builds upon.
func TestFolders(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	write := func(dir, name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	read := func(builtin bool) (*jail.Config, error) {
		o := jail.Options{Dirs: []string{first, second}}
		if builtin {
			o.Builtin = filter.Builtin()
		}
		return jail.Read(o)
	}
	if _, err := read(false); err == nil || !strings.Contains(err.Error(), "there is no jail.conf in "+first) {
		t.Errorf("error %v", err)
	}
	if c, err := read(true); err != nil || c.Dir != "<built-in>" {
		t.Errorf("%v", err)
	}
	write(second, "jail.conf", "[alone]\nenabled = true\nfilter = own\nlogpath = /x\n")
	write(second, "filter.d/own.conf", "[INCLUDES]\nbefore = common.conf\n[Definition]\nfailregex = ^%(__prefix_line)sx <HOST>$\n")
	c, err := read(true)
	if err != nil || c.Dir != second || strings.Join(c.Names(), " ") != "alone" {
		t.Fatalf("%v, %v", c, err)
	}
	// What its filter includes and is missing beside it is taken from those built in.
	if m, err := c.Matching("alone"); err != nil || m.FilterFile != filepath.Join(second, "filter.d/own.conf") {
		t.Errorf("%v, %v", m, err)
	}
	write(first, "jail.d/more.local", "[sshd]\nenabled = true\nmaxretry = 7\n[alone]\nfilter = own\nenabled = 1\n")
	c, err = read(true)
	if err != nil || c.Dir != first {
		t.Fatal(err)
	}
	names, err := c.Choose([]string{"all", "sshd", "vsftpd"})
	if err != nil || strings.Join(names, " ") != "sshd alone vsftpd" {
		t.Errorf("%q, %v", names, err)
	}
	if k, err := c.Counting("sshd"); err != nil || k.Maxretry != 7 || k.Findtime != 600 {
		t.Errorf("%+v, %v", k, err)
	}
}

// TestNative holds which actions are rules that we set ourselves, and which.
func TestNative(t *testing.T) {
	tests := []struct{ action, want string }{
		{`iptables-multiport[port="ssh,http", protocol=tcp, chain="<known/chain>"]`, "iptables ssh,http tcp   reject"},
		{`iptables[port=ssh, blocktype=DROP]`, "iptables ssh tcp   drop"},
		{`iptables-allports[port=ssh, protocol="tcp,udp"]`, "iptables  all   reject"},
		{`iptables-multiport[port=ssh, chain=DOCKER-USER]`, "iptables ssh tcp DOCKER-USER prerouting reject"},
		{`iptables-ipset-proto6[port=ssh, protocol=udp]`, "ipset ssh udp   reject"},
		{`nftables-multiport[port=25, blocktype=drop]`, "nftables 25 tcp  input drop"},
		{`nftables[type=allports, port=25, chain_hook=forward]`, "nftables  tcp  prerouting reject"},
		{`nftables[port=25, chain_hook=output]`, "no"},
		{`iptables-multiport[port=ssh, blocktype=RETURN]`, "no"},
		{`iptables-multiport[port=ssh, protocol=icmp]`, "no"},
		{`iptables-multiport[port=ssh, actionban="echo <ip>"]`, "no"},
		{`sendmail[dest=root]`, "no"},
		{`hostsdeny`, "no"},
	}
	dir := t.TempDir()
	for _, test := range tests {
		text := "[x]\nfilter = sshd\nlogpath = /x\naction = " + test.action + "\n"
		if err := os.WriteFile(filepath.Join(dir, "jail.local"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		c, err := jail.Read(jail.Options{Dirs: []string{dir, "/etc/fail2ban"}, Builtin: filter.Builtin()})
		if err != nil {
			t.Fatal(err)
		}
		b, err := c.Banning("x")
		if err != nil {
			t.Errorf("%s: %v", test.action, err)
			continue
		}
		got := "no"
		if n, ok := b.Actions[0].Native(); ok {
			got = strings.Join([]string{n.Firewall, n.Port, n.Protocol, n.Chain, n.Hook, n.Blocktype}, " ")
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.action, got, test.want)
		}
	}
}

// TestLogpaths holds how logs are written.
func TestLogpaths(t *testing.T) {
	dir := t.TempDir()
	text := "[x]\nfilter = sshd\nlogpath = /a.log\n  /b*.log tail\n\n  /c.log  head\n  /d.log TAIL\n[bad]\nfilter = sshd\nlogpath = /a b.log\n"
	if err := os.WriteFile(filepath.Join(dir, "jail.local"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := jail.Read(jail.Options{Dirs: []string{dir}, Builtin: filter.Builtin()})
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Matching("x")
	if err != nil {
		t.Fatal(err)
	}
	want := []jail.Logpath{{Glob: "/a.log"}, {Glob: "/b*.log", Tail: true}, {Glob: "/c.log"}, {Glob: "/d.log", Tail: true}}
	if len(m.Logpath) != len(want) {
		t.Fatalf("%v", m.Logpath)
	}
	for i := range want {
		if m.Logpath[i] != want[i] {
			t.Errorf("got %+v, want %+v", m.Logpath[i], want[i])
		}
	}
	if pos := m.Position("logpath"); pos != (config.Pos{File: filepath.Join(dir, "jail.local"), Line: 3}) {
		t.Errorf("the log is said to stand at %v", pos)
	}
	if _, err := c.Matching("bad"); err == nil || !strings.Contains(err.Error(), `jail.local:10: [bad] logpath: "b.log" is neither head nor tail`) {
		t.Errorf("error %v", err)
	}
}
