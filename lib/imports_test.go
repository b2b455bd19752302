// Package lib_test keeps the house rule: imports point one way.
package lib_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed says which packages of the project, and which modules of others, each folder may import outside
// its tests. cmd may import all of lib.
var allowed = map[string][]string{
	"lib/lines":             {},
	"lib/event":             {"lib/lines"},
	"lib/config":            {},
	"lib/pyre":              {"github.com/dlclark/regexp2", "golang.org/x/sys"},
	"lib/literal":           {},
	"lib/logtime":           {"lib/pyre"},
	"lib/moment":            {"lib/config", "lib/logtime"},
	"lib/filter/builtin":    {},
	"lib/filter":            {"lib/filter/builtin", "lib/config", "lib/literal", "lib/pyre", "lib/logtime", "lib/event"},
	"lib/source":            {"lib/lines", "github.com/fsnotify/fsnotify", "github.com/klauspost/compress", "github.com/ulikunitz/xz", "golang.org/x/text", "golang.org/x/sys"},
	"lib/window":            {},
	"lib/ledger":            {"lib/event", "modernc.org/sqlite", "golang.org/x/sys"},
	"lib/growth":            {},
	"lib/ban":               {"lib/event", "lib/ledger", "lib/firewall", "lib/growth"},
	"lib/jail":              {"lib/config"},
	"lib/firewall":          {"lib/event"},
	"lib/firewall/fwtest":   {"lib/firewall", "golang.org/x/sys"},
	"lib/firewall/perjail":  {"lib/firewall"},
	"lib/firewall/dryrun":   {"lib/firewall"},
	"lib/firewall/nftables": {"lib/firewall", "github.com/google/nftables", "github.com/mdlayher/netlink", "golang.org/x/sys"},
	"lib/firewall/xtables":  {"lib/firewall", "github.com/coreos/go-iptables", "github.com/google/nftables", "golang.org/x/sys"},
	"lib/firewall/iptables": {"lib/firewall", "lib/firewall/xtables"},
	"lib/firewall/ipset":    {"lib/firewall", "lib/firewall/xtables", "github.com/mdlayher/netlink", "golang.org/x/sys"},
	"lib/firewall/action":   {"lib/firewall", "lib/config", "lib/event", "mvdan.cc/sh"},
	"lib/sandbox":           {"github.com/landlock-lsm/go-landlock", "kernel.org/pub/linux/libs/security/libcap/psx", "golang.org/x/net", "golang.org/x/sys"},
	"lib/bounds":            {"golang.org/x/sys"}, // for tests
	"lib/cli":               {"github.com/alecthomas/kong", "golang.org/x/sys"},
}

func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}:{{join .Imports ","}}`, "f2b/...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		name, imports, _ := strings.Cut(strings.TrimSpace(line), ":")
		name = strings.TrimPrefix(name, "f2b/")
		if !strings.HasPrefix(name, "lib/") {
			continue
		}
		seen++
		may, listed := allowed[name]
		if !listed {
			t.Errorf("%s is not in the table of packages", name)
			continue
		}
		for _, imp := range strings.Split(imports, ",") {
			if !permitted(imp, may) {
				t.Errorf("%s imports %s", name, imp)
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d packages seen", seen)
	}
}

// permitted tells whether an import is of the standard library or named in the table.
func permitted(imp string, may []string) bool {
	own, isOwn := strings.CutPrefix(imp, "f2b/")
	if isOwn {
		return slices.Contains(may, own)
	}
	first, _, _ := strings.Cut(imp, "/")
	if !strings.Contains(first, ".") {
		return true
	}
	return slices.ContainsFunc(may, func(m string) bool { return imp == m || strings.HasPrefix(imp, m+"/") })
}
