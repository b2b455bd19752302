package live_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"time"

	"f2b/lib/event"
)

// pipeline is the three tools at work for all jails that are enabled.
type pipeline struct {
	m        *machine
	match    *exec.Cmd
	others   []*exec.Cmd
	events   chan event.Event
	messages *os.File
}

// protect starts what replaces fail2ban-server, with nothing said but what /etc/fail2ban says.
func (m *machine) protect() *pipeline {
	m.Helper()
	messages, err := os.CreateTemp("/run", "messages")
	if err != nil {
		m.Fatal(err)
	}
	p := &pipeline{m: m, events: make(chan event.Event, 100), messages: messages}
	p.match = exec.Command("f2b-match", "-jail", "all", "-follow")
	p.others = []*exec.Cmd{exec.Command("f2b-count", "-jail", "all"), exec.Command("f2b-ban", "-jail", "all")}
	from := p.match
	for _, to := range p.others {
		if to.Stdin, err = from.StdoutPipe(); err != nil {
			m.Fatal(err)
		}
		from = to
	}
	out, err := from.StdoutPipe()
	if err != nil {
		m.Fatal(err)
	}
	for _, cmd := range append([]*exec.Cmd{p.match}, p.others...) {
		cmd.Stderr = messages
		if err := cmd.Start(); err != nil {
			m.Fatal(err)
		}
	}
	go p.collect(out)
	return p
}

// collect reads what f2b-ban says happened.
func (p *pipeline) collect(out io.Reader) {
	defer close(p.events)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		e, err := event.Parse(lines.Bytes())
		if err != nil {
			p.m.Errorf("%s: %v", lines.Bytes(), err)
		}
		p.events <- e
	}
}

// next waits for what happens next, which has to be of this type, jail and address.
func (p *pipeline) next(kind, jail, address string) event.Event {
	p.m.Helper()
	select {
	case e := <-p.events:
		if e.Type != kind || e.Jail != jail || e.Key() != address {
			p.m.Fatalf("%s of %s in %s (%s), want %s of %s in %s", e.Type, e.Key(), e.Jail, e.Error, kind, address, jail)
		}
		return e
	case <-time.After(patience):
		p.m.Fatalf("nothing happened, want %s of %s in %s; said: %s", kind, address, jail, p.said())
	}
	panic("unreachable")
}

// said is what the tools told their administrator.
func (p *pipeline) said() string {
	text, err := os.ReadFile(p.messages.Name())
	if err != nil {
		p.m.Error(err)
	}
	return string(text)
}

// stop ends the pipeline as a service manager does, by a signal to its beginning, and returns all that was said. Nothing may have happened
// that nobody waited for.
func (p *pipeline) stop() string {
	p.m.Helper()
	if err := p.match.Process.Signal(syscall.SIGTERM); err != nil {
		p.m.Error(err)
	}
	for e := range p.events {
		p.m.Errorf("there is more: %s of %s in %s", e.Type, e.Key(), e.Jail)
	}
	for _, cmd := range append([]*exec.Cmd{p.match}, p.others...) {
		if err := cmd.Wait(); err != nil {
			p.m.Errorf("%s: %v", cmd.Path, err)
		}
	}
	return p.said()
}

// status is what f2b-ban status JAIL prints.
func (m *machine) status(jail string) string {
	m.Helper()
	return m.sh("f2b-ban status " + jail)
}

// tree is the layout of fail2ban-client's status.
func tree(jail, banned, total, list string) string {
	return strings.Join([]string{
		"Status for the jail: " + jail,
		"`- Actions",
		"   |- Currently banned:\t" + banned,
		"   |- Total banned:\t" + total,
		"   `- Banned IP list:\t" + list,
	}, "\n") + "\n"
}

// check holds what f2b-match -check complains of against patterns, one a line.
func (m *machine) check(want ...string) {
	m.Helper()
	pattern := "^"
	for _, line := range want {
		pattern += "f2b-match: " + line + "\n"
	}
	out, ok := m.try("f2b-match", "-jail", "all", "-check")
	if right := len(want) == 0; ok != right || !regexp.MustCompile(pattern+"$").MatchString(out) {
		m.Errorf("-check ended with %t and said\n%swant %s", ok, out, pattern)
	}
}
