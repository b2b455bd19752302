//go:build takeover

package sandbox

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// takenOver tries, where F2B_TAKEOVER names a folder to play in, what somebody would who had taken the process over right after
// Enter. What succeeds is told as "done", else "refused" with the reason. Then the process goes on as if nothing had happened.
// A port of 127.0.0.1 where somebody listens is in F2B_TAKEOVER_PORT.
func takenOver() {
	dir := os.Getenv("F2B_TAKEOVER")
	if dir == "" {
		return
	}
	address := "127.0.0.1:" + os.Getenv("F2B_TAKEOVER_PORT")
	for _, try := range []struct {
		what string
		do   func() error
	}{
		{"read /etc/shadow", func() error { return ignore(os.ReadFile("/etc/shadow")) }},
		{"list a folder", func() error { return ignore(os.ReadDir("/etc")) }},
		{"write a file", func() error { return os.WriteFile(filepath.Join(dir, "written"), []byte("x"), 0o600) }},
		{"cut a file", func() error { return os.Truncate(filepath.Join(dir, "victim"), 0) }},
		{"change a file's mode", func() error { return os.Chmod(filepath.Join(dir, "victim"), 0o777) }},
		{"change a file's attributes", func() error { return setAttribute(filepath.Join(dir, "victim")) }},
		{"remove a file", func() error { return os.Remove(filepath.Join(dir, "victim")) }},
		{"start a program", startProgram},
		{"connect by TCP", func() error { return connect(&net.Dialer{}, "tcp", address) }},
		{"connect by another TCP", func() error { return connectMultipath(address) }},
		{"send by UDP", func() error { return sendByUDP(address) }},
		{"connect to a socket file", func() error { return connect(&net.Dialer{}, "unix", filepath.Join(dir, "socket")) }},
		{"send to a socket file", func() error { return sendFromPair(filepath.Join(dir, "socket")) }},
		{"listen", func() error { return ignore(net.Listen("tcp", "127.0.0.1:0")) }},
		{"make a raw socket", func() error { return ignore(unix.Socket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_TCP)) }},
		{"signal its parent", func() error { return unix.Kill(os.Getppid(), 0) }},
		{"signal its parent by a pipe", signalByPipe},
		{"limit its parent", func() error { return unix.Prlimit(os.Getppid(), unix.RLIMIT_CORE, nil, &unix.Rlimit{}) }},
		{"read its parent's memory", readParent},
		{"type into its terminal", typeIn},
		{"make a process", func() error { return makeProcess(0) }},
		{"make a namespace", func() error { return makeProcess(unix.CLONE_NEWUSER) }},
		{"hold up who writes to a file", holdUp},
		{"watch a folder", watchFolder},
		{"make a ring of calls", makeRing},
	} {
		if err := everywhere(try.do); err != nil {
			fmt.Fprintf(os.Stderr, "takeover: %s: refused: %v\n", try.what, err)
		} else {
			fmt.Fprintf(os.Stderr, "takeover: %s: done\n", try.what)
		}
	}
}

// everywhere tries something in several threads at once: it is enough if one of them can.
func everywhere(do func() error) error {
	const threads = 4
	errs := make(chan error, threads)
	for range threads {
		go func() {
			runtime.LockOSThread()
			errs <- do()
		}()
	}
	var last error
	for range threads {
		if last = <-errs; last == nil {
			return nil
		}
	}
	return last
}

func ignore[T any](_ T, err error) error { return err }

// connectMultipath connects by a protocol that is TCP on the wire and not in the kernel's rules.
func connectMultipath(address string) error {
	var d net.Dialer
	d.SetMultipathTCP(true)
	return connect(&d, "tcp", address)
}

// connect connects and hangs up: who listens takes one after the other.
func connect(d *net.Dialer, network, address string) error {
	c, err := d.Dial(network, address)
	if err == nil {
		err = c.Close()
	}
	return err
}

// startProgram starts one, without the files that package os/exec opens for it.
func startProgram() error {
	pid, err := syscall.ForkExec("/bin/true", []string{"true"}, nil)
	if err == nil {
		_, err = syscall.Wait4(pid, nil, 0, nil)
	}
	return err
}

func sendByUDP(address string) error {
	c, err := net.Dial("udp", address)
	if err == nil {
		_, err = c.Write([]byte("x"))
	}
	return err
}

func readParent() error {
	var there, here [1]byte
	local := []unix.Iovec{{Base: &here[0], Len: 1}}
	_, err := unix.ProcessVMReadv(os.Getppid(), local, []unix.RemoteIovec{{Base: uintptr(unsafe.Pointer(&there)), Len: 1}}, 0)
	if err == unix.EFAULT { // it was looked for: only the place was wrong
		return nil
	}
	return err
}

func makeRing() error {
	_, _, errno := syscall.Syscall(unix.SYS_IO_URING_SETUP, 1, 0, 0)
	if errno == unix.EFAULT { // the call is there
		return nil
	}
	return errno
}

// setAttribute does so by a call that Linux has since 6.13.
func setAttribute(file string) error {
	path, name, value := append([]byte(file), 0), []byte("user.f2b\x00"), [...]byte{'x'}
	args := struct {
		value       uint64
		size, flags uint32
	}{uint64(uintptr(unsafe.Pointer(&value))), 1, 0}
	here := unix.AT_FDCWD
	_, _, errno := syscall.Syscall6(unix.SYS_SETXATTRAT, uintptr(here), uintptr(unsafe.Pointer(&path[0])), 0, uintptr(unsafe.Pointer(&name[0])),
		uintptr(unsafe.Pointer(&args)), unsafe.Sizeof(args))
	runtime.KeepAlive(&value)
	return failed(errno)
}

// signalByPipe has a pipe signal somebody else.
func signalByPipe() error {
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		return err
	}
	defer unix.Close(pipe[0])
	defer unix.Close(pipe[1])
	return ignore(unix.FcntlInt(uintptr(pipe[0]), unix.F_SETOWN, os.Getppid()))
}

// typeIn writes what the shell that started this process would read as typed.
func typeIn() error {
	key := [...]byte{'x'}
	_, _, errno := syscall.Syscall(unix.SYS_IOCTL, 2, unix.TIOCSTI, uintptr(unsafe.Pointer(&key)))
	if errno == unix.ENOTTY { // only the terminal is missing
		return nil
	}
	return failed(errno)
}

// makeProcess makes a process that ends at once, perhaps in a namespace of its own.
func makeProcess(flags uintptr) error {
	pid, _, errno := syscall.RawSyscall6(unix.SYS_CLONE, flags|uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	if errno == 0 && pid == 0 {
		syscall.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
	}
	if errno == 0 {
		return ignore(unix.Wait4(int(pid), nil, 0, nil))
	}
	return failed(errno)
}

// sendFromPair sends to a socket file without a socket that was made for that.
func sendFromPair(path string) error {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(pair[0])
	defer unix.Close(pair[1])
	err = unix.Sendto(pair[0], []byte("x"), 0, &unix.SockaddrUnix{Name: path})
	if err == unix.EPROTOTYPE { // it was reached: only its kind was wrong
		return nil
	}
	return err
}

// holdUp has those wait that open a file for writing.
func holdUp() error {
	_, err := unix.FcntlInt(0, unix.F_SETLEASE, unix.F_RDLCK)
	if err == unix.EINVAL || err == unix.EAGAIN { // it was tried: only the file is none, or others have it open
		return nil
	}
	return err
}

func watchFolder() error {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return ignore(unix.InotifyAddWatch(fd, "/etc", unix.IN_CREATE))
}

// failed is what a call failed with, if anything.
func failed(errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}
