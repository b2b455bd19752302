package perjail

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"f2b/lib/firewall"
)

// wall is a backend that only remembers, and refuses the addresses of one net.
type wall struct {
	name    string
	refuses netip.Prefix
	bans    map[string]bool
	closed  bool
	flushed []string
	lost    []string
}

func (w *wall) Name() string               { return w.name }
func (w *wall) Open(context.Context) error { return nil }
func (w *wall) KernelExpiry() bool         { return true }
func (w *wall) Close() error               { w.closed = true; return nil }
func (w *wall) Check() ([]string, error)   { return w.lost, nil }
func (w *wall) Flush(jails ...string) error {
	w.flushed = append(w.flushed, strings.Join(jails, " "))
	return nil
}

func (w *wall) Ban(bans []firewall.Ban) error {
	var failed []firewall.Failure
	for i, b := range bans {
		if w.refuses.IsValid() && w.refuses.Overlaps(b.Prefix) {
			failed = append(failed, firewall.Failure{Index: i, Err: errors.New(w.name + " refuses")})
			continue
		}
		w.bans[b.Jail+" "+b.Prefix.Addr().String()] = true
	}
	return firewall.Partial(failed)
}

func (w *wall) Unban(bans []firewall.Ban) error {
	for _, b := range bans {
		delete(w.bans, b.Jail+" "+b.Prefix.Addr().String())
	}
	return nil
}

func (w *wall) said() string {
	var all []string
	for b := range w.bans {
		all = append(all, b)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// bench is a backend over two walls: jail one has both, two has the second, none has none, bad has one that cannot be had.
type bench struct {
	*Backend
	a, b     *wall
	reported []string
}

func newBench() *bench {
	t := &bench{a: &wall{name: "a", bans: map[string]bool{}}, b: &wall{name: "b", bans: map[string]bool{}}}
	backends := map[string][]string{"one": {"a", "b"}, "two": {"b"}, "bad": {"c"}}
	t.Backend = New(
		func(name string) firewall.Jail { return firewall.Jail{Name: name, Backends: backends[name]} },
		Options{
			Make: func(name string) (firewall.Backend, error) {
				if w := map[string]*wall{"a": t.a, "b": t.b}[name]; w != nil {
					return w, nil
				}
				return nil, fmt.Errorf("%s: not there", name)
			},
			Report: func(err error) { t.reported = append(t.reported, err.Error()) },
		})
	return t
}

func bans(jail string, addresses ...string) []firewall.Ban {
	var all []firewall.Ban
	for _, a := range addresses {
		all = append(all, firewall.Ban{Jail: jail, Prefix: netip.MustParsePrefix(a + "/32")})
	}
	return all
}

func TestEachJailHasItsBackends(t *testing.T) {
	x := newBench()
	if err := x.Ban(append(bans("one", "192.0.2.1", "192.0.2.2"), bans("two", "192.0.2.1")...)); err != nil {
		t.Fatal(err)
	}
	if got, want := x.a.said()+" | "+x.b.said(), "one 192.0.2.1, one 192.0.2.2 | one 192.0.2.1, one 192.0.2.2, two 192.0.2.1"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if err := x.Unban(bans("one", "192.0.2.1")); err != nil {
		t.Fatal(err)
	}
	if got, want := x.a.said()+" | "+x.b.said(), "one 192.0.2.2 | one 192.0.2.2, two 192.0.2.1"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestOneBackendIsEnough(t *testing.T) {
	x := newBench()
	x.b.refuses = netip.MustParsePrefix("192.0.2.1/32")
	err := x.Ban(append(bans("two", "192.0.2.1", "192.0.2.2"), bans("one", "192.0.2.1")...))
	partial, ok := errors.AsType[*firewall.PartialError](err)
	if !ok || len(partial.Failed) != 1 || partial.Failed[0].Index != 0 || partial.Failed[0].Err.Error() != "b refuses" {
		t.Errorf("error %v", err)
	}
	if got := strings.Join(x.reported, "; "); got != "one: b refuses" {
		t.Errorf("reported %q", got)
	}
	if got, want := x.a.said()+" | "+x.b.said(), "one 192.0.2.1 | two 192.0.2.2"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestWithoutABackend(t *testing.T) {
	x := newBench()
	if err := x.Ban(bans("none", "192.0.2.1")); err == nil || !strings.Contains(err.Error(), "names no backend") {
		t.Errorf("error %v", err)
	}
	if err := x.Ban(bans("bad", "192.0.2.1")); err == nil || err.Error() != "c: not there" {
		t.Errorf("error %v", err)
	}
	if err := x.Need("bad"); err == nil {
		t.Error("what is missing is not said")
	}
	if err := x.Need("one"); err != nil || len(x.opened()) != 2 {
		t.Errorf("%d are open: %v", len(x.opened()), err)
	}
}

func TestFlushCheckClose(t *testing.T) {
	x := newBench()
	if err := x.Flush("one", "two"); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(append(x.a.flushed, x.b.flushed...), "|"); got != "one|one two" {
		t.Errorf("flushed %s", got)
	}
	x.a.lost, x.b.lost = []string{"one"}, []string{"two", "one"}
	if lost, err := x.Check(); err != nil || strings.Join(lost, " ") != "one two" {
		t.Errorf("lost %v, %v", lost, err)
	}
	if err := x.Close(); err != nil || !x.a.closed || !x.b.closed {
		t.Errorf("closed %v %v: %v", x.a.closed, x.b.closed, err)
	}
}

// When the clock was set, those backends that count the time by themselves are told, and no mail is sent again.
func TestRetime(t *testing.T) {
	parts := map[string]firewall.Backend{
		"nftables": &wall{name: "nftables", bans: map[string]bool{}}, "mail": timer{&wall{name: "mail", bans: map[string]bool{}}},
	}
	b := New(func(name string) firewall.Jail {
		return firewall.Jail{Name: name, Backends: []string{"mail", "nftables"}}
	},
		Options{Make: func(name string) (firewall.Backend, error) { return parts[name], nil }})
	if err := b.Retime(bans("one", "192.0.2.1")); err != nil {
		t.Fatal(err)
	}
	if kernel, mail := parts["nftables"].(*wall).said(), parts["mail"].(timer).said(); kernel != "one 192.0.2.1" || mail != "" {
		t.Errorf("nftables was told of %q, mail of %q", kernel, mail)
	}
}

// timer is a wall that ends no ban by itself.
type timer struct{ *wall }

func (timer) KernelExpiry() bool { return false }
