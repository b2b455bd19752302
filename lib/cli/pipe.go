package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// pipeSize is how much a pipe may hold, by default the most that an ordinary user may ask for.
const pipeSize = 1 << 20

// openPipe opens the pipe that r is once more, as a file that is waited for without holding a thread up, and that has deadlines.
// Those who share r see nothing of that. It also lets the pipe hold more than 64 KiB, so that the tool before us and this one
// take turns less often. It returns nil where r is no pipe, or another user's.
func openPipe(r io.Reader) *os.File {
	f, ok := r.(*os.File)
	if !ok {
		return nil
	}
	if info, err := f.Stat(); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		return nil
	}
	conn, err := f.SyscallConn()
	if err != nil {
		return nil
	}
	var pipe *os.File
	conn.Control(func(fd uintptr) {
		unix.FcntlInt(fd, unix.F_SETPIPE_SZ, pipeSize) // or it stays as it is
		pipe, err = os.OpenFile(fmt.Sprintf("/proc/self/fd/%d", fd), os.O_RDONLY|unix.O_NONBLOCK, 0)
	})
	if err != nil {
		return nil
	}
	return pipe
}

// endingPipe is a pipe that ends with a context.
type endingPipe struct {
	ctx   context.Context
	pipe  *os.File
	begin sync.Once
}

// Read is interrupted by a deadline when the context ends. There is none for those who never read here.
func (p *endingPipe) Read(b []byte) (int, error) {
	p.begin.Do(func() {
		context.AfterFunc(p.ctx, func() { p.pipe.SetReadDeadline(time.Unix(1, 0)) })
	})
	n, err := p.pipe.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) || p.ctx.Err() != nil {
		return 0, io.EOF
	}
	return n, err
}
