package action

import (
	"bytes"
	"context"
	"encoding/json"
	"net/netip"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"f2b/lib/config"
	"f2b/lib/event"
	"f2b/lib/firewall"
)

// installed is where fail2ban's own actions stand.
const installed = "/etc/fail2ban"

// A ticket is a ban as testdata/reference.py is told of it.
type ticket struct {
	IP       string            `json:"ip"`
	ID       string            `json:"id"`
	Time     int64             `json:"time"`
	Failures int               `json:"failures"`
	Bantime  int64             `json:"bantime"`
	Bancount int               `json:"bancount"`
	Restored bool              `json:"restored"`
	Matches  []string          `json:"matches"`
	Fields   map[string]string `json:"fields"`
}

type job struct {
	Base    string      `json:"base"`
	Name    string      `json:"name"`
	Args    [][2]string `json:"args,omitempty"`
	Command string      `json:"command"`
	Family  string      `json:"family"`
	Ticket  ticket      `json:"ticket"`
}

type answer struct {
	OK    []string `json:"ok"`
	Error string   `json:"error"`
}

// ask has the installed fail2ban render commands. Its absence fails the test.
func ask(t *testing.T, jobs []job) []answer {
	t.Helper()
	var in bytes.Buffer
	for _, j := range jobs {
		if err := json.NewEncoder(&in).Encode(j); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("/usr/bin/python3", "testdata/reference.py")
	cmd.Env = append(cmd.Environ(), "PYTHONIOENCODING=utf-8", "PYTHONDONTWRITEBYTECODE=1")
	cmd.Stdin = &in
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("fail2ban is needed for this test (apt-get install fail2ban): %v\n%s", err, stderr.String())
	}
	var all []answer
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var a answer
		if err := dec.Decode(&a); err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	if len(all) != len(jobs) {
		t.Fatalf("%d answers to %d jobs", len(all), len(jobs))
	}
	return all
}

// installedActions are all that Debian brings, those left out that only others include.
func installedActions(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob(installed + "/action.d/*.conf")
	if err != nil || len(paths) < 50 {
		t.Fatalf("%d actions in %s, %v: fail2ban is needed for this test (apt-get install fail2ban)", len(paths), installed, err)
	}
	var names []string
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".conf")
		if name != "firewallcmd-common" && name != "helpers-common" && name != "mail-whois-common" {
			names = append(names, name)
		}
	}
	return names
}

// moreArguments are parameters with which actions run commands that they do not run without.
var moreArguments = map[string][][2]string{
	"ufw":                   {{"kill-mode", "ss"}, {"application", "OpenSSH"}},
	"iptables-ipset-proto6": {{"ipsettime", "<timeout-bantime>"}},
	"iptables":              {{"port", "0:65535"}, {"protocol", "tcp,udp"}, {"blocktype", "DROP"}, {"name", "x"}},
	"firewallcmd-ipset":     {{"ipsettype", "firewalld"}, {"ipsettime", "<timeout-bantime>"}},
	"nftables":              {{"type", "allports"}, {"blocktype", "drop"}},
	"sendmail-whois-lines":  {{"logpath", "/var/log/auth.log"}, {"dest", "root@example.com"}, {"sender", "f2b@example.com"}, {"sendername", "F2B"}},
	"mail-whois-lines":      {{"logpath", "/var/log/auth.log"}},
	"sendmail-buffered":     {{"lines", "1"}},
	"mail-buffered":         {{"lines", "1"}},
	"complain":              {{"logpath", "/var/log/auth.log"}, {"debug", "1"}},
	"dummy":                 {{"to_target", "| mail <F-USER>"}},
	"osx-afctl":             {{"actionban", "echo '<ip>' \"<F-USER>\" '<F-USER>' <F-NONE>x <bancount> <restored>"}},
}

var commandsCompared = []string{"actionstart", "actionstop", "actionflush", "actioncheck", "actionban", "actionunban", "actionprolong"}

func jobsOf(t *testing.T) (jobs []job) {
	for _, name := range installedActions(t) {
		for _, args := range [][][2]string{nil, moreArguments[name]} {
			if args == nil && len(jobs) > 0 && jobs[len(jobs)-1].Name == name {
				continue
			}
			for family, ip := range map[string]string{"inet4": "192.0.2.1", "inet6": "2001:db8::1"} {
				for _, command := range commandsCompared {
					jobs = append(jobs, job{Base: installed, Name: name, Args: args, Command: command, Family: family, Ticket: ticket{
						IP: ip, Time: 1700000000, Failures: 5, Bantime: 600, Bancount: 2,
						Matches: []string{`Failed for user "x" from ` + ip, `it's $5 & more; <b> (ok) *`},
						Fields:  map[string]string{"user": "joe"},
					}})
				}
			}
		}
	}
	return jobs
}

// render renders a command as the backend does.
func render(t testing.TB, j job) (*script, []string, error) {
	t.Helper()
	var args []config.Arg
	for _, a := range j.Args {
		args = append(args, config.Arg{Name: a[0], Value: a[1]})
	}
	d, err := load(j.Base+"/action.d/"+j.Name+written(args), "sshd", nil)
	if err != nil {
		return nil, nil, err
	}
	made, err := d.script(j.Command, j.Family)
	if err != nil || made == nil {
		return &script{}, nil, err
	}
	b := &Backend{}
	ban := firewall.Ban{Jail: "sshd", ID: j.Ticket.ID, Event: j.event()}
	if j.Ticket.IP != "" {
		addr := netip.MustParseAddr(j.Ticket.IP)
		ban.Prefix = netip.PrefixFrom(addr, addr.BitLen())
	}
	a := &instance{definition: d, backend: b}
	b.options.Resolve = func(context.Context, netip.Addr) string { return "host.example.com" }
	s := newSubject(ban)
	if j.Command != "actionban" && j.Command != "actionunban" && j.Command != "actionprolong" {
		s = s.nobody()
	}
	env, err := made.environment(a.values(context.Background(), &unit{family: j.Family}, s))
	return made, env, err
}

func (j job) event() *event.Event {
	e := &event.Event{
		Type: event.Banned, Time: time.Unix(j.Ticket.Time, 0), Failures: j.Ticket.Failures, Bantime: j.Ticket.Bantime, Bancount: j.Ticket.Bancount,
		Restored: j.Ticket.Restored, Matches: j.Ticket.Matches,
	}
	for name, value := range j.Ticket.Fields {
		e.Fields = append(e.Fields, event.Field{Name: name, Value: value})
	}
	return e
}
