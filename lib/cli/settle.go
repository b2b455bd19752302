package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// startTime is long for a start, and short beside the days that a service waits.
const startTime = time.Second

// settle lets go, when the start is over, of the pages of the program that only the start needed: reading flags, configuration and
// patterns takes more of them than the work that follows for days. The kernel brings those back from the file that are needed
// after all.
func settle() {
	maps, err := os.Open("/proc/self/smaps") // now, for a sandbox will not let us; it is read later, which takes a while
	if err != nil {
		return
	}
	time.AfterFunc(startTime, func() {
		defer maps.Close()
		for _, p := range programPages(maps) {
			unix.Syscall(unix.SYS_MADVISE, p.start, p.end-p.start, unix.MADV_DONTNEED) // or they stay
		}
	})
}

// span is where something lies in memory.
type span struct{ start, end uintptr }

// programPages finds in the process's smaps the parts of the program in memory that are as they are in its file and cannot be written to.
func programPages(smaps io.Reader) []span {
	path, err := os.Executable()
	if err != nil {
		return nil
	}
	maps, err := io.ReadAll(smaps)
	if err != nil {
		return nil
	}
	return unchanged(maps, path)
}

// unchanged reads smaps, as proc_pid_smaps(5) describes it, for the read-only parts of a file of which no page is the process's
// own. Where a program was moved at its start, some are: those are not in the file.
func unchanged(smaps []byte, path string) (pages []span) {
	var p span
	ours := false
	for line := range bytes.Lines(smaps) {
		var rights, own string
		switch {
		case bytes.HasPrefix(line, []byte("Anonymous:")):
			if _, err := fmt.Sscanf(string(line), "Anonymous: %s kB", &own); ours && err == nil && own == "0" {
				pages = append(pages, p)
			}
			ours = false
		case bytes.HasSuffix(line, []byte(" "+path+"\n")):
			_, err := fmt.Sscanf(string(line), "%x-%x %s", &p.start, &p.end, &rights)
			ours = err == nil && (rights == "r--p" || rights == "r-xp")
		}
	}
	return pages
}
