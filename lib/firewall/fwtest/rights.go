package fwtest

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// WithoutRight calls f as a process would that may not change the firewall; what
// it starts has no such right either.
func WithoutRight(t testing.TB, f func()) {
	t.Helper()
	done := make(chan error)
	go func() {
		// Capabilities belong to a thread. This one is never unlocked, so it ends
		// with the goroutine and nobody else gets it.
		runtime.LockOSThread()
		err := dropCapabilities()
		if err == nil {
			f()
		}
		done <- err
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func dropCapabilities() error {
	for _, c := range []uintptr{unix.CAP_NET_ADMIN, unix.CAP_NET_RAW} {
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); err != nil {
			return err
		}
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	return unix.Capset(&header, &none[0])
}
