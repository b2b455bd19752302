package sandbox

import (
	"errors"
	"os"
	"runtime"
	"slices"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// Where the kernel shows a call to a filter, in bytes. Arguments take eight each; the lower half is what counts here, and it
// comes first on all processors below.
const (
	numberAt     = 0
	machineAt    = 4
	argumentsAt  = 16
	argumentSize = 8
)

// What a filter answers.
var (
	allow  = bpf.RetConstant{Val: unix.SECCOMP_RET_ALLOW}
	refuse = bpf.RetConstant{Val: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)}
	lack   = bpf.RetConstant{Val: unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)} // programs then do without, as on an older kernel
)

// machines are the processors whose calls are filtered: those with a call of its own for each thing to do with sockets.
var machines = map[string]uint32{
	"amd64":   unix.AUDIT_ARCH_X86_64,
	"arm64":   unix.AUDIT_ARCH_AARCH64,
	"arm":     unix.AUDIT_ARCH_ARM,
	"loong64": unix.AUDIT_ARCH_LOONGARCH64,
	"riscv64": unix.AUDIT_ARCH_RISCV64,
}

// x32Bit marks the numbers of another set of calls that the kernel of an amd64 may have.
const x32Bit = 0x40000000

// filterCalls has the kernel refuse system calls that are not needed, in all threads. It is false where the kernel has no such
// filters, or nobody wrote one for its processor.
func filterCalls(n Needs) (bool, error) {
	machine, ok := machines[runtime.GOARCH]
	if !ok {
		return false, nil
	}
	raw, err := bpf.Assemble(callFilter(n, machine))
	if err != nil {
		return false, err
	}
	code := make([]unix.SockFilter, len(raw))
	for i, r := range raw {
		code[i] = unix.SockFilter{Code: r.Op, Jt: r.Jt, Jf: r.Jf, K: r.K}
	}
	program := unix.SockFprog{Len: uint16(len(code)), Filter: &code[0]}
	thread, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC,
		uintptr(unsafe.Pointer(&program)))
	switch {
	case errno != 0:
		return false, nil // not compiled in, or not allowed: a filter around us may be stricter
	case thread != 0:
		return false, errors.New("system calls: a thread cannot be bounded")
	}
	return true, nil
}

// callFilter is the filter's program.
func callFilter(n Needs, machine uint32) []bpf.Instruction {
	code := []bpf.Instruction{
		bpf.LoadAbsolute{Off: machineAt, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: machine, SkipTrue: 1},
		refuse, // a call in the way of another processor, which has other numbers
		bpf.LoadAbsolute{Off: numberAt, Size: 4},
	}
	if machine == unix.AUDIT_ARCH_X86_64 {
		code = append(code, bpf.JumpIf{Cond: bpf.JumpLessThan, Val: x32Bit, SkipTrue: 1}, refuse)
	}
	code = append(code, newer()...)
	for _, number := range refused(n) {
		code = append(code, bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: number, SkipTrue: 1}, refuse)
	}
	families := n.Families
	if n.Lookups {
		families = append(slices.Clone(families), unix.AF_INET, unix.AF_INET6)
	}
	code = append(code, except(unix.SYS_SOCKET, 2, unix.IPPROTO_MPTCP)...) // Landlock knows TCP, and not all that speaks it
	code = append(code, except(unix.SYS_IOCTL, 1, controls...)...)
	for _, number := range fcntls {
		code = append(code, except(number, 1, descriptors...)...)
	}
	code = append(code, processes(n)...)
	code = append(code, netlink()...)
	code = append(code, only(unix.SYS_SOCKET, families...)...)
	code = append(code, only(unix.SYS_TGKILL, os.Getpid())...)
	code = append(code, only(unix.SYS_PRLIMIT64, 0, os.Getpid())...)
	return append(code, allow)
}
