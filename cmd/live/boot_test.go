package live_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// booted is what the story of testdata/boot writes: f2b-ban alone has a capability, CAP_NET_ADMIN, and all three are in a sandbox.
const booted = `Created symlink /etc/systemd/system/multi-user.target.wants/f2b.service → /usr/local/lib/systemd/system/f2b.service.
enabled
banned from the journal and from a file
f2b-ban Uid:own CapEff:0000000000001000 CapAmb:0000000000001000 NoNewPrivs:1 Seccomp:2
f2b-count Uid:own CapEff:0000000000000000 CapAmb:0000000000000000 NoNewPrivs:1 Seccomp:2
f2b-match Uid:own CapEff:0000000000000000 CapAmb:0000000000000000 NoNewPrivs:1 Seccomp:2
192.0.2.2 for minutes
192.0.2.1 for minutes
192.0.2.3 for days
inactive
192.0.2.1 stays blocked
192.0.2.2 stays blocked
active
banned by the unit of one jail
banned after a restart, by what was before it
f2b-ban Uid:own CapEff:0000000000001000 CapAmb:0000000000001000 NoNewPrivs:1 Seccomp:2
f2b-count Uid:own CapEff:0000000000000000 CapAmb:0000000000000000 NoNewPrivs:1 Seccomp:2
f2b-match Uid:own CapEff:0000000000000000 CapAmb:0000000000000000 NoNewPrivs:1 Seccomp:2
`

// TestBootLong installs everything, boots a systemd of its own, and has the units do their work there.
func TestBootLong(t *testing.T) {
	if os.Getenv("F2B_LONG") == "" {
		t.Skip("boots a systemd, which not every machine lets one do; set F2B_LONG=1")
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can boot")
	}
	t.Parallel()
	dir := t.TempDir()
	root := filepath.Join(dir, "root")
	if err := os.CopyFS(root, os.DirFS("testdata/boot/root")); err != nil {
		t.Fatal(err)
	}
	install := exec.Command("../../scripts/install")
	install.Env = append(os.Environ(), "PREFIX=/usr/local", "DESTDIR="+root)
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command("unshare", "--mount", "testdata/boot/boot", dir).CombinedOutput()
	said, _ := os.ReadFile(filepath.Join(dir, "out/said"))
	if err != nil || string(said) != booted {
		t.Errorf("%v\n%s%swant:\n%s", err, out, said, booted)
	}
}
