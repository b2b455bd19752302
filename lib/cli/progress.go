package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Meter says how far a run has come. What it calls is called while the run goes on.
type Meter struct {
	Total                 int64 // the bytes that there are to read; negative: unknown
	Bytes, Lines, Matches func() int64

	OutputLast bool // nothing is printed before the run is over, so that output and progress may go to the same terminal
}

// The words of -progress.
const (
	ProgressAuto   = "auto"
	ProgressAlways = "always"
	ProgressNever  = "never"
)

const (
	progressDelay    = time.Second            // shorter runs need no progress
	progressInterval = 250 * time.Millisecond // between two looks at the Meter
	eraseLine        = "\r\x1b[K"
)

// Progress shows a Meter in the last line of a terminal until stop is called, which wipes it away. ProgressAuto shows it where
// stderr is a terminal that can wipe, in front of which somebody waits for this run; where output does not scroll past on the same one; and
// where Total is known, so that there is an end to wait for.
func (io *IO) Progress(when string, m Meter) (stop func()) {
	if when == ProgressNever || when != ProgressAlways && !io.wantsProgress(&m) {
		return func() {}
	}
	delay := progressDelay
	if when == ProgressAlways {
		delay = 0
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		io.keepShowing(&m, delay, done)
	}()
	return func() {
		close(done)
		<-ended
	}
}

func (io *IO) wantsProgress(m *Meter) bool {
	term := os.Getenv("TERM")
	return m.Total > 0 && term != "" && term != "dumb" && isTerminal(io.Stderr) && (m.OutputLast || !isTerminal(io.Stdout))
}

// keepShowing looks at the meter again and again. All that the run itself pays for it are the meter's counts.
func (io *IO) keepShowing(m *Meter, delay time.Duration, done <-chan struct{}) {
	start := time.Now()
	next := time.NewTimer(delay)
	defer next.Stop()
	for {
		select {
		case <-next.C:
			io.show(m.parts(time.Since(start)))
			next.Reset(progressInterval)
		case <-done:
			io.mu.Lock()
			defer io.mu.Unlock()
			io.wipe()
			return
		}
	}
}

// show draws as many parts as fit in a line. The cursor goes back to its beginning, so that a message of another tool of the
// pipe starts there.
func (io *IO) show(parts []string) {
	columns, terminal := columns(io.Stderr)
	if terminal && !inForeground(io.Stderr) {
		return
	}
	text := io.Name + ": " + parts[0]
	for _, part := range parts[1:] {
		if text += ", " + part; len(text) >= columns {
			text = text[:len(text)-len(part)-2]
			break
		}
	}
	text = text[:min(len(text), columns-1)]
	io.mu.Lock()
	defer io.mu.Unlock()
	fmt.Fprintf(io.Stderr, "%s%s\r", eraseLine, text)
	io.shows = true
}

// wipe takes the line away before something else is written there; io.mu is held.
func (io *IO) wipe() {
	if io.shows {
		fmt.Fprint(io.Stderr, eraseLine)
		io.shows = false
	}
}

// parts are what there is to say, the most important first.
func (m *Meter) parts(elapsed time.Duration) (parts []string) {
	bytes, seconds := m.Bytes(), max(elapsed.Seconds(), 1e-3)
	if m.Total > 0 {
		bytes = min(bytes, m.Total) // a log may have grown
		parts = append(parts, fmt.Sprintf("%d%% of %s", bytes*100/m.Total, byteSize(m.Total)))
		if bytes > 0 {
			parts = append(parts, remaining(seconds*float64(m.Total-bytes)/float64(bytes))+" left")
		}
	} else {
		parts = append(parts, byteSize(bytes)+" read")
	}
	return append(parts, grouped(m.Matches())+" matches", grouped(int64(float64(m.Lines())/seconds))+" lines/s")
}

// byteSize writes a number of bytes with the unit that fits.
func byteSize(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	size, units := float64(n)/1000, "kMGTPE"
	for size >= 999.5 {
		size, units = size/1000, units[1:]
	}
	if size < 9.95 {
		return fmt.Sprintf("%.1f %cB", size, units[0])
	}
	return fmt.Sprintf("%.0f %cB", size, units[0])
}

// remaining writes seconds as 0:07 or 1:02:03.
func remaining(seconds float64) string {
	n := int64(min(seconds, 1e6))
	if n < 3600 {
		return fmt.Sprintf("%d:%02d", n/60, n%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", n/3600, n/60%60, n%60)
}

// grouped writes a number with commas.
func grouped(n int64) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// OnTerminal tells whether the output is shown on a terminal, not handed to a program.
func (io *IO) OnTerminal() bool { return isTerminal(io.Stdout) }

// isTerminal says whether a stream is one.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	_, err := unix.IoctlGetTermios(int(file.Fd()), unix.TCGETS)
	return err == nil
}

// columns is the width of a terminal; 80 where it does not say.
func columns(w io.Writer) (n int, terminal bool) {
	if !isTerminal(w) {
		return 80, false
	}
	size, err := unix.IoctlGetWinsize(int(w.(*os.File).Fd()), unix.TIOCGWINSZ)
	if err != nil || size.Col < 2 {
		return 80, true
	}
	return int(size.Col), true
}

// inForeground says whether the terminal is ours at the moment. One that is not the session's does not say.
func inForeground(w io.Writer) bool {
	group, err := unix.IoctlGetInt(int(w.(*os.File).Fd()), unix.TIOCGPGRP)
	return err != nil || group == unix.Getpgrp()
}
