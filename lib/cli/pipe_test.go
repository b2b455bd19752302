package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestPipeEndsWithItsContext reads a pipe until the context ends while a Read waits. Whoever shares the pipe's file still waits.
func TestPipeEndsWithItsContext(t *testing.T) {
	var fds [2]int
	if err := syscall.Pipe2(fds[:], syscall.O_CLOEXEC); err != nil { // as a shell makes it
		t.Fatal(err)
	}
	in, out := os.NewFile(uintptr(fds[0]), "in"), os.NewFile(uintptr(fds[1]), "out")
	defer in.Close()
	defer out.Close()
	ctx, cancel := context.WithCancel(context.Background())
	ending, _ := inputs(ctx, in)
	if _, ok := ending.(*endingPipe); !ok {
		t.Fatalf("it is a %T", ending)
	}
	out.WriteString("one")
	b := make([]byte, 10)
	if n, err := ending.Read(b); string(b[:n]) != "one" || err != nil {
		t.Fatalf("%q, %v", b[:n], err)
	}
	ended := make(chan error)
	go func() {
		_, err := ending.Read(b)
		ended <- err
	}()
	cancel()
	if err := <-ended; err != io.EOF {
		t.Errorf("the end is %v", err)
	}
	if flags, err := unix.FcntlInt(in.Fd(), unix.F_GETFL, 0); err != nil || flags&unix.O_NONBLOCK != 0 {
		t.Errorf("flags of the shared file: %o, %v", flags, err)
	}
}

// TestRawPipeOutlivesTheContext reads on after the context's end until the writer is done.
func TestRawPipeOutlivesTheContext(t *testing.T) {
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	ctx, cancel := context.WithCancel(context.Background())
	_, raw := inputs(ctx, in)
	cancel()
	out.WriteString("late")
	out.Close()
	if all, err := io.ReadAll(raw); string(all) != "late" || err != nil {
		t.Errorf("%q, %v", all, err)
	}
}

// TestFileEndsWithItsContext reads a file as far as the context lets it.
func TestFileEndsWithItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events")
	if err := os.WriteFile(path, []byte("one two"), 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	ctx, cancel := context.WithCancel(context.Background())
	ending, _ := inputs(ctx, in)
	b := make([]byte, 4)
	if n, err := ending.Read(b); string(b[:n]) != "one " || err != nil {
		t.Errorf("%q, %v", b[:n], err)
	}
	cancel()
	if n, err := ending.Read(b); n != 0 || err != io.EOF {
		t.Errorf("after the end: %q, %v", b[:n], err)
	}
}
