// Package nftables is the firewall backend that speaks netlink to the kernel's
// nftables. Everything is in one table:
//
//	table inet f2b {
//		set addr4-sshd   { type ipv4_addr; flags timeout }
//		set addr6-sshd   { type ipv6_addr; flags timeout }
//		set net4-24-sshd { type ipv4_addr; flags interval,timeout }
//		chain jail-sshd {
//			type filter hook input priority filter - 1; policy accept
//			tcp dport 22 ip saddr @addr4-sshd counter reject with tcp reset
//			...
//		}
//	}
//
// Each jail has a base chain of its own, so that no process ever edits what
// another one uses. Networks have a set for each prefix length: networks of one
// length never overlap, which an interval set would refuse, and each keeps a
// timeout of its own even inside a wider one.
//
// The kernel ends the bans, counts the packets that each rule refused, and is the
// only record of what is there: nothing is mirrored here.
package nftables

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"

	nft "github.com/google/nftables"
	"github.com/mdlayher/netlink"

	"f2b/lib/firewall"
)

// tableName is the one table that holds all that is ours.
const tableName = "f2b"

// Backend implements [firewall.Backend].
type Backend struct {
	jail func(name string) firewall.Jail

	mu    sync.Mutex
	open  bool
	conn  *nft.Conn         // nil: to be dialled at the next use
	gen   uint32            // the ruleset's generation that Check knows to be good
	jails map[string]*state // by name: what this process uses

	watch   *watch // nil: nobody tells what others delete
	stirred bool   // somebody else changed the ruleset unwatched, and Suspects has not said so yet
}

// state is what is known of a jail in the kernel.
type state struct {
	sets map[set]*content // the sets that are there and have rules; empty: set it up before use
	lost bool             // something was gone and Check has not said so yet
}

// New returns a backend that asks jail for the settings of a name when it is
// first banned in.
func New(jail func(name string) firewall.Jail) *Backend {
	return &Backend{jail: jail, jails: map[string]*state{}}
}

func (b *Backend) Name() string { return "nftables" }

// KernelExpiry is true: set elements have timeouts.
func (b *Backend) KernelExpiry() bool { return true }

// Open connects to the kernel and reads from it, for which the same right is
// needed as for changing it.
func (b *Backend) Open(context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open = true
	err := b.connect()
	if err == nil {
		_, err = b.conn.ListTablesOfFamily(nft.TableFamilyINet)
	}
	if err != nil {
		b.open = false
		b.hangUp()
	}
	return explain(err)
}

// connect makes sure that there is a connection.
func (b *Backend) connect() error {
	if !b.open {
		return errNotOpen
	}
	if b.conn != nil {
		return nil
	}
	var port uint32
	conn, err := nft.New(nft.AsLasting(), nft.WithSockOptions(func(c *netlink.Conn) error {
		port = c.PID()
		return nil
	}))
	if err != nil {
		return err
	}
	b.conn = conn
	b.listen(port)
	return nil
}

// hangUp closes the connection. It is called after every error too: a fresh
// connection has no half a batch and no late answer in it.
func (b *Backend) hangUp() error {
	if b.conn == nil {
		return nil
	}
	err := b.conn.CloseLasting()
	b.conn = nil
	return err
}

// Close closes the connection; the bans stay.
func (b *Backend) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open = false
	b.deafen()
	return b.hangUp()
}

// Flush removes the named jails' chains and sets, or the table.
func (b *Backend) Flush(jails ...string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.connect(); err != nil {
		return explain(err)
	}
	err := b.flush(jails)
	if err != nil {
		b.hangUp()
	}
	return explain(err)
}

func (b *Backend) flush(jails []string) error {
	if len(jails) == 0 {
		clear(b.jails)
		// Deleting what is not there fails; adding what is there does not.
		b.conn.AddTable(table())
		b.conn.DelTable(table())
		return b.commit()
	}
	for _, name := range jails {
		delete(b.jails, name)
		if err := b.removeJail(name); err != nil {
			return err
		}
	}
	return b.removeEmptyTable()
}

// commit sends what was added to the connection. It counts the generations that
// are our own doing, so that others' show.
func (b *Backend) commit() error {
	return b.count(b.conn.Flush())
}

// commitExactly sends the same for the generation that is known, or fails with
// ERESTART because somebody else has made a newer one.
func (b *Backend) commitExactly() error {
	return b.count(b.conn.FlushWithGenID(b.gen))
}

func (b *Backend) count(err error) error {
	if err == nil {
		b.gen++
	}
	return err
}

func table() *nft.Table {
	return &nft.Table{Family: nft.TableFamilyINet, Name: tableName}
}

var errNotOpen = errors.New("not open")

// explain puts the remedy behind an error of the kernel's, where one is known.
func explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EACCES):
		return errors.New("nftables: permission denied: run as root, or give f2b-ban CAP_NET_ADMIN; where it has that, another program owns table inet f2b")
	case errors.Is(err, syscall.EPROTONOSUPPORT), errors.Is(err, syscall.EAFNOSUPPORT), errors.Is(err, syscall.EINVAL):
		return fmt.Errorf("nftables: %w: does this kernel have nf_tables? try -backend iptables or modprobe nf_tables", err)
	case errors.Is(err, syscall.ENFILE):
		return fmt.Errorf("nftables: the set is full: %w", err)
	}
	return fmt.Errorf("nftables: %w", err)
}

// passing reports whether an error may be gone at the next attempt: another
// program changed the table in between, or an answer was lost.
func passing(err error) bool {
	for _, e := range []error{syscall.ENOENT, syscall.ENOBUFS, syscall.EINTR, syscall.ERESTART, syscall.EBUSY, syscall.EAGAIN} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
