// Package xtables is what the backends iptables and ipset share: the filter table
// of one address family, read rule by rule and changed in one step.
//
// Both forms of iptables work, the one over nftables and the legacy one; the
// kernel looks at the rules of both whichever is used.
package xtables

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"strconv"
	"strings"

	"github.com/coreos/go-iptables/iptables"

	"f2b/lib/firewall"
)

// wait is how long iptables waits for another one to finish, in seconds.
const wait = 5

// DefaultBinary is the iptables that the system uses.
const DefaultBinary = "iptables"

// A Family is the filter table of one address family.
type Family struct {
	V6      bool
	legacy  bool
	tables  *iptables.IPTables
	restore string     // the path of iptables-restore
	good    Generation // see IfChanged
	fits    int        // how many commands the kernel takes at once, as far as is known; 0: any number
}

// Open finds the tools of a family and reads from its table, for which the same
// right is needed as for changing it. The binary is "iptables",
// "iptables-legacy" or "iptables-nft", with a path or without; the names of the
// other tools are made from it.
func Open(binary string, v6 bool) (*Family, error) {
	f := &Family{V6: v6}
	protocol := iptables.ProtocolIPv4
	if v6 {
		protocol = iptables.ProtocolIPv6
		binary = sixth(binary)
	}
	restore, err := exec.LookPath(binary + "-restore")
	if err != nil {
		return nil, notFound(binary, err)
	}
	f.restore = restore
	f.tables, err = iptables.New(iptables.IPFamily(protocol), iptables.Timeout(wait), iptables.Path(binary))
	if err != nil {
		return nil, notFound(binary, err)
	}
	version, err := exec.Command(binary, "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", binary, err)
	}
	f.legacy = !bytes.Contains(version, []byte("nf_tables"))
	if _, err := f.tables.List(table, "INPUT"); err != nil {
		return nil, explain(binary, err)
	}
	return f, nil
}

const table = "filter"

// sixth turns the name of an IPv4 tool into that of its IPv6 twin.
func sixth(binary string) string {
	at := strings.LastIndex(binary, "iptables")
	if at < 0 {
		return binary
	}
	return binary[:at] + "ip6tables" + binary[at+len("iptables"):]
}

func notFound(binary string, err error) error {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: not found: try apt-get install iptables, or -backend nftables", binary)
	}
	return fmt.Errorf("%s: %w", binary, err)
}

// explain puts the remedy behind what iptables says, where one is known.
func explain(binary string, err error) error {
	text := err.Error()
	if e, ok := errors.AsType[*iptables.Error](err); ok {
		text = e.Error()
	}
	for _, refusal := range []string{"ermission denied", "not permitted", "you must be root"} {
		if strings.Contains(text, refusal) {
			return fmt.Errorf("%s: permission denied: run as root", binary)
		}
	}
	return fmt.Errorf("%s: %s", binary, strings.TrimSpace(text))
}

// Rules lists a chain's rules as iptables -S writes them, without "-A CHAIN ".
// ok is false when there is no such chain.
func (f *Family) Rules(chain string) (rules []string, ok bool, err error) {
	lines, err := f.tables.List(table, chain)
	if e, isError := errors.AsType[*iptables.Error](err); isError && e.ExitStatus() == 1 {
		return nil, false, nil // what the nft form says of it is about something else
	}
	if err != nil {
		return nil, false, explain(f.String(), err)
	}
	for _, line := range lines {
		if rule, isRule := strings.CutPrefix(line, "-A "+chain+" "); isRule {
			rules = append(rules, rule)
		}
	}
	return rules, true, nil
}

// All lists the rules of every chain of the table.
func (f *Family) All() (map[string][]string, error) {
	chains, err := f.tables.ListChains(table)
	if err != nil {
		return nil, explain(f.String(), err)
	}
	all := make(map[string][]string, len(chains))
	for _, chain := range chains {
		if all[chain], _, err = f.Rules(chain); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Restore carries out commands as iptables takes them ("-A INPUT -j ..."), all of
// them or, when one fails, none.
func (f *Family) Restore(commands []string) error {
	if len(commands) == 0 {
		return nil
	}
	var script bytes.Buffer
	script.WriteString("*" + table + "\n")
	for _, c := range commands {
		script.WriteString(c + "\n")
	}
	script.WriteString("COMMIT\n")
	cmd := exec.Command(f.restore, "-n", "-w", strconv.Itoa(wait))
	cmd.Stdin = &script
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		// The first line says what failed; what follows is how to get help.
		reason, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
		return explain(f.String(), fmt.Errorf("%w: %s", err, reason))
	}
	return nil
}

// RestoreInSteps carries out commands in one step or, where the kernel takes no
// message of that length, in several. It returns how many steps are done.
func (f *Family) RestoreInSteps(commands []string) (steps int, err error) {
	for len(commands) > 0 {
		n := len(commands)
		if f.fits > 0 {
			n = min(n, f.fits)
		}
		err := f.Restore(commands[:n])
		if TooLong(err) && n > 1 {
			f.fits = n / 2 // a container may not ask for a larger buffer than it is given
			continue
		}
		if err != nil {
			return steps, err
		}
		commands = commands[n:]
		steps++
	}
	return steps, nil
}

// TooLong reports whether Restore failed because the kernel takes no message as long as these commands need.
func TooLong(err error) bool { return err != nil && strings.Contains(err.Error(), "Message too long") }

// String names the family's tool in messages.
func (f *Family) String() string {
	if f.V6 {
		return "ip6tables"
	}
	return "iptables"
}

// A Target is the end of a rule, and the protocol that its rule has to match.
type Target struct {
	Match string // "-p tcp " or nothing
	Jump  string
}

// Targets is where a jail sends banned packets, the first that matches. A reset
// ends a tcp connection at once; whatever else it may be is told that the port is
// unreachable. That would refuse tcp too, but a client may only believe it the
// second time, after a second.
func (f *Family) Targets(jail firewall.Jail) []Target {
	reset := Target{"-p tcp ", "-j REJECT --reject-with tcp-reset"}
	unreachable := Target{"", "-j REJECT --reject-with icmp-port-unreachable"}
	if f.V6 {
		unreachable.Jump = "-j REJECT --reject-with icmp6-port-unreachable"
	}
	switch {
	case jail.Blocktype == firewall.Drop:
		return []Target{{"", "-j DROP"}}
	case jail.Protocol == firewall.TCP:
		return []Target{reset}
	case jail.Protocol == firewall.UDP:
		return []Target{unreachable}
	}
	return []Target{reset, unreachable}
}
