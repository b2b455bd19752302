// Package sandbox has a process give up what it does not need, before it reads what strangers wrote.
//
// What it gives up it cannot get back, nor can a program that it starts. Three parts of the kernel see to that: Landlock,
// which bounds the files that can be opened; a filter of system calls, for all that Landlock does not know, sockets and the
// starting of programs above all; and the old rights of Unix, user and capabilities. Where a kernel lacks one of them the
// others hold.
package sandbox

import (
	"fmt"
	"strings"
	"time"

	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
	"kernel.org/pub/linux/libs/security/libcap/psx"

	"golang.org/x/sys/unix"
)

// Flags are the flags of a tool that locks itself in.
type Flags struct {
	Sandbox string `enum:"on,off" default:"on" placeholder:"on|off" help:"off: keep the rights to files, network and programs that are not needed."`
	User    string `placeholder:"NAME" help:"Started by root, become the user NAME before anything is read."`
}

// Enter does what the flags say of a process with these needs. say is told what holds.
func (f *Flags) Enter(n Needs, say func(format string, a ...any)) error {
	user, err := LookUp(f.User)
	if err != nil {
		return err
	}
	if f.Sandbox == "off" {
		err = user.become(nil)
		say("sandbox: off: nothing is bounded")
	} else {
		var s Status
		s, err = Enter(n, user)
		say("sandbox: %v", s)
	}
	if err == nil {
		takenOver()
	}
	return err
}

// Needs are what a process still has to do. The zero value leaves it nothing but the files it has open.
type Needs struct {
	Files    []string // may be read; those that are not there are left out
	Folders  []string // all that is in them, or comes to be in them, may be read
	Listed   []string // the names in these folders, and in those within, may be read
	Writable []string // all that is in these folders may be read, changed, made and removed
	Programs []string // may be started, with what they load, and read; none of what they need beside that is implied
	Lookups  bool     // host names may be looked up

	// Anything says that the process starts programs of the administrator's, which may do what they like: it becomes the user, and
	// gains no privileges.
	Anything bool

	Families     []int     // the families of sockets that may be made, beside those of Lookups
	Capabilities []uintptr // kept, as far as the process has them
	Attributes   bool      // owners and modes of files may be changed
}

// Status is what holds since Enter.
type Status struct {
	Landlock int  // the version of the kernel's Landlock; 0: files are not bounded
	Calls    bool // system calls are filtered
	Anything bool // as in Needs
}

// String says in words what holds, and what does not.
func (s Status) String() string {
	if s.Anything {
		return "bounded: new privileges; not bounded: files, programs and network, which a command of yours may need"
	}
	var holds, lacks []string
	add := func(ok bool, what string) {
		if ok {
			holds = append(holds, what)
		} else {
			lacks = append(lacks, what)
		}
	}
	add(s.Landlock > 0, "files")
	add(s.Calls, "programs and network")
	text := "bounded: " + strings.Join(append(holds, "privileges"), ", ")
	if len(lacks) > 0 {
		text += "; this kernel cannot bound: " + strings.Join(lacks, ", ")
	}
	return text
}

// Enter gives up all that is not needed, in all threads, for good. user, unless it is nil, is who to become. That a kernel
// cannot bound something is no error but told in the Status.
func Enter(n Needs, user *User) (s Status, err error) {
	s.Landlock, _ = ll.LandlockGetABIVersion() // an error: it is not compiled in, or not allowed
	if user != nil && s.Landlock == 0 {
		n.Capabilities = nil // nothing would bound them
	}
	_ = time.Now().Local().String() // reads the machine's time zone, while it can be
	if err := user.become(n.Capabilities); err != nil {
		return s, err
	}
	if s.Anything = n.Anything; n.Anything {
		return s, noNewPrivileges()
	}
	if err := keep(n.Capabilities); err != nil {
		return s, err
	}
	if s.Landlock == 0 {
		err = noNewPrivileges()
	} else {
		err = boundFiles(counted(n)) // does that too
	}
	if err != nil {
		return s, err
	}
	s.Calls, err = filterCalls(n)
	return s, err
}

// noNewPrivileges has setuid bits and capabilities of files mean nothing any more, in all threads.
func noNewPrivileges() error {
	if _, _, errno := psx.Syscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0); errno != 0 {
		return fmt.Errorf("no_new_privs: %w", errno)
	}
	return nil
}
