package action

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// stubs are the programs that actions call to change something or to tell somebody. Each is replaced by one that notes its
// arguments and its standard input, and says what the script may be waiting for.
var stubs = map[string]string{
	"afctl": "", "apf": "", "apprise": "", "conntrack": "", "firewall-cmd": "f2b-sshd", "ip": "", "ip6tables": "", "ipf": "", "iptables": "", "mail": "",
	"nginx": "", "npfctl": "", "nsupdate": "", "pfctl": "pass all", "sendmail": "", "shorewall": "", "shorewall6": "", "ss": "", "ufw": "", "wget": "",
	"curl": `{"result":[{"id":"abc123"}]}`, "jq": "abc123", "dig": `"abuse@example.com"`, "geoiplookup": "GeoIP: ZZ",
	"ipfw": "00100 deny ip from 192.0.2.1 to me", "ipset": "", "nft": "ip saddr @addr-set-sshd reject # handle 4\nip6 saddr @addr6-set-sshd reject # handle 5",
	"whois": "inetnum: 192.0.2.0", "date": "1700000000", "uname": "host", "pwned": "",
	"file": "us-ascii", "iconv": "converted",
}

// tools are the programs that actions may really use.
var tools = []string{"awk", "cat", "cut", "echo", "expr", "false", "fgrep", "grep", "head", "id", "perl", "rm", "sed", "sh", "tail", "test", "touch", "tr", "true", "truncate", "wc"}

// A sandbox is a place to run scripts in: only stubs and tools can be called, and the files that actions change are in a folder.
type sandbox struct {
	t   testing.TB
	dir string
}

func newSandbox(t testing.TB) *sandbox {
	t.Helper()
	s := &sandbox{t, t.TempDir()}
	s.must(os.Mkdir(s.dir+"/bin", 0o755))
	for name, says := range stubs {
		script := fmt.Sprintf("#!/bin/sh\n{ printf '%%s\\0' \"${0##*/}\" $# \"$@\"; /bin/cat; } > \"$CALLS/$$\"\nprintf '%%s\\n' '%s'\nexit $STATUS\n", says)
		s.must(os.WriteFile(s.dir+"/bin/"+name, []byte(script), 0o755))
	}
	for _, name := range tools {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Fatalf("%v: this test needs it", err)
		}
		s.must(os.Symlink(path, s.dir+"/bin/"+name))
	}
	return s
}

func (s *sandbox) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// elsewhere are the absolute paths in actions, and where they are in the sandbox.
var elsewhere = []string{
	"/usr/sbin/sendmail", "sendmail", "/sbin/ipfw", "ipfw", "/sbin/ipf", "ipf", "/sbin/npfctl", "npfctl", "/usr/libexec/afctl", "afctl", "/usr/bin/nsupdate", "nsupdate",
	"/var/run/fail2ban/", "files/", "/etc/hosts.deny", "files/hosts.deny", "/etc/nginx/", "files/", "/run/nginx.pid", "files/nginx.pid",
	"/etc/symbiosis/firewall/blacklist.d/", "files/", "/proc/net/xt_recent/", "files/", "/etc/protocols", "files/protocols", "/var/log/auth.log", "files/auth.log",
}

// An outcome is what a script did.
type outcome struct {
	calls  []string // of stubs, each as its name, the number of its arguments, these and its input
	files  string
	names  []string // of the files
	output string
	status string
}

// run runs a script with the arguments that fail2ban gives it, or the variables that we do.
func (s *sandbox) run(status int, script string, args, env []string) outcome {
	s.t.Helper()
	calls, files := s.dir+"/calls", s.dir+"/files"
	for _, dir := range []string{calls, files} {
		s.must(os.RemoveAll(dir))
		s.must(os.Mkdir(dir, 0o755))
	}
	for name, text := range map[string]string{
		"protocols": "tcp 6 TCP\n", "auth.log": "a line of 192.0.2.1\nanother of 2001:db8::1\n", "nginx.pid": "1\n", "hosts.deny": "ALL: 192.0.2.1\nALL: [2001:db8::1]\n",
		"blacklisted-sessions.map": "\\192.0.2.1 1;\n\\2001:db8::1 1;\n",
	} {
		s.must(os.WriteFile(files+"/"+name, []byte(text), 0o644))
	}
	cmd := exec.Command("/bin/sh", append([]string{"-c", strings.NewReplacer(elsewhere...).Replace(script)}, args...)...)
	cmd.Dir = s.dir
	cmd.Env = append([]string{"PATH=" + s.dir + "/bin", "CALLS=" + calls, fmt.Sprint("STATUS=", status), "LC_ALL=C.UTF-8", "TZ=UTC"}, env...)
	out, err := cmd.CombinedOutput()
	o := outcome{output: string(out), status: fmt.Sprint(err)}
	o.calls, _ = s.read(calls)
	texts, names := s.read(files)
	o.names = names
	for _, text := range texts {
		o.files += text + "\n"
	}
	return o
}

// read reads all files of a folder, sorted by what is in them.
func (s *sandbox) read(dir string) (texts, names []string) {
	entries, err := os.ReadDir(dir)
	s.must(err)
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		s.must(err)
		if filepath.Base(dir) == "files" {
			text = append([]byte(e.Name()+": "), text...)
		}
		texts, names = append(texts, string(text)), append(names, e.Name())
	}
	slices.Sort(texts)
	return texts, names
}

// diff shows what is different, by its parts.
func (o outcome) diff(want outcome) map[string]string {
	different := map[string]string{}
	for _, part := range [][3]string{
		{"calls", fmt.Sprintf("%q", o.calls), fmt.Sprintf("%q", want.calls)}, {"files", o.files, want.files},
		{"output", o.output, want.output}, {"status", o.status, want.status},
	} {
		if part[1] != part[2] {
			different[part[0]] = fmt.Sprintf("%s:\n got %s\nwant %s\n", part[0], part[1], part[2])
		}
	}
	return different
}

// shape is what of a run may not depend on the values of an event: which programs are called, each with how many arguments, which
// of these are options, and which files there are.
func (o outcome) shape() []string {
	var all []string
	for _, call := range o.calls {
		words := strings.Split(call, "\x00")
		n, _ := strconv.Atoi(words[1])
		shape := words[0]
		for _, arg := range words[2 : 2+n] {
			if strings.HasPrefix(arg, "-") {
				shape += " -option"
			} else {
				shape += " argument"
			}
		}
		all = append(all, shape)
	}
	slices.Sort(all)
	return append(all, o.names...)
}
