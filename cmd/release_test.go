package cmd_test

import (
	"bytes"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// release runs scripts/release.
func release(t *testing.T, args ...string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	cmd := exec.Command("../scripts/release", append([]string{"1.2.3", dir}, args...)...)
	cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH=1767225600")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("scripts/release: %v\n%s", err, out)
	}
	return dir
}

// TestRelease makes the packages of this architecture twice, the same ones, and installs and removes them in a root of their own.
func TestRelease(t *testing.T) {
	arch := strings.TrimSpace(output(t, "go", []string{"env", "GOHOSTARCH"}))
	dir, again := release(t, arch), release(t, arch)
	name := filepath.Join(dir, "f2b_1.2.3_linux_"+arch)
	sums, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	if other, err := os.ReadFile(filepath.Join(again, "SHA256SUMS")); err != nil || !bytes.Equal(other, sums) {
		t.Errorf("not the same twice: %v\n%s\n%s", err, sums, other)
	}
	check := exec.Command("sha256sum", "--check", "--strict", "SHA256SUMS")
	check.Dir = dir
	if out, err := check.CombinedOutput(); err != nil || strings.Count(string(out), ": OK") != 4 {
		t.Errorf("%v\n%s", err, out)
	}
	list, err := os.ReadFile(name + ".sbom.txt")
	if err != nil || strings.Count(string(list), "\tpath\tf2b/cmd/f2b-") != 4 || !strings.Contains(string(list), "modernc.org/sqlite") {
		t.Errorf("what is linked: %v\n%s", err, list)
	}
	t.Run("deb", func(t *testing.T) { tryDeb(t, name+".deb") })
	t.Run("rpm", func(t *testing.T) { tryRPM(t, name+".rpm") })
	t.Run("tarball", func(t *testing.T) {
		root := t.TempDir()
		inRoot(t, "tar", "-xzf", name+".tar.gz", "-C", root)
		installed(t, root, "usr/share/zsh/site-functions/_f2b-match")
	})
}

// TestReleaseLong makes all architectures, and looks whether the programs are what they are said to be, linked statically.
func TestReleaseLong(t *testing.T) {
	if os.Getenv("F2B_LONG") == "" {
		t.Skip("builds for four architectures; set F2B_LONG=1")
	}
	dir := release(t)
	for arch, machine := range map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64, "armv7": elf.EM_ARM, "riscv64": elf.EM_RISCV} {
		root := t.TempDir()
		inRoot(t, "tar", "-xzf", filepath.Join(dir, "f2b_1.2.3_linux_"+arch+".tar.gz"), "-C", root)
		for _, tool := range tools() {
			f, err := elf.Open(filepath.Join(root, "usr/bin", tool))
			if err != nil {
				t.Fatal(err)
			}
			libraries, _ := f.ImportedLibraries()
			if f.Machine != machine || len(libraries) > 0 {
				t.Errorf("%s for %s is for %s and needs %q", tool, arch, f.Machine, libraries)
			}
			f.Close()
		}
		for _, kind := range []string{"deb", "rpm"} {
			if _, err := os.Stat(filepath.Join(dir, "f2b_1.2.3_linux_"+arch+"."+kind)); err != nil {
				t.Error(err)
			}
		}
	}
}

// tryDeb installs, changes the settings of, removes and purges a package by dpkg.
func tryDeb(t *testing.T, file string) {
	root := scratchRoot(t)
	for _, dir := range []string{"var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers"} {
		mkdir(t, filepath.Join(root, dir))
	}
	for _, list := range []string{"status", "available"} {
		writeFile(t, filepath.Join(root, "var/lib/dpkg", list), "")
	}
	dpkg := func(args ...string) string {
		return inRoot(t, "dpkg", append([]string{"--root=" + root, "--force-not-root,depends"}, args...)...)
	}
	dpkg("-i", file)
	installed(t, root, "usr/share/zsh/vendor-completions/_f2b-match")
	passwd, err := os.ReadFile(filepath.Join(root, "etc/passwd"))
	if err != nil || !regexp.MustCompile(`(?m)^f2b:[^:]*:\d+:\d+:.*nologin$`).Match(passwd) {
		t.Errorf("there is no user f2b: %v\n%s", err, passwd)
	}
	if wrong := dpkg("-V", "f2b"); wrong != "" {
		t.Errorf("dpkg finds changed: %s", wrong)
	}
	settings := filepath.Join(root, "etc/default/f2b")
	writeFile(t, settings, "F2B_BAN_FLAGS=-bantime=1h\n")
	dpkg("-i", "--force-confold", file)
	dpkg("-r", "f2b")
	if kept, err := os.ReadFile(settings); err != nil || !strings.Contains(string(kept), "1h") {
		t.Errorf("the settings are not kept: %v, %q", err, kept)
	}
	writeFile(t, filepath.Join(root, "var/lib/f2b/f2b.sqlite3"), "")
	dpkg("-P", "f2b")
	removed(t, root)
	for _, file := range []string{settings, filepath.Join(root, "etc/f2b"), filepath.Join(root, "var/lib/f2b")} {
		if _, err := os.Stat(file); err == nil {
			t.Errorf("%s is left after a purge", file)
		}
	}
}

// tryRPM installs and removes a package by rpm.
func tryRPM(t *testing.T, file string) {
	root := scratchRoot(t)
	mkdir(t, filepath.Join(root, "var/lib/rpm"))
	rpm := func(args ...string) string {
		return inRoot(t, "rpm", append([]string{"--root=" + root, "--dbpath=/var/lib/rpm", "--force-debian"}, args...)...)
	}
	rpm("-i", "--nodeps", file)
	installed(t, root, "usr/share/zsh/site-functions/_f2b-match")
	if out := rpm("-q", "--configfiles", "f2b"); out != "/etc/default/f2b\n" {
		t.Errorf("settings: %q", out)
	}
	rpm("-e", "--nodeps", "f2b")
	removed(t, root)
}

// installed holds that all tools run, and that what belongs to them is in its place.
func installed(t *testing.T, root string, more ...string) {
	t.Helper()
	for _, tool := range append(tools(), splices()...) {
		more = append(more, "usr/bin/"+tool, "usr/share/man/man1/"+tool+".1.gz", "usr/share/bash-completion/completions/"+tool,
			"usr/share/fish/vendor_completions.d/"+tool+".fish")
	}
	more = append(more, "usr/lib/systemd/system/f2b.service", "usr/lib/systemd/system/f2b@.service", "usr/lib/f2b/pipeline", "usr/lib/f2b/splice.sh",
		"usr/lib/f2b/init/f2b", "usr/share/man/man7/f2b.7.gz", "usr/share/man/man5/f2b-event.5.gz")
	for _, file := range more {
		if info, err := os.Stat(filepath.Join(root, file)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", file, err)
		}
	}
	for _, tool := range tools() {
		if out := output(t, filepath.Join(root, "usr/bin", tool), []string{"-V"}); out != tool+" 1.2.3\n" {
			t.Errorf("%s says it is %q", tool, out)
		}
	}
	if unit, err := os.ReadFile(filepath.Join(root, "usr/lib/systemd/system/f2b.service")); err == nil && !strings.Contains(string(unit), "ExecStart=/usr/lib/f2b/pipeline all") {
		t.Errorf("the unit starts something else:\n%s", unit)
	}
}

// removed holds that no program is left.
func removed(t *testing.T, root string) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(root, "usr/bin/f2b-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left: %q, %v", left, err)
	}
}

// scratchRoot is a root folder with what the scripts of a package need, and no more.
func scratchRoot(t *testing.T) string {
	root := t.TempDir()
	writeFile(t, filepath.Join(root, "etc/passwd"), "root:x:0:0::/root:/bin/sh\n")
	writeFile(t, filepath.Join(root, "etc/group"), "root:x:0:\nadm:x:4:\n")
	writeFile(t, filepath.Join(root, "dev/null"), "")
	for _, program := range []string{"sh", "rm", "systemd-sysusers"} {
		path, err := exec.LookPath(program)
		if err != nil {
			t.Fatal(err)
		}
		libraries, _ := exec.Command("ldd", path).Output()
		for _, file := range append(regexp.MustCompile(`/\S+`).FindAllString(string(libraries), -1), path) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			place := filepath.Join(root, file)
			if file == path {
				place = filepath.Join(root, "bin", program)
			}
			writeFile(t, place, string(data))
			if err := os.Chmod(place, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	return root
}

// inRoot runs a program as what seems to be root.
func inRoot(t *testing.T, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command("unshare", slices.Concat([]string{"-r", program}, args)...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("%s %q: %v\n%s%s", program, args, err, out, &said)
	}
	return string(out)
}

func mkdir(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
}
