package main

import (
	"fmt"
	"strings"
	"testing"
)

// ofJail is a failure of 192.0.2.1 in a jail.
func ofJail(name string) string {
	return `{"v":1,"type":"match","time":"2024-03-01T10:00:00Z","ip":"192.0.2.1","filter":"sshd","jail":"` + name + `"}`
}

// TestQuietJailsAreForgotten gives more jails than are kept, and holds that it is those who were quiet longest that go, which is
// said once.
func TestQuietJailsAreForgotten(t *testing.T) {
	lines := []string{ofJail("first"), ofJail("busy")}
	for i := range 2 * mostJails {
		lines = append(lines, ofJail(fmt.Sprint("j", i)))
		if i == mostJails-10 {
			lines = append(lines, ofJail("busy"))
		}
	}
	lines = append(lines, ofJail("first"), ofJail("busy"), ofJail(fmt.Sprint("j", 2*mostJails-10)))
	out, messages, _ := run(t, "-maxretry 3", lines...)
	if out != "" { // of busy two were forgotten
		t.Errorf("banned: %s", out)
	}
	const want = "f2b-count: more than 4000 jails at once, or 16 MiB of their names: those quiet for longest are forgotten with their counts; those that -jail names are kept\n"
	if messages != want {
		t.Errorf("said %s", messages)
	}
	lines = append(lines, ofJail(fmt.Sprint("j", 2*mostJails-10)))
	if out, _, _ := run(t, "-maxretry 3", lines...); keys(out) != "192.0.2.1" {
		t.Error("a jail that was not quiet is forgotten")
	}
}

// TestJails holds what is kept of jails against a list of them.
func TestJails(t *testing.T) {
	plain, own := &settings{maxretry: 5}, &settings{maxretry: 2}
	j := newJails(map[string]*settings{"named": own}, plain, 10)
	named := j.get("named")
	for i := range mostJails {
		j.get(fmt.Sprint(i))
	}
	j.get("0")
	j.get("more")
	if j.byName["0"] == nil || j.byName["1"] != nil || j.forgotten != 1 {
		t.Errorf("%d jails are forgotten", j.forgotten)
	}
	for i := range mostJails {
		j.get(fmt.Sprint("x", i))
	}
	if j.get("named") != named || named.settings != own || j.get("x5").settings != plain {
		t.Error("the named jail is gone")
	}
	if len(j.byName) != mostJails+1 || j.others.Len() != mostJails {
		t.Errorf("%d jails are kept", len(j.byName))
	}
	const long = mostNameBytes / 4
	for i := range 10 {
		j.get(fmt.Sprint(i) + strings.Repeat("x", long))
		if j.nameBytes > mostNameBytes {
			t.Fatalf("%d bytes of names", j.nameBytes)
		}
	}
	if j.others.Len() != 3 || j.byName[fmt.Sprint(9)+strings.Repeat("x", long)] == nil {
		t.Errorf("%d jails are kept", j.others.Len())
	}
}
