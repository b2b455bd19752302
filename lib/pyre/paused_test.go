package pyre

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestPaused stops a process again and again while it searches, as a machine with much to do does. None of its searches, which take a
// millisecond, may count as one that took too long.
func TestPaused(t *testing.T) {
	if os.Getenv("SEARCH_ON") != "" {
		searchOn(t)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestPaused$")
	cmd.Env = append(os.Environ(), "SEARCH_ON=1")
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	progress := bufio.NewScanner(out)
	for range 5 {
		if !progress.Scan() {
			t.Fatal("it does not search")
		}
		cmd.Process.Signal(syscall.SIGSTOP)
		time.Sleep(3 * DefaultTimeout) // longer than a search may take, by the clock on the wall
		cmd.Process.Signal(syscall.SIGCONT)
	}
	in.Close()
	rest := ""
	for progress.Scan() {
		rest = progress.Text()
		if strings.HasPrefix(rest, "given up") {
			break
		}
	}
	if rest != "given up 0" {
		t.Errorf("%q", rest)
	}
}

// searchOn searches until its input ends, and says how often a search was given up.
func searchOn(t *testing.T) {
	re := MustCompile(`(?i)^(\w+)(?:a|aa)+ \1$`, 0)
	text := "x" + strings.Repeat("a", 18) + " X" // the reference takes the other case: only the exact engine can tell
	ended := make(chan bool)
	go func() { io.Copy(io.Discard, os.Stdin); close(ended) }()
	given := 0
	begin := time.Now()
	for n := 1; ; n++ {
		if _, err := re.MatchString(text); err != nil {
			given++
		}
		if n%20 == 0 {
			fmt.Println("on", n, time.Since(begin)/time.Duration(n))
			select {
			case <-ended:
				fmt.Println("given up", given)
				return
			default:
			}
		}
	}
}
