package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/gaissmai/bart"

	"f2b/lib/cli"
	"f2b/lib/jail"
)

// lookupTimeout is how long all host names of -ignoreip together may take to be looked up.
const lookupTimeout = 10 * time.Second

// ignoreList is the set of addresses to leave alone.
type ignoreList struct{ table bart.Lite }

// overlaps says whether an address, or any address of a net, is to be left alone.
func (l *ignoreList) overlaps(p netip.Prefix) bool { return l.table.OverlapsPrefix(p) }

// newIgnoreList makes the list of what entries name. Names that are not found are told, and left out.
func newIgnoreList(io *cli.IO, values []string, self bool) (*ignoreList, error) {
	list := new(ignoreList)
	if self {
		if err := list.addSelf(); err != nil {
			io.Warnf("ignoreself: %v", err)
		}
	}
	var names []string
	for _, value := range values {
		for _, entry := range jail.SplitList(value) {
			more, err := list.addEntry(entry)
			if err != nil {
				return nil, err
			}
			names = append(names, more...)
		}
	}
	list.addNames(io, names)
	return list, nil
}

// addEntry adds an entry of the list; host names are handed back, to be looked up.
func (l *ignoreList) addEntry(entry string) (names []string, err error) {
	if path, isFile := strings.CutPrefix(entry, "file:"); isFile {
		return l.addFile(path)
	}
	names, err = l.add(entry)
	if err != nil {
		err = entryError{err}
	}
	return names, err
}

// entryError is what is wrong with an entry of the list itself, not of a file that it names.
type entryError struct{ error }

// add adds an address or a net; a host name is handed back, to be looked up.
func (l *ignoreList) add(entry string) (names []string, err error) {
	prefix, isName, err := jail.ParseEntry(entry)
	switch {
	case err != nil:
		return nil, err
	case isName:
		return []string{entry}, nil
	}
	l.table.Insert(prefix)
	return nil, nil
}

// addFile adds the entries of a file, one a line, with comments after "#"; host names are handed back.
func (l *ignoreList) addFile(path string) (names []string, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		more, err := l.add(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, number, err)
		}
		names = append(names, more...)
	}
	return names, nil
}

// addSelf adds the addresses of the machine's interfaces, and all of the loopback.
func (l *ignoreList) addSelf() error {
	l.table.Insert(netip.MustParsePrefix("127.0.0.0/8"))
	l.table.Insert(netip.MustParsePrefix("::1/128"))
	addrs, err := net.InterfaceAddrs()
	for _, addr := range addrs {
		if prefix, err := netip.ParsePrefix(addr.String()); err == nil {
			l.insert(prefix.Addr())
		}
	}
	return err
}

// insert adds one address.
func (l *ignoreList) insert(addr netip.Addr) {
	addr = addr.Unmap().WithZone("")
	l.table.Insert(netip.PrefixFrom(addr, addr.BitLen()))
}

// addNames looks host names up. One that is not found is said, and the others count.
func (l *ignoreList) addNames(io *cli.IO, names []string) {
	ctx, cancel := context.WithTimeout(io.Context, lookupTimeout)
	defer cancel()
	for _, name := range names {
		addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", name)
		if err != nil {
			io.Errorf("ignoreip: %s is not known, so it is not left alone: %v", name, err)
		}
		for _, addr := range addrs {
			l.insert(addr)
		}
	}
}
