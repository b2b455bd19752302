package sandbox

import (
	"slices"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// never are the calls that no tool of ours has a use for, and somebody who took it over would: to look into other processes,
// to reach what the other bounds do not know, to change the machine.
var never = []uint32{
	unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_PIDFD_GETFD, unix.SYS_KCMP,
	unix.SYS_PROCESS_MADVISE, unix.SYS_PROCESS_MRELEASE, unix.SYS_MIGRATE_PAGES, unix.SYS_MOVE_PAGES,
	unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER, unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN,
	unix.SYS_USERFAULTFD, unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL,
	unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT, unix.SYS_OPEN_TREE, unix.SYS_MOVE_MOUNT,
	unix.SYS_FSOPEN, unix.SYS_FSMOUNT, unix.SYS_FSPICK, unix.SYS_FSCONFIG, unix.SYS_MOUNT_SETATTR, unix.SYS_UNSHARE, unix.SYS_SETNS,
	unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE, unix.SYS_KEXEC_LOAD, unix.SYS_REBOOT,
	unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_ACCT, unix.SYS_SETTIMEOFDAY, unix.SYS_CLOCK_SETTIME, unix.SYS_CLOCK_ADJTIME,
	unix.SYS_ADJTIMEX, unix.SYS_SETHOSTNAME, unix.SYS_SETDOMAINNAME, unix.SYS_QUOTACTL, unix.SYS_SYSLOG, unix.SYS_PERSONALITY,
	unix.SYS_LISTEN, unix.SYS_TRUNCATE, unix.SYS_RT_SIGQUEUEINFO, unix.SYS_RT_TGSIGQUEUEINFO, unix.SYS_TKILL,
	unix.SYS_FANOTIFY_INIT, unix.SYS_FANOTIFY_MARK, unix.SYS_QUOTACTL_FD, unix.SYS_KEXEC_FILE_LOAD,
	unix.SYS_SOCKETPAIR, // from one, messages can be sent to any socket file
	unix.SYS_SHMGET, unix.SYS_SHMAT, unix.SYS_SHMCTL, unix.SYS_SEMGET, unix.SYS_SEMCTL, unix.SYS_SEMOP, unix.SYS_SEMTIMEDOP, unix.SYS_MSGGET, unix.SYS_MSGSND, unix.SYS_MSGRCV,
	unix.SYS_MSGCTL, unix.SYS_MQ_OPEN, unix.SYS_MQ_UNLINK, unix.SYS_VHANGUP,
}

// attributes are the calls that change what is noted of a file, beside its content.
var attributes = append([]uint32{
	unix.SYS_FCHMOD, unix.SYS_FCHMODAT, unix.SYS_FCHMODAT2, unix.SYS_FCHOWN, unix.SYS_FCHOWNAT, unix.SYS_UTIMENSAT,
	unix.SYS_SETXATTR, unix.SYS_LSETXATTR, unix.SYS_FSETXATTR, unix.SYS_REMOVEXATTR, unix.SYS_LREMOVEXATTR, unix.SYS_FREMOVEXATTR,
}, oldAttributes...)

// watches are the calls that tell what happens in folders, whether these may be read or not.
var watches = []uint32{unix.SYS_INOTIFY_INIT1, unix.SYS_INOTIFY_ADD_WATCH}

// programs are the calls that start programs, and deal with those that were started, or with others.
var programs = append([]uint32{unix.SYS_EXECVE, unix.SYS_EXECVEAT, unix.SYS_KILL, unix.SYS_PIDFD_SEND_SIGNAL, unix.SYS_SETPRIORITY, unix.SYS_IOPRIO_SET,
	unix.SYS_SCHED_SETAFFINITY, unix.SYS_SCHED_SETSCHEDULER, unix.SYS_SCHED_SETPARAM, unix.SYS_SCHED_SETATTR}, forks...)

// controls are what an ioctl may not do: type into the terminal that a tool was started from, choose whom a socket signals, or
// change the attributes of a file that can only be read. The last ones of these are those of 64 and of 32 bits.
var controls = []int{unix.TIOCSTI, unix.TIOCLINUX, unix.TIOCCONS, unix.TIOCSETD, unix.SIOCSPGRP, fioSetOwn,
	fsSetXattr, 0x40086602, 0x40046602, 0x40087602, 0x40047602} // FS_IOC_SETFLAGS, FS_IOC_SETVERSION

const (
	fioSetOwn  = 0x8901     // FIOSETOWN
	fsSetXattr = 0x401c5820 // FS_IOC_FSSETXATTR
)

// descriptors are what fcntl may not do: choose whom a descriptor signals and by what, have those wait who write to a file, or watch a
// folder.
var descriptors = []int{unix.F_SETOWN, unix.F_SETOWN_EX, unix.F_SETSIG, unix.F_SETLEASE, unix.F_NOTIFY}

// What a kernel has behind these numbers came after this was written, and what it can do is not known here: setxattrat was the first, which
// got round attributes. Those of the processor alone, on arm, lie far behind.
const (
	firstNewer = unix.SYS_MSEAL + 1
	ownOfArm   = 0xf0000
)

// newer refuses calls that nobody has looked at.
func newer() []bpf.Instruction {
	return []bpf.Instruction{
		bpf.JumpIf{Cond: bpf.JumpLessThan, Val: firstNewer, SkipTrue: 2},
		bpf.JumpIf{Cond: bpf.JumpGreaterOrEqual, Val: ownOfArm, SkipTrue: 1}, lack,
	}
}

// newNamespaces are the flags by which a new process comes into namespaces of its own, and to rights in them.
const newNamespaces = unix.CLONE_NEWNS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC | unix.CLONE_NEWUSER | unix.CLONE_NEWPID |
	unix.CLONE_NEWNET

// processes refuses these, and processes that are no threads where none is to be started. The flags of clone3 stand where a filter cannot look.
func processes(n Needs) []bpf.Instruction {
	needed := uint32(unix.CLONE_THREAD)
	if len(n.Programs) > 0 {
		needed = ^uint32(0) // any flag, of which there always are
	}
	return []bpf.Instruction{
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.SYS_CLONE3, SkipTrue: 1}, lack,
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.SYS_CLONE, SkipTrue: 6},
		bpf.LoadAbsolute{Off: argumentsAt, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpBitsNotSet, Val: newNamespaces, SkipTrue: 1}, refuse,
		bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: needed, SkipTrue: 1}, refuse,
		bpf.LoadAbsolute{Off: numberAt, Size: 4},
	}
}

// netlink refuses all of it but what firewalls and addresses take.
func netlink() []bpf.Instruction {
	return []bpf.Instruction{
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.SYS_SOCKET, SkipTrue: 7},
		bpf.LoadAbsolute{Off: argumentsAt, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.AF_NETLINK, SkipTrue: 4},
		bpf.LoadAbsolute{Off: argumentsAt + 2*argumentSize, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.NETLINK_NETFILTER, SkipTrue: 2},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.NETLINK_ROUTE, SkipTrue: 1}, refuse,
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
	if len(n.Folders) == 0 {
		all = append(all, watches...)
	}
	return all
}

// only allows a call if its first argument is one of those, and refuses it otherwise.
func only(number uint32, values ...int) []bpf.Instruction {
	return argument(number, 0, values, allow, refuse)
}

// except refuses a call if one of its arguments, counted from 0, is one of those, and leaves it to what follows otherwise.
func except(number uint32, place uint32, values ...int) []bpf.Instruction {
	return argument(number, place, values, refuse, bpf.LoadAbsolute{Off: numberAt, Size: 4})
}

// argument does one thing if an argument of a call is one of those, and another one otherwise.
func argument(number, place uint32, values []int, one, other bpf.Instruction) []bpf.Instruction {
	body := []bpf.Instruction{bpf.LoadAbsolute{Off: argumentsAt + place*argumentSize, Size: 4}}
	for _, v := range values {
		body = append(body, bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(v), SkipTrue: 1}, one)
	}
	body = append(body, other)
	return append([]bpf.Instruction{bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: number, SkipTrue: uint8(len(body))}}, body...)
}
