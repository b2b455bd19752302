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
		{"remove a file", func() error { return os.Remove(filepath.Join(dir, "victim")) }},
		{"start a program", startProgram},
		{"connect by TCP", func() error { return connect(&net.Dialer{}, "tcp", address) }},
		{"connect by another TCP", func() error { return connectMultipath(address) }},
		{"send by UDP", func() error { return sendByUDP(address) }},
		{"connect to a socket file", func() error { return connect(&net.Dialer{}, "unix", filepath.Join(dir, "socket")) }},
		{"listen", func() error { return ignore(net.Listen("tcp", "127.0.0.1:0")) }},
		{"make a raw socket", func() error { return ignore(unix.Socket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_TCP)) }},
		{"signal its parent", func() error { return unix.Kill(os.Getppid(), 0) }},
		{"read its parent's memory", readParent},
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
	var failed error
	for range threads {
		if failed = <-errs; failed == nil {
			return nil
		}
	}
	return failed
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
