// Package fwtest is what tests of firewalls share: network namespaces of their
// own, clients that try to connect, and the promises that every backend keeps.
//
// The machine's own firewall is never touched: Main starts the test binary again
// in a fresh network namespace, and whatever changes a firewall refuses to run
// anywhere else. A tool that is missing fails a test, it does not skip it.
package fwtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// inside is set in the environment of a process that Main started, to what it is
// there for.
const inside = "F2B_FWTEST_NAMESPACE"

// Main runs a package's tests in a network namespace of their own. Call it from TestMain:
//
//	func TestMain(m *testing.M) { fwtest.Main(m) }
func Main(m *testing.M) {
	switch os.Getenv(inside) {
	case "tests":
		os.Exit(m.Run())
	case "peer":
		servePeer(os.Stdin, os.Stdout)
		os.Exit(0)
	}
	os.Exit(again())
}

// again runs this very command in a new namespace and returns its exit status.
func again() int {
	locks, err := os.MkdirTemp("", "fwtest")
	if err != nil {
		fmt.Fprintln(os.Stderr, "fwtest:", err)
		return 1
	}
	defer os.RemoveAll(locks)
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Args[0] = os.Args[0]
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	// The lock of iptables-legacy is one file for all namespaces.
	cmd.Env = append(os.Environ(), inside+"=tests", "XTABLES_LOCKFILE="+filepath.Join(locks, "xtables.lock"))
	cmd.SysProcAttr = namespace()
	err = cmd.Run()
	if cmd.ProcessState == nil {
		fmt.Fprintf(os.Stderr, "fwtest: no network namespace of its own: %v: run the tests as root\n", err)
		return 1
	}
	return cmd.ProcessState.ExitCode()
}

// namespace asks for a new network namespace, and for a new user namespace where
// the right to make one is missing otherwise.
func namespace() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() != 0 {
		attr.Cloneflags |= syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	return attr
}

// Reset empties the namespace's firewall, whatever filled it, now and after the test.
func Reset(t testing.TB) {
	t.Helper()
	clean := func() {
		Run(t, "nft", "flush ruleset")
		for _, tool := range []string{"iptables-legacy", "ip6tables-legacy"} {
			Run(t, tool, "-F")
			Run(t, tool, "-X")
		}
		Run(t, "ipset", "destroy")
	}
	clean()
	t.Cleanup(clean)
}

// Run runs a tool and returns what it writes to stdout. A single argument is
// split at white space.
func Run(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := try(t, name, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Try is Run for a command that may fail; ok tells whether it did not.
func Try(t testing.TB, name string, args ...string) (out string, ok bool) {
	t.Helper()
	out, err := try(t, name, args...)
	return out, err == nil
}

func try(t testing.TB, name string, args ...string) (string, error) {
	t.Helper()
	if os.Getenv(inside) != "tests" {
		t.Fatalf("%s %s: not in a namespace of the tests' own; TestMain has to call fwtest.Main", name, args)
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%v: this test needs it: try apt-get install nftables iptables ipset iproute2", err)
	}
	if len(args) == 1 {
		args = strings.Fields(args[0])
	}
	cmd := exec.Command(path, args...)
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("%s %s: %v: %s", name, strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return stdout.String(), nil
}

// Eventually waits until cond holds: what the kernel does by itself has no event
// to wait for. It fails the test after ten seconds.
func Eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 500 {
		if cond() {
			return
		}
		<-tick.C
	}
	t.Fatalf("still not after ten seconds: %s", what)
}
