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

// never are the calls that no tool of ours has a use for, and somebody who took it over would: to look into other processes,
// to reach what the other bounds do not know, to change the machine.
var never = []uint32{
	unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_PIDFD_GETFD, unix.SYS_KCMP,
	unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER, unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN,
	unix.SYS_USERFAULTFD, unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL,
	unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT, unix.SYS_OPEN_TREE, unix.SYS_MOVE_MOUNT,
	unix.SYS_FSOPEN, unix.SYS_FSMOUNT, unix.SYS_FSPICK, unix.SYS_FSCONFIG, unix.SYS_MOUNT_SETATTR, unix.SYS_UNSHARE, unix.SYS_SETNS,
	unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE, unix.SYS_KEXEC_LOAD, unix.SYS_REBOOT,
	unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_ACCT, unix.SYS_SETTIMEOFDAY, unix.SYS_CLOCK_SETTIME, unix.SYS_CLOCK_ADJTIME,
	unix.SYS_ADJTIMEX, unix.SYS_SETHOSTNAME, unix.SYS_SETDOMAINNAME, unix.SYS_QUOTACTL, unix.SYS_SYSLOG, unix.SYS_PERSONALITY,
	unix.SYS_LISTEN, unix.SYS_TRUNCATE, unix.SYS_RT_SIGQUEUEINFO, unix.SYS_RT_TGSIGQUEUEINFO, unix.SYS_TKILL,
}

// attributes are the calls that change what is noted of a file, beside its content.
var attributes = append([]uint32{
	unix.SYS_FCHMOD, unix.SYS_FCHMODAT, unix.SYS_FCHMODAT2, unix.SYS_FCHOWN, unix.SYS_FCHOWNAT, unix.SYS_UTIMENSAT,
	unix.SYS_SETXATTR, unix.SYS_LSETXATTR, unix.SYS_FSETXATTR, unix.SYS_REMOVEXATTR, unix.SYS_LREMOVEXATTR, unix.SYS_FREMOVEXATTR,
}, oldAttributes...)

// programs are the calls that start programs, and deal with those that were started.
var programs = []uint32{unix.SYS_EXECVE, unix.SYS_EXECVEAT, unix.SYS_KILL, unix.SYS_PIDFD_SEND_SIGNAL}

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
	for _, number := range refused(n) {
		code = append(code, bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: number, SkipTrue: 1}, refuse)
	}
	families := n.Families
	if n.Lookups {
		families = append(slices.Clone(families), unix.AF_INET, unix.AF_INET6)
	}
	code = append(code, protocol(unix.IPPROTO_MPTCP)...)
	code = append(code, firstArgument(unix.SYS_SOCKET, families)...)
	code = append(code, firstArgument(unix.SYS_TGKILL, []int{os.Getpid()})...)
	return append(code, allow)
}

// protocol refuses sockets of a protocol: Landlock, which bounds connections, knows TCP and not all that speaks it.
func protocol(number uint32) []bpf.Instruction {
	return []bpf.Instruction{
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.SYS_SOCKET, SkipTrue: 4},
		bpf.LoadAbsolute{Off: argumentsAt + 2*argumentSize, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: number, SkipTrue: 1}, refuse,
		bpf.LoadAbsolute{Off: numberAt, Size: 4},
	}
}

// refused are the numbers of calls that are refused whatever their arguments.
func refused(n Needs) []uint32 {
	all := slices.Clone(never)
	if !n.Attributes {
		all = append(all, attributes...)
	}
	if len(n.Programs) == 0 {
		all = append(all, programs...)
	}
	return all
}

// firstArgument allows a call if its first argument is one of those, and refuses it otherwise.
func firstArgument(number uint32, values []int) []bpf.Instruction {
	body := []bpf.Instruction{bpf.LoadAbsolute{Off: argumentsAt, Size: 4}}
	for _, v := range values {
		body = append(body, bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(v), SkipTrue: 1}, allow)
	}
	body = append(body, refuse)
	return append([]bpf.Instruction{bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: number, SkipTrue: uint8(len(body))}}, body...)
}
