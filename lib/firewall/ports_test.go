package firewall

import (
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"f2b/lib/bounds"
	"f2b/lib/filter"
	"f2b/lib/jail"
)

func TestParsePorts(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"22", "22"},
		{"ssh", "22"},
		{"http,https", "80,443"},
		{" 443 , 80\n22", "22,80,443"},
		{"5060:5061", "5060:5061"},
		{"5060-5070", "5060:5070"},
		{"http:https", "80:443"},
		{"1024:", "1024:65535"},
		{":1023", "0:1023"},
		{"22,20:30,25:40,50", "20:40,50"},
		{"80,81", "80:81"},
		{"80,80", "80"},
		{"domain", "53"},
		{"tftp", "69"}, // a udp service only
		{"0:65535", ""},
		{"1:65535", ""},
		{"0:30000,30001:65535", ""},
		{"all", ""},
		{"", ""},
		{"65535,65534", "65534:65535"},
	} {
		got, err := ParsePorts(c.in)
		if err != nil || FormatPorts(got) != c.want {
			t.Errorf("ParsePorts(%q) = %q, %v; want %q", c.in, FormatPorts(got), err, c.want)
		}
	}
}

func TestParsePortsErrors(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"65536", "not in 0-65535"},
		{"99999999999999999999", "not in 0-65535"},
		{"-1", "neither"},
		{"22,nosuchservice", `"nosuchservice"`},
		{"30:20", "ends before it begins"},
		{"1:2:3", "neither"},
		{"22;reboot", "neither"},
	} {
		if got, err := ParsePorts(c.in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("ParsePorts(%q) = %v, %v; want an error with %q", c.in, got, err, c.want)
		}
	}
}

// TestServices holds our own list of services against the machine's, and against what jails name.
func TestServices(t *testing.T) {
	known := 0
	for name, port := range services {
		for _, network := range []string{"tcp", "udp"} {
			if n, err := net.LookupPort(network, name); err == nil {
				known++
				if n != int(port) {
					t.Errorf("%s is %d, the machine's list has %d", name, port, n)
				}
			}
		}
	}
	if known < 10 { // Go knows so many without any list
		t.Errorf("only %d of the services are known", known)
	}
	for _, dirs := range [][]string{{"/nowhere"}, {"/etc/fail2ban"}} {
		c, err := jail.Read(jail.Options{Dirs: dirs, Builtin: filter.Builtin()})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range c.Names() {
			b, err := c.Banning(name)
			if err != nil {
				continue // its action is for others to test
			}
			for _, a := range b.Actions {
				n, ok := a.Native()
				for _, word := range strings.FieldsFunc(n.Port, func(r rune) bool { return strings.ContainsRune(", \n:", r) }) {
					if _, listed := services[word]; ok && !listed && !isNumber(word) {
						t.Errorf("jail %s of %s: the service %s is not in the list", name, dirs[0], word)
					}
				}
			}
		}
	}
}

func FuzzParsePorts(f *testing.F) {
	for _, s := range []string{"22,http", "5060:5061", "0:65535", "a-b", "::", "1-", ",,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		ports, err := ParsePorts(s)
		if err != nil {
			return
		}
		again, err := ParsePorts(FormatPorts(ports))
		if err != nil || !slices.Equal(ports, again) {
			t.Errorf("%q is read as %v and that as %v, %v", s, ports, again, err)
		}
		for i, r := range ports {
			if r.First > r.Last || i > 0 && int(ports[i-1].Last)+1 >= int(r.First) {
				t.Errorf("%q: %v is not sorted and free of overlaps", s, ports)
			}
		}
	})
}
