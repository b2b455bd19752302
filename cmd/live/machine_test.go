package live_test

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The ends of the wire between the machine and its client.
const (
	server = "192.168.122.16"
	client = "192.168.122.213"
)

// machine is a server as its administrator sees it. What it writes is in memory, and gone with it.
type machine struct {
	*testing.T
	logged chan bool // holds a token after a line of syslog
}

// newMachine covers what the tests write to, and connects the client.
func newMachine(t *testing.T) *machine {
	m := &machine{t, make(chan bool, 1)}
	m.sh(`mount --make-rprivate / && mount -t proc none /proc
		for dir in /run /var/log /var/lib /mnt; do mount -t tmpfs none $dir; done
		cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /mnt && mount --move /mnt /dev
		ln -s /proc/self/fd /dev/fd
		mkdir /run/etc && cp -a /etc/fail2ban/. /run/etc && rm -f /run/etc/jail.d/* && mount --bind /run/etc /etc/fail2ban
		echo 0 >/proc/sys/net/ipv4/icmp_ratelimit
		ip link set lo up
		ip netns add client
		ip link add eth0 type veth peer name eth0 netns client
		ip address add ` + server + `/24 dev eth0 && ip link set eth0 up
		ip -n client address add ` + client + `/24 dev eth0 && ip -n client link set eth0 up`)
	go m.syslog()
	m.until("/dev/log", func() bool { _, err := os.Stat("/dev/log"); return err == nil })
	return m
}

// configure puts the files of testdata/NAME into /etc/fail2ban, which is as the distribution has it. What a story adds to jail.conf comes
// at its end.
func (m *machine) configure(name string) {
	m.Helper()
	own := filepath.Join("testdata", name)
	m.sh("cd " + own + ` && find . -type f | while read -r file; do
		mkdir -p "/etc/fail2ban/${file%/*}"
		case $file in
		./jail.conf) { echo && cat "$file"; } >>/etc/fail2ban/jail.conf ;;
		*) cp "$file" "/etc/fail2ban/$file" ;;
		esac
	done`)
}

// edit replaces text in a file of /etc/fail2ban.
func (m *machine) edit(file, old, replacement string) {
	m.Helper()
	file = filepath.Join("/etc/fail2ban", file)
	text, err := os.ReadFile(file)
	if err != nil || strings.Count(string(text), old) != 1 {
		m.Fatalf("%s has %q %d times, %v", file, old, strings.Count(string(text), old), err)
	}
	m.write(file, strings.Replace(string(text), old, replacement, 1))
}

// write makes a file, and the folders above it.
func (m *machine) write(file, text string) {
	m.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		m.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		m.Fatal(err)
	}
}

// fail has a daemon log a failure several times, each after the time.
func (m *machine) fail(times int, file string, stamp func(time.Time) string, line string) {
	m.Helper()
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		m.Fatal(err)
	}
	defer f.Close()
	for range times {
		if _, err := fmt.Fprintln(f, stamp(time.Now()), line); err != nil {
			m.Fatal(err)
		}
	}
}

// in gives times in a layout of package time.
func in(layout string) func(time.Time) string {
	return func(at time.Time) string { return at.Format(layout) }
}

// tai64n gives times as multilog writes them.
func tai64n(at time.Time) string {
	return fmt.Sprintf("@%016x%08x", 1<<62+10+at.Unix(), at.Nanosecond())
}

// sh runs a script that must not fail, and returns what it writes.
func (m *machine) sh(script string) string {
	m.Helper()
	out, ok := m.try("sh", "-euc", script)
	if !ok {
		m.Fatalf("%s\n%s", script, out)
	}
	return out
}

// remote runs a program on the client.
func (m *machine) remote(name string, args ...string) (out string, ok bool) {
	m.Helper()
	return m.try("ip", append([]string{"netns", "exec", "client", name}, args...)...)
}

func (m *machine) try(name string, args ...string) (out string, ok bool) {
	m.Helper()
	cmd := exec.CommandContext(m.Context(), name, args...)
	text, err := cmd.CombinedOutput()
	return string(text), err == nil
}

// start starts a daemon in the foreground; it ends with the machine.
func (m *machine) start(name string, args ...string) {
	m.Helper()
	if _, err := exec.LookPath(name); err != nil {
		m.Fatalf("%v: the tests need it (scripts/check has the list)", err)
	}
	cmd := exec.Command(name, args...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		m.Fatal(err)
	}
	go func() {
		if err := cmd.Wait(); err != nil {
			m.Errorf("%s: %v\n%s", name, err, said.Bytes())
		}
	}()
}

// listening waits until somebody listens on a port of the server.
func (m *machine) listening(port string) {
	m.Helper()
	m.until("port "+port, func() bool {
		c, err := net.Dial("tcp", net.JoinHostPort(server, port))
		if err == nil {
			c.Close()
		}
		return err == nil
	})
}

// until waits for what has no event to wait for.
func (m *machine) until(what string, holds func() bool) {
	m.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !holds(); <-tick.C {
		if time.Now().After(end) {
			m.Fatalf("waited in vain for: %s", what)
		}
	}
}

// equal compares what was said with what should be.
func (m *machine) equal(what, got, want string) {
	m.Helper()
	if got != want {
		m.Errorf("%s:\n%swant:\n%s", what, got, want)
	}
}

// last is the last line of a text.
func last(text string) string {
	text = strings.TrimRight(text, "\r\n")
	return strings.TrimRight(text[strings.LastIndex(text, "\n")+1:], "\r")
}
