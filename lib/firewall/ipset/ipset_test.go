package ipset

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"f2b/lib/bounds"
	"f2b/lib/firewall"
	"f2b/lib/firewall/fwtest"
)

func TestMain(m *testing.M) { fwtest.Main(m) }

// forms are the two iptables that are in the field.
var forms = []string{"iptables-nft", "iptables-legacy"}

func suite(form string) fwtest.Suite {
	six := strings.Replace(form, "iptables", "ip6tables", 1)
	flush := func(t testing.TB) {
		fwtest.Run(t, form, "-F")
		fwtest.Run(t, six, "-F")
	}
	wreck := map[string]func(testing.TB){
		"iptables -F": flush,
		"one family":  func(t testing.TB) { fwtest.Run(t, form, "-F") },
		"sets too": func(t testing.TB) {
			flush(t)
			fwtest.Eventually(t, "the sets are gone", func() bool {
				_, ok := fwtest.Try(t, "ipset", "destroy")
				return ok
			})
		},
	}
	if form == "iptables-nft" {
		wreck["nft flush ruleset"] = func(t testing.TB) { fwtest.Run(t, "nft", "flush ruleset") }
	}
	return fwtest.Suite{
		Make: func(jails fwtest.Jails) firewall.Backend {
			return New(jails, Options{Binary: form, Report: func(err error) { panic(err) }})
		},
		Bans: list,
		Rules: func(t testing.TB) string {
			sets := strings.Fields(fwtest.Run(t, "ipset", "list -name"))
			slices.Sort(sets)
			return fwtest.Run(t, form, "-S") + fwtest.Run(t, six, "-S") + strings.Join(sets, "\n")
		},
		Wreck: wreck,
		Pluck: func(t testing.TB, prefix string) {
			fwtest.Run(t, "ipset", "del "+set{"sshd", strings.Contains(prefix, ":")}.name()+" "+prefix)
		},
		Empty: func(t testing.TB) { fwtest.Run(t, "ipset", "flush f2b4-sshd") },
		Many:  100_000,
	}
}

func TestBackend(t *testing.T) {
	for _, form := range forms {
		t.Run(form, suite(form).Run)
	}
}

// list reads the entries of a jail's sets.
func list(t testing.TB, jail string) map[string]time.Duration {
	t.Helper()
	found := map[string]time.Duration{}
	for line := range strings.Lines(fwtest.Run(t, "ipset", "save")) {
		words := strings.Fields(line)
		if words[0] != "add" || words[1] != (set{jail, false}).name() && words[1] != (set{jail, true}).name() {
			continue
		}
		left, err := strconv.Atoi(words[4])
		if err != nil || words[3] != "timeout" {
			t.Fatalf("an entry of an unknown form: %q", line)
		}
		found[words[2]] = time.Duration(left) * time.Second
	}
	return found
}

func TestSeconds(t *testing.T) {
	for in, want := range map[time.Duration]int64{
		0: 0, time.Millisecond: 1, time.Second: 1, 1500 * time.Millisecond: 2, -time.Hour: 1,
		firewall.MaxKernelTimeout: 2147483, firewall.MaxKernelTimeout + 1: 0,
	} {
		if got := seconds(in); got != want {
			t.Errorf("%v: %d, want %d", in, got, want)
		}
	}
}

// What the kernel refuses fails alone: hash:net knows no network of everything.
func TestRefusedAlone(t *testing.T) {
	b := suite(forms[0]).Start(t, fwtest.Plain)
	err := b.Ban(fwtest.Bans("sshd", time.Hour, "192.0.2.1", "0.0.0.0/0", "192.0.2.2", "0.0.0.0/0", "192.0.2.3"))
	var partial *firewall.PartialError
	if !errors.As(err, &partial) || len(partial.Failed) != 2 || partial.Failed[0].Index != 1 || partial.Failed[1].Index != 3 {
		t.Errorf("got %v, want two failures", err)
	}
	if got := list(t, "sshd"); len(got) != 3 {
		t.Errorf("banned are %v, want three", got)
	}
}

// A set that is full says so of every ban that found no room.
func TestFull(t *testing.T) {
	fwtest.Reset(t)
	b := New(fwtest.Plain, Options{MaxElem: 100})
	if err := b.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	var bans []firewall.Ban
	for _, ban := range fwtest.Many("sshd", 400, time.Hour) {
		if ban.Prefix.Addr().Is4() {
			bans = append(bans, ban)
		}
	}
	err := b.Ban(bans)
	there := len(list(t, "sshd"))
	var partial *firewall.PartialError
	if !errors.As(err, &partial) || there < 100 || len(partial.Failed) != len(bans)-there || !strings.Contains(err.Error(), "full") {
		t.Errorf("%d are banned, and %v; want a failure for want of room for each of the others", there, err)
	}
}

// A pipe would break off in the middle of a line when its writer is killed, and ipset would take the rest for an address.
func TestToldAllOrNothing(t *testing.T) {
	tool := filepath.Join(t.TempDir(), "ipset")
	if err := os.WriteFile(tool, []byte("#!/bin/sh\n[ ! -p /dev/stdin ] && cat\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	said, err := (&Backend{path: tool}).run("add x 192.0.2.1\n", "restore")
	if err != nil || said != "add x 192.0.2.1\n" {
		t.Errorf("it read %q, %v", said, err)
	}
}

func TestMissingTools(t *testing.T) {
	for missing, want := range map[string]string{
		"ipset":    "ipset: not found: try apt-get install ipset",
		"iptables": "iptables: not found: try apt-get install iptables",
	} {
		t.Run(missing, func(t *testing.T) {
			path := t.TempDir()
			for _, tool := range []string{"ipset", "iptables", "iptables-restore"} {
				if strings.HasPrefix(tool, missing) {
					continue
				}
				target, err := exec.LookPath(tool)
				if err == nil {
					err = os.Symlink(target, filepath.Join(path, tool))
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("PATH", path)
			err := New(fwtest.Plain, Options{}).Open(t.Context())
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %q", err, want)
			}
		})
	}
}

// The rules are those that a reader of iptables -S expects: one for each family.
func TestRules(t *testing.T) {
	jails := func(name string) firewall.Jail {
		return firewall.Jail{Name: name, Ports: []firewall.PortRange{{First: 22, Last: 22}, {First: 80, Last: 80}}}
	}
	for _, form := range forms {
		t.Run(form, func(t *testing.T) {
			b := suite(form).Start(t, jails)
			if err := b.Ban(fwtest.Bans("sshd", time.Hour, "192.0.2.1", "2001:db8::1")); err != nil {
				t.Fatal(err)
			}
			for tool, name := range map[string]string{form: "f2b4-sshd", strings.Replace(form, "ip", "ip6", 1): "f2b6-sshd"} {
				rules := fwtest.Run(t, tool, "-S INPUT")
				want := fmt.Sprintf(`-A INPUT -p tcp -m multiport --dports 22,80 -m set --match-set %s src -m comment --comment "f2b:sshd" -j REJECT --reject-with tcp-reset`, name)
				if !strings.Contains(rules, want) || strings.Count(rules, "-A ") != 1 {
					t.Errorf("%s: got\n%swant\n%s", tool, rules, want)
				}
			}
		})
	}
}

func FuzzMembers(f *testing.F) {
	f.Add([]byte("\x02\x00\x00\x00\x20\x00\x08\x80\x1c\x00\x07\x80\x0c\x00\x01\x80\x08\x00\x01\x40\xc0\x00\x02\x01\x05\x00\x03\x00\x18\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, reply []byte) {
		defer bounds.Hold(t, 5*time.Second, 256<<20)()
		elements(reply)
		members(reply, func(p netip.Prefix) {
			if !p.IsValid() {
				t.Error(p)
			}
		})
	})
}
