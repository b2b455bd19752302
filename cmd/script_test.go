// Package cmd_test tests the tools as an administrator meets them: as programs, with their pages.
package cmd_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// unbuilt says of each tool that cannot be built why not.
var unbuilt = map[string]string{}

// plain is a folder with an f2b-ban without the race detector, for tests that have much to do.
var plain string

// tools lists the programs of this folder.
func tools() []string {
	mains, _ := filepath.Glob("*/main.go")
	for i, main := range mains {
		mains[i] = filepath.Dir(main)
	}
	return mains
}

// splices lists the scripts that people put between the tools.
func splices() []string {
	scripts, _ := filepath.Glob("../scripts/f2b-*")
	for i, script := range scripts {
		scripts[i] = filepath.Base(script)
	}
	return scripts
}

// TestMain builds the tools and puts them first on the PATH of all tests, and the scripts next.
func TestMain(m *testing.M) {
	os.Exit(withTools(m))
}

func withTools(m *testing.M) int {
	dir, err := os.MkdirTemp("", "f2b-tools-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	for _, tool := range tools() {
		args := slices.Concat([]string{"build", "-o", dir}, raceFlag(), coverFlags())
		if out, err := exec.Command("go", append(args, "./"+tool)...).CombinedOutput(); err != nil {
			unbuilt[tool] = fmt.Sprintf("%v\n%s", err, out)
		}
	}
	if plain = dir; raceFlag() != nil {
		plain = filepath.Join(dir, "plain")
		if out, err := exec.Command("go", "build", "-o", plain+"/", "./f2b-ban").CombinedOutput(); err != nil {
			unbuilt["f2b-ban"] = fmt.Sprintf("%v\n%s", err, out)
		}
	}
	scripts, err := filepath.Abs("../scripts")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	os.Setenv("PATH", strings.Join([]string{dir, scripts, os.Getenv("PATH")}, string(os.PathListSeparator)))
	return m.Run()
}

// raceFlag makes the tools look for data races when the tests do.
func raceFlag() []string {
	info, ok := debug.ReadBuildInfo()
	if ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		return []string{"-race"}
	}
	return nil
}

// coverFlags makes the tools count what runs in them for scripts/coverage, which says where they write it down. The tests themselves are told
// another place by go test.
func coverFlags() []string {
	dir := os.Getenv("F2B_COVERAGE")
	if dir == "" {
		return nil
	}
	os.Setenv("GOCOVERDIR", dir)
	return []string{"-cover", "-coverpkg=f2b/...", "-tags=coverage"}
}

func TestToolsBuild(t *testing.T) {
	for _, tool := range tools() {
		if why := unbuilt[tool]; why != "" {
			t.Errorf("%s: %s", tool, why)
		}
	}
	if n := len(tools()); n < 4 {
		t.Errorf("there are only %d tools", n)
	}
}

// TestScripts runs what people type: each file of testdata/script is a session in a folder of its own.
func TestScripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	testscript.Run(t, testscript.Params{
		Files:               scripts,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("LC_ALL", "C.UTF-8")
			env.Setenv("TZ", "UTC")
			env.Setenv("PLAIN", plain)
			env.Setenv("GOCOVERDIR", os.Getenv("GOCOVERDIR"))
			env.Setenv("GORACE", "atexit_sleep_ms=0") // or each tool with the race detector sleeps for a second at its end
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, ".state"))
			return nil
		},
		Condition: condition,
	})
}

// condition knows [root]: the script runs as root.
func condition(cond string) (bool, error) {
	if cond == "root" {
		return os.Geteuid() == 0, nil
	}
	return false, fmt.Errorf("unknown condition %s", strings.TrimSpace(cond))
}
