// Package action is the firewall backend that runs fail2ban's actions: any file of an action.d, one or several for each ban.
//
// # Life
//
// An action is set up (actionstart) when it is first needed in a jail, for each family on its own where it tells them apart, or by Start
// if it is told not to wait (actionstart_on_demand = false). Bans
// outlive the process, so it is not set up again when actioncheck finds it there, and actionstop is run by Flush alone. A
// command that fails has actioncheck run; if that fails too, what is missing is brought back (actionrepair, else actionstop and
// actionstart); then the command is tried once more. A command takes at most the action's timeout, a minute unless it says
// otherwise, and is then killed with all that it started. Commands of one action file never run at the same time.
//
// Several actions of one ban run in their order. The ban is in force when the first of those that can end it, that have an
// actionunban, has made it; nobody waits for the others, such as mails.
//
// # Values
//
// No value of an event is ever part of a script. A tag in a script becomes an environment variable, quoted as its place needs it:
//
//	iptables -I f2b-sshd 1 -s <ip> -j DROP       iptables -I f2b-sshd 1 -s "${f2b_ip}" -j DROP
//	echo "banned <ip>" 'user <F-USER>'           echo "banned ${f2b_ip}" 'user '"${f2b_F_USER}"
//
// A value therefore is one argument, or a part of one, whatever is in it. Beyond that:
//
//   - text that begins with "-", "@" or "<" gets a space before it where it begins a word, so that it is no option and no file; an id
//     (<fid>, and <ip> where there is no address) that begins so is refused there, and one with control characters everywhere;
//   - where a program runs or splits its text (sh -c, eval, awk, sed, $(...) outside of quotes, a file's name behind ">"), text
//     has to be a plain word, or the command is not run; the same in $((...)) for what is no number;
//   - what printf reads as a format, or by %b, is written so that it comes out unchanged;
//   - NUL becomes U+FFFD, a value is cut at 60 KiB, captures are one line, and no line begins with "~" where a mail program is called;
//   - a jail's name is part of the script, and whatever is not a letter, a digit or one of "_.-" is taken out of it.
//
// A tag in a place where no quotes can help (a quoted here-document, the name of a variable) makes the action unusable, which is said
// at once. What an administrator writes into parameters is text, as it is in fail2ban, and is trusted.
package action

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os/exec"
	"slices"
	"sync"
	"time"

	"f2b/lib/config"
	"f2b/lib/firewall"
)

// Options are what New can be told. All of them may be left out.
type Options struct {
	// Report is told what goes wrong without making a ban fail.
	Report func(error)
	// Around gives the options of a jail that actions may refer to.
	Around func(jail string) []config.Arg
	// Resolve finds the name of an address, for <ip-host> alone; the machine's resolver does it otherwise.
	Resolve func(context.Context, netip.Addr) string
}

// underWay is how many bans may be at work at once, those included whose mail is not sent yet.
const underWay = 1024

// Backend implements [firewall.Backend].
type Backend struct {
	jail    func(name string) firewall.Jail
	options Options
	ctx     context.Context // of the commands; nil: not open
	kill    context.CancelFunc
	told    context.Context // done when the program is told to end
	slots   chan struct{}
	waiting sync.WaitGroup // operations and what is left to try again
	closing chan struct{}
	host    hostname

	mu      sync.Mutex
	jails   map[string][]*instance
	workers map[string]*worker // by action file
	lost    map[string]bool
	tries   map[firewall.Ban]int // how often bans could not be ended, by jail and id or prefix
	looking bool                 // a check is at work or has just been
}

// New returns a backend that asks jail for the actions of a name when it is first banned in.
func New(jail func(name string) firewall.Jail, options Options) *Backend {
	if options.Report == nil {
		options.Report = func(error) {}
	}
	if options.Around == nil {
		options.Around = func(string) []config.Arg { return nil }
	}
	if options.Resolve == nil {
		options.Resolve = resolve
	}
	return &Backend{
		jail: jail, options: options,
		slots: make(chan struct{}, underWay), closing: make(chan struct{}),
		jails: map[string][]*instance{}, workers: map[string]*worker{}, lost: map[string]bool{}, tries: map[firewall.Ban]int{},
	}
}

func (b *Backend) Name() string { return "action" }

// KernelExpiry is false: an action ends a ban when it is told to.
func (b *Backend) KernelExpiry() bool { return false }

// ReadsEvents is true: tags stand for what is in events.
func (b *Backend) ReadsEvents() bool { return true }

// Open looks for a shell. What rights the actions need, only they know.
func (b *Backend) Open(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ctx != nil {
		return nil
	}
	if _, err := exec.LookPath("sh"); err != nil {
		return errors.New("action: sh: not found: actions are shell scripts")
	}
	b.told = ctx
	b.ctx, b.kill = context.WithCancel(context.WithoutCancel(ctx))
	return nil
}

var errNotOpen = errors.New("action: not open")

// afterword is how long commands may go on when the program is told to end.
const afterword = 10 * time.Second

// Close waits for the commands that are under way, such as mails, if the program has not been told to end. The bans stay.
func (b *Backend) Close() error {
	b.mu.Lock()
	opened := b.ctx != nil
	b.mu.Unlock()
	if !opened {
		return nil
	}
	defer b.kill()
	defer context.AfterFunc(b.told, func() { time.AfterFunc(afterword, b.kill) })()
	select {
	case <-b.closing:
	default:
		close(b.closing)
	}
	b.waiting.Wait()
	return nil
}

// worker is the one that runs the commands of an action file. The caller has the lock.
func (b *Backend) worker(file string) *worker {
	w := b.workers[file]
	if w == nil {
		w = &worker{}
		b.workers[file] = w
	}
	return w
}

// instances are the actions of a jail.
func (b *Backend) instances(jail string) ([]*instance, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ctx == nil {
		return nil, errNotOpen
	}
	if all := b.jails[jail]; all != nil {
		return all, nil
	}
	var all []*instance
	for _, spec := range b.jail(jail).Actions {
		a, err := b.newInstance(jail, spec)
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	if len(all) == 0 {
		return nil, errors.New("action: none is named: try -action NAME")
	}
	b.jails[jail] = all
	return all, nil
}

// FlushLeaves reports whether Flush leaves bans of a jail in force, for lack of an actionflush: they have to be ended one by one before.
func (b *Backend) FlushLeaves(jail string) bool {
	all, err := b.instances(jail)
	return err == nil && slices.ContainsFunc(all, func(a *instance) bool {
		for _, family := range a.families() {
			if a.text("actionunban", family) != "" && a.text("actionflush", family) == "" {
				return true
			}
		}
		return false
	})
}

// resolve asks the machine's name servers.
func resolve(ctx context.Context, addr netip.Addr) string {
	ctx, cancel := context.WithTimeout(ctx, resolvePatience)
	defer cancel()
	names, err := net.DefaultResolver.LookupAddr(ctx, addr.String())
	if err != nil || len(names) == 0 {
		return ""
	}
	return names[0]
}
