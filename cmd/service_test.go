package cmd_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// install runs scripts/install.
func install(t *testing.T) (prefix string) {
	t.Helper()
	prefix = filepath.Join(t.TempDir(), "usr")
	cmd := exec.Command("../scripts/install")
	cmd.Env = append(os.Environ(), "PREFIX="+prefix)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("scripts/install: %v\n%s", err, out)
	}
	return prefix
}

var exposure = regexp.MustCompile(`Overall exposure level for \S+: ([0-9.]+)`)

// TestUnits installs the units and has systemd look at them: without a complaint, and with little exposed.
func TestUnits(t *testing.T) {
	prefix := install(t)
	units := filepath.Join(prefix, "lib/systemd/system")
	instance := filepath.Join(units, "f2b@sshd.service")
	if err := os.Link(filepath.Join(units, "f2b@.service"), instance); err != nil {
		t.Fatal(err)
	}
	for _, unit := range []string{filepath.Join(units, "f2b.service"), instance} {
		out, err := exec.Command("systemd-analyze", "verify", "--man=no", unit).CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", unit, err, out)
		}
		out, err = exec.Command("systemd-analyze", "security", "--offline=yes", "--no-pager", unit).CombinedOutput()
		m := exposure.FindSubmatch(out)
		if err != nil || m == nil {
			t.Fatalf("%s: %v\n%s", unit, err, out)
		}
		if level, err := strconv.ParseFloat(string(m[1]), 64); err != nil || level >= 3 {
			t.Errorf("%s is exposed by %s, %v", unit, m[1], err)
		}
	}
	// What the units and the init scripts name is there.
	for _, file := range []string{"bin/f2b-match", "bin/f2b-count", "bin/f2b-ban", "bin/f2b-regex", "bin/f2b-mail", "lib/f2b/pipeline", "lib/f2b/splice.sh",
		"lib/f2b/init/f2b", "share/man/man1/f2b-match.1", "share/man/man5/f2b-event.5", "share/man/man7/f2b.7"} {
		if _, err := os.Stat(filepath.Join(prefix, file)); err != nil {
			t.Error(err)
		}
	}
	left := exec.Command("grep", "-r", "@PREFIX@", prefix+"/lib")
	if out, err := left.CombinedOutput(); err == nil {
		t.Errorf("not filled in:\n%s", out)
	}
}

// TestReloadUnderLoad has a service begin anew with another configuration again and again while a log is written and rotated: those are
// banned in the end whom one run over the whole of the log bans.
//
// Fault: process: the service begins anew ten times (HUP) while a log is written at speed and rotated. Outcome: those are banned
// whom one run over the whole log bans, and nobody else.
func TestReloadUnderLoad(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "etc/filter.d/own.conf"), "[Definition]\nfailregex = "+failurePattern+"\n")
	conf := filepath.Join(dir, "etc/jail.local")
	jailConf := "[own]\nenabled = true\nignoreself = no\nusedns = no\nfindtime = 1h\nmaxretry = 5\nlogpath = " + dir + "/the.log\n"
	writeFile(t, conf, jailConf)
	log := &rotated{path: filepath.Join(dir, "the.log"), killed: make(chan bool)}
	failures, guilty := failing(tortureLines)
	if err := log.open(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- log.write(failures) }()

	service, seen := startService(t, dir)
	for i := range tortureKills {
		<-log.killed
		writeFile(t, conf, jailConf+"bantime = "+strconv.Itoa(i+1)+"h\n")
		if err := service.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	seen.waitFor(guilty, time.Minute)
	if err := service.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := <-seen.done; err != nil {
		t.Error(err)
	}
	if err := service.Wait(); err != nil {
		t.Errorf("the service ended with %v", err)
	}
	if !maps.Equal(seen.keys, guilty) {
		got, want := slices.Sorted(maps.Keys(seen.keys)), slices.Sorted(maps.Keys(guilty))
		t.Errorf("%d are banned, want %d", len(got), len(want))
	}
	if left, _ := filepath.Glob(dir + "/run/*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// service is what a service says.
type service struct {
	*bannedSet
	done chan error
}

// startService runs the pipeline of all jails as the units do, in a dry run.
func startService(t *testing.T, dir string) (*exec.Cmd, service) {
	t.Helper()
	if err := os.Mkdir(filepath.Join(dir, "run"), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("../scripts/systemd/pipeline", "all")
	conf := "-config " + filepath.Join(dir, "etc")
	cmd.Env = append(os.Environ(), "RUNTIME_DIRECTORY="+filepath.Join(dir, "run"), "F2B_USER=root", "F2B_STATE="+filepath.Join(dir, "state"),
		"F2B_MATCH_FLAGS="+conf, "F2B_COUNT_FLAGS="+conf, "F2B_BAN_FLAGS="+conf+" -backend dryrun -ignoreself=false -force")
	messages, err := os.Create(filepath.Join(dir, "messages"))
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = messages
	t.Cleanup(func() {
		if text, _ := os.ReadFile(messages.Name()); t.Failed() {
			t.Logf("messages: %.2000s", text)
		}
		messages.Close()
	})
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := service{newBannedSet(), make(chan error, 1)}
	go func() { s.done <- collect(out, s.bannedSet) }()
	waitForFile(t, filepath.Join(dir, "run/pipeline.*")) // until then a signal ends it
	return cmd, s
}

// waitForFile waits until a pattern has a file.
func waitForFile(t *testing.T, pattern string) {
	t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for end := time.After(time.Minute); ; {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return
		}
		select {
		case <-look.C:
		case <-end:
			t.Fatalf("%s never came", pattern)
		}
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
