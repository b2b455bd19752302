package sandbox

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// call is a system call as a filter sees it.
type call struct {
	machine, number uint32
	arguments       [3]uint32
}

// answer runs the filter for a call. Package bpf reads big-endian, as packets are; here the machine's own order is laid out so.
func answer(t *testing.T, n Needs, c call) uint32 {
	t.Helper()
	vm, err := bpf.NewVM(callFilter(n, machines["amd64"]))
	if err != nil {
		t.Fatal(err)
	}
	data := make([]byte, argumentsAt+6*argumentSize)
	binary.BigEndian.PutUint32(data[numberAt:], c.number)
	binary.BigEndian.PutUint32(data[machineAt:], c.machine)
	for i, a := range c.arguments {
		binary.BigEndian.PutUint32(data[argumentsAt+i*argumentSize:], a)
	}
	got, err := vm.Run(data)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(got)
}

func TestCallFilter(t *testing.T) {
	const amd64, i386 = unix.AUDIT_ARCH_X86_64, unix.AUDIT_ARCH_I386
	pid := uint32(os.Getpid())
	netlink := Needs{Families: []int{unix.AF_NETLINK}}
	for _, test := range []struct {
		name  string
		needs Needs
		call  call
		ok    bool
	}{
		{"read", Needs{}, call{amd64, unix.SYS_READ, [3]uint32{}}, true},
		{"a program", Needs{}, call{amd64, unix.SYS_EXECVE, [3]uint32{}}, false},
		{"a program that is needed", Needs{Programs: []string{"x"}}, call{amd64, unix.SYS_EXECVE, [3]uint32{}}, true},
		{"a socket", Needs{}, call{amd64, unix.SYS_SOCKET, [3]uint32{unix.AF_INET}}, false},
		{"netlink", netlink, call{amd64, unix.SYS_SOCKET, [3]uint32{unix.AF_NETLINK}}, true},
		{"another than netlink", netlink, call{amd64, unix.SYS_SOCKET, [3]uint32{unix.AF_UNIX}}, false},
		{"a name server", Needs{Lookups: true}, call{amd64, unix.SYS_SOCKET, [3]uint32{unix.AF_INET6, unix.SOCK_DGRAM}}, true},
		{"another TCP", Needs{Lookups: true}, call{amd64, unix.SYS_SOCKET, [3]uint32{unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_MPTCP}}, false},
		{"its own thread", Needs{}, call{amd64, unix.SYS_TGKILL, [3]uint32{pid}}, true},
		{"another's thread", Needs{}, call{amd64, unix.SYS_TGKILL, [3]uint32{pid + 1}}, false},
		{"modes", Needs{}, call{amd64, unix.SYS_FCHMOD, [3]uint32{}}, false},
		{"modes that are needed", Needs{Attributes: true}, call{amd64, unix.SYS_FCHMOD, [3]uint32{}}, true},
		{"another processor's numbers", Needs{}, call{i386, unix.SYS_READ, [3]uint32{}}, false},
		{"another set of numbers", Needs{}, call{amd64, x32Bit | unix.SYS_READ, [3]uint32{}}, false},
	} {
		if got := answer(t, test.needs, test.call); (got == unix.SECCOMP_RET_ALLOW) != test.ok {
			t.Errorf("%s: the filter says %#x", test.name, got)
		}
	}
	for _, number := range slices.Concat(never, attributes, programs) {
		if got := answer(t, Needs{}, call{amd64, number, [3]uint32{}}); got != unix.SECCOMP_RET_ERRNO|uint32(unix.EPERM) {
			t.Errorf("call %d: the filter says %#x", number, got)
		}
	}
}

func TestStart(t *testing.T) {
	script := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(script, []byte("#!/bin/sh -e\ntrue\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	var n Needs
	n.Start(script)
	if len(n.Programs) != 3 || n.Programs[0] != script || n.Programs[1] != "/bin/sh" || !strings.Contains(n.Programs[2], "ld") {
		t.Errorf("to start a script takes %q", n.Programs)
	}
	before := len(n.Programs)
	if n.Start("no-such-program"); len(n.Programs) != before {
		t.Errorf("a program that is not there adds %q", n.Programs[before:])
	}
}

func TestStatus(t *testing.T) {
	for want, s := range map[string]Status{
		"bounded: files, programs and network, privileges":                                                     {Landlock: 7, Calls: true},
		"bounded: programs and network, privileges; this kernel cannot bound: files":                           {Calls: true},
		"bounded: privileges; this kernel cannot bound: files, programs and network":                           {},
		"bounded: new privileges; not bounded: files, programs and network, which a command of yours may need": {Anything: true},
	} {
		if got := s.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestLookUp(t *testing.T) {
	if u, err := LookUp(""); u != nil || err != nil {
		t.Errorf("nobody in particular: %v, %v", u, err)
	}
	if _, err := LookUp("no-such-user"); err == nil || err.Error() != "-user: there is no user no-such-user" {
		t.Errorf("an unknown user: %v", err)
	}
}
