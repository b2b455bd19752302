package sandbox

import (
	"bufio"
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// libraries are the folders that programs load code from, beside their own.
var libraries = []string{"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/nix/store", "/gnu/store"}

// loading are the files that the loader of programs reads, and what nearly all programs do.
var loading = []string{"/etc/ld.so.cache", "/etc/ld.so.preload", "/etc/localtime", "/dev/urandom"}

// Start adds what it takes to start a program, and no other one: the program itself, what interprets it, its libraries. A program that
// is not there adds nothing: whoever starts it says so.
func (n *Needs) Start(name string) {
	path, err := exec.LookPath(name)
	if err != nil {
		return
	}
	for range 3 { // a script has its shell, and that its loader
		n.Programs = append(n.Programs, path)
		if path = interpreter(path); path == "" {
			break
		}
	}
	n.Files = append(n.Files, loading...)
	n.Writable = append(n.Writable, os.DevNull)
	n.Folders = append(n.Folders, libraries...)
}

// interpreter is the program that the kernel starts to run another: the loader of its libraries, or what a script's first line names.
func interpreter(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if program, err := elf.Open(path); err == nil {
		defer program.Close()
		for _, p := range program.Progs {
			if p.Type == elf.PT_INTERP {
				return readText(p)
			}
		}
		return ""
	}
	script, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer script.Close()
	first, _ := bufio.NewReader(script).ReadString('\n')
	if words, ok := strings.CutPrefix(first, "#!"); ok && len(strings.Fields(words)) > 0 {
		return strings.Fields(words)[0]
	}
	return ""
}

// readText reads the text in a part of a program.
func readText(p *elf.Prog) string {
	text := make([]byte, min(p.Filesz, 4096))
	n, _ := p.ReadAt(text, 0)
	return strings.TrimRight(string(text[:n]), "\x00")
}
