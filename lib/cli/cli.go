// Package cli is what the tools have in common on the outside: flags, help, messages and exit statuses.
//
// # Flags
//
// A tool is a pointer to a struct whose fields are its flags, arguments and commands, in kong's tags, with a method
//
//	Run(io *cli.IO) error
//
// (on each command's struct, where there are commands). Flags are written as users of package flag, grep and iptables
// write them: -name value, -name=value, --name value and --name=value are the same; one-letter flags may stand together
// behind one dash; flags and arguments may come in any order, and after "--" there are only arguments. -h and -V are there
// by themselves.
//
// # Messages
//
// stdout is for data alone. stderr is for people: one line, "NAME: text", in lower case, without a full stop or a time,
// with one hint where there is a likely remedy. What comes from outside is shown with its control characters escaped.
//
// # Exit status
//
// As grep's: 0 when something was written, 1 when nothing was, 2 when there was an error, even one that the run survived.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// The exit statuses.
const (
	statusOK      = 0
	statusNothing = 1
	statusError   = 2
)

// ErrNothing is what Run returns when it has written nothing: exit status 1 without a message.
var ErrNothing = errors.New("nothing was written")

// usageError is a call that makes no sense.
type usageError struct {
	text   string
	hinted bool // the text says already what to try
}

func (e *usageError) Error() string { return e.text }

// Usagef returns the error for a call that makes no sense; the message gets a hint at -h.
func Usagef(format string, a ...any) error {
	return &usageError{text: fmt.Sprintf(format, a...)}
}

// IO is what a tool has of the world.
type IO struct {
	Name string // the tool's own, as in its messages

	// Stdin ends when Context is done, even while a Read waits.
	Stdin io.Reader
	// RawStdin is the same input without that, for a tool that reads on until its writer is done.
	RawStdin io.Reader

	Stdout, Stderr io.Writer

	// Context is done at the first SIGTERM or SIGINT. A second one ends the process as it does by default.
	Context context.Context

	// Alone says that the process is the tool's alone, to do with as it likes. In tests it is not.
	Alone bool

	mu     sync.Mutex
	failed bool
	shows  bool // a line of progress stands on the terminal
}

// Warnf writes a message.
func (io *IO) Warnf(format string, a ...any) {
	io.mu.Lock()
	defer io.mu.Unlock()
	io.wipe()
	fmt.Fprintf(io.Stderr, "%s: %s\n", io.Name, printable(fmt.Sprintf(format, a...)))
}

// Errorf writes a message about something that went wrong. The run goes on, but its exit status will be 2.
func (io *IO) Errorf(format string, a ...any) {
	io.Warnf(format, a...)
	io.mu.Lock()
	defer io.mu.Unlock()
	io.failed = true
}

// Main runs a tool with the process's arguments and streams, and ends the process.
func Main(name, description string, tool any) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	context.AfterFunc(ctx, stop) // the second signal has its default effect
	settle()
	ending, in := inputs(ctx, os.Stdin)
	os.Exit(run(&IO{
		Name: name, Stdin: ending, RawStdin: in, Stdout: os.Stdout, Stderr: os.Stderr, Context: ctx, Alone: true,
	}, description, tool, os.Args[1:]))
}

// Run runs a tool inside the process and returns its exit status.
func Run(name, description string, tool any, args []string, in io.Reader, out, err io.Writer) int {
	return RunContext(context.Background(), name, description, tool, args, in, out, err)
}

// RunContext is Run with a context, the end of which is to the tool what a SIGTERM is to the process.
func RunContext(ctx context.Context, name, description string, tool any, args []string, in io.Reader, out, err io.Writer) int {
	ending, in := inputs(ctx, in)
	return run(&IO{Name: name, Stdin: ending, RawStdin: in, Stdout: out, Stderr: err, Context: ctx}, description, tool, args)
}

// run runs a tool and returns its exit status.
func run(streams *IO, description string, tool any, args []string) int {
	g, problem := newGrammar(streams.Name, description, tool)
	if problem != nil {
		return streams.status(problem)
	}
	return streams.status(g.run(args, streams))
}

// status makes the exit status of what Run returned, and says what went wrong.
func (io *IO) status(err error) int {
	var usage *usageError
	switch {
	case err == nil, isClosedPipe(err):
	case errors.Is(err, ErrNothing):
		if !io.failed {
			return statusNothing
		}
	case errors.As(err, &usage) && usage.hinted:
		io.Errorf("%s", usage.text)
	case errors.As(err, &usage):
		io.Errorf("%s (see %s -h)", usage.text, io.Name)
	default:
		io.Errorf("%v", err)
	}
	if io.failed {
		return statusError
	}
	return statusOK
}

// isClosedPipe says whether the error is that nobody reads our output any more. That is the reader's good right: head
// ends after ten lines. (A process that writes to a closed stdout dies of SIGPIPE before it comes to this, as grep does.)
func isClosedPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}
