// Package live_test lives through what people wrote about their servers: the daemons of the distribution, clients in a second network
// namespace, the configuration as it was published, and the three tools of a pipeline for all jails.
package live_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// inside is set in the environment of a test that has a machine of its own.
const inside = "F2B_LIVE"

// TestMain builds the tools and puts them first on the PATH.
func TestMain(m *testing.M) {
	if os.Getenv(inside) != "" {
		os.Exit(m.Run())
	}
	os.Exit(withTools(m))
}

func withTools(m *testing.M) int {
	dir, err := os.MkdirTemp("", "f2b-live-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	args := []string{"build", "-o", dir}
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		args = append(args, "-race")
	}
	if counts := os.Getenv("F2B_COVERAGE"); counts != "" { // scripts/coverage wants to know what runs in them
		os.Setenv("GOCOVERDIR", counts)
		args = append(args, "-cover", "-coverpkg=f2b/...", "-tags=coverage")
	}
	if out, err := exec.Command("go", append(args, "../f2b-match", "../f2b-count", "../f2b-ban")...).CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		return 1
	}
	os.Setenv("PATH", strings.Join([]string{dir, os.Getenv("PATH"), "/usr/sbin", "/sbin"}, string(os.PathListSeparator)))
	return m.Run()
}

// patience bounds all waiting: nothing takes that long, but a test that waits in vain shall say for what.
const patience = time.Minute

// live gives a test a machine of its own: network, mounts and processes are its alone, and gone when it ends. It runs the test again in
// there, where it calls story.
func live(t *testing.T, story func(m *machine)) {
	if os.Getenv(inside) == t.Name() {
		story(newMachine(t))
		return
	}
	if os.Geteuid() != 0 {
		t.Skip("daemons change their user: only root can start them")
	}
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/proc/self/exe", "-test.v", "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), inside+"="+t.Name(), "TZ=UTC", "LC_ALL=C.UTF-8", "XTABLES_LOCKFILE="+filepath.Join(t.TempDir(), "xtables.lock"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID}
	cmd.WaitDelay = time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
