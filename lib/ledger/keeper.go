package ledger

import (
	"errors"
	"fmt"
	"hash/fnv"
	"os"

	"golang.org/x/sys/unix"
)

// lockSuffix ends the name of the file beside the ledger whose locked bytes say who lives. It is not the ledger itself:
// closing a file drops the locks that SQLite holds on it.
const lockSuffix = ".keepers"

// roles is where the bytes of roles begin, behind those of all the keepers there will ever be.
const roles = 1 << 40

// BecomeKeeper gives this ledger's process a number under which it looks after bans, for as long as it lives. The
// kernel keeps the proof of life, a lock: it ends with the process, however that ends.
func (l *Ledger) BecomeKeeper() (int64, error) {
	if l.keeper != 0 {
		return l.keeper, nil
	}
	if l.memory != nil {
		l.keeper = 1
		return l.keeper, nil
	}
	var id int64
	if err := l.row("UPDATE clock SET keeper = keeper + 1 RETURNING keeper").Scan(&id); err != nil {
		return 0, l.wrap(err)
	}
	if _, err := l.tryLock(id); err != nil {
		return 0, err
	}
	l.keeper = id
	return id, nil
}

// Keeper is the number that BecomeKeeper gave; 0 before.
func (l *Ledger) Keeper() int64 { return l.keeper }

// Alive reports whether the keeper of that number lives.
func (l *Ledger) Alive(keeper int64) (bool, error) {
	switch {
	case keeper == 0:
		return false, nil
	case keeper == l.keeper:
		return true, nil
	}
	return l.locked(keeper)
}

// TryRole makes this process the one that has a role, until it ends. It reports false when another process has it.
func (l *Ledger) TryRole(role string) (bool, error) {
	if l.memory != nil {
		return true, nil
	}
	return l.tryLock(roleByte(role))
}

// RoleTaken reports whether another process has a role.
func (l *Ledger) RoleTaken(role string) (bool, error) { return l.locked(roleByte(role)) }

// roleByte is the byte that stands for a role. Two roles might share one, once in a million million machines.
func roleByte(role string) int64 {
	h := fnv.New64a()
	h.Write([]byte(role))
	return roles + int64(h.Sum64()%roles)
}

func (l *Ledger) tryLock(at int64) (bool, error) {
	if err := l.openLock(); err != nil {
		return false, err
	}
	err := unix.FcntlFlock(l.lock.Fd(), unix.F_OFD_SETLK, byteLock(at))
	if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EACCES) {
		return false, nil
	}
	return err == nil, l.lockError(err)
}

// locked reports whether another process holds a byte.
func (l *Ledger) locked(at int64) (bool, error) {
	if l.memory != nil {
		return false, nil
	}
	if err := l.openLock(); err != nil {
		return false, err
	}
	lock := byteLock(at)
	if err := unix.FcntlFlock(l.lock.Fd(), unix.F_OFD_GETLK, lock); err != nil {
		return false, l.lockError(err)
	}
	return lock.Type != unix.F_UNLCK, nil
}

func (l *Ledger) openLock() (err error) {
	if l.lock == nil {
		l.lock, err = os.OpenFile(l.path+lockSuffix, os.O_RDWR|os.O_CREATE, 0o600)
	}
	return l.lockError(err)
}

func (l *Ledger) lockError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("state %s: %w", l.path+lockSuffix, bare(err))
}

func byteLock(at int64) *unix.Flock_t {
	return &unix.Flock_t{Type: unix.F_WRLCK, Start: at, Len: 1}
}
