package source

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestCloseEndsAWait closes a named pipe that is being read: before anything came, and behind a line.
func TestCloseEndsAWait(t *testing.T) {
	for _, first := range []string{"", "a line\n"} {
		path := filepath.Join(t.TempDir(), "pipe")
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		waits := make(chan struct{}, 8)
		src := Files([]string{path, "another"}, Options{
			BeforeRead: func() error { waits <- struct{}{}; return nil },
			Report:     func(err error) { t.Errorf("reported: %v", err) },
		})
		w, err := os.OpenFile(path, os.O_RDWR, 0) // a writer, so that opening waits for nobody
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		io.WriteString(w, first)
		ended := make(chan error)
		go func() {
			_, err := src.Next()
			if first != "" && err == nil {
				_, err = src.Next()
			}
			ended <- err
		}()
		for range 2 + len(first)/len("a line\n") { // to open, and to read
			<-waits
		}
		if err := src.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != io.EOF {
			t.Errorf("Next behind %q: %v", first, err)
		}
		if _, err := src.Next(); err != io.EOF {
			t.Errorf("Next after that: %v", err)
		}
	}
}
