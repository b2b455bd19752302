package cmd_test

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// TestVersionIsLinked holds that a release can be given its version when it is linked.
func TestVersionIsLinked(t *testing.T) {
	tool := filepath.Join(t.TempDir(), "f2b-count")
	build := exec.Command("go", "build", "-ldflags", "-X f2b/lib/cli.release=1.2.3", "-o", tool, "./f2b-count")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command(tool, "-V").Output()
	if want := "f2b-count 1.2.3\n"; err != nil || string(out) != want {
		t.Errorf("got %q, %v; want %q", out, err, want)
	}
}
