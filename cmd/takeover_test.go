package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestTakeover runs tools that try, once they have locked themselves in, what somebody would who had taken them over. They are built
// for it: the others cannot.
func TestTakeover(t *testing.T) {
	dir, tags := t.TempDir(), "-tags=takeover"
	if coverFlags() != nil {
		tags += ",coverage"
	}
	for _, tool := range tools() {
		args := slices.Concat([]string{"build", "-o", dir}, coverFlags(), []string{tags, "./" + tool})
		if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", tool, err, out)
		}
	}
	scripts, err := filepath.Glob("testdata/takeover/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	testscript.Run(t, testscript.Params{
		Files:               scripts,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
			env.Setenv("TZ", "UTC")
			env.Setenv("GOCOVERDIR", os.Getenv("GOCOVERDIR"))
			return nil
		},
		Condition: condition,
	})
}
