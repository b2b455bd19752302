package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/gaissmai/bart"

	"f2b/lib/cli"
)

// lookupTimeout is how long all host names of -ignoreip together may take to be looked up.
const lookupTimeout = 10 * time.Second

// ignoreList is the set of addresses to leave alone.
type ignoreList struct{ table bart.Lite }

// overlaps says whether an address, or any address of a net, is to be left alone.
func (l *ignoreList) overlaps(p netip.Prefix) bool { return l.table.OverlapsPrefix(p) }

// ignored makes the list that the flags ask for.
func (c *count) ignored(io *cli.IO) (*ignoreList, error) {
	list := new(ignoreList)
	if c.Ignoreself {
		if err := list.addSelf(); err != nil {
			io.Warnf("-ignoreself: %v", err)
		}
	}
	var names []string
	for _, value := range c.Ignoreip {
		for _, entry := range splitList(value) {
			path, isFile := strings.CutPrefix(entry, "file:")
			if isFile {
				more, err := list.addFile(path)
				if err != nil {
					return nil, fmt.Errorf("-ignoreip: %w", err)
				}
				names = append(names, more...)
				continue
			}
			name, err := list.add(entry)
			if err != nil {
				return nil, cli.Usagef("-ignoreip: %v", err)
			}
			names = append(names, name...)
		}
	}
	list.addNames(io, names)
	return list, nil
}

// splitList parts a list at commas and white space.
func splitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || strings.ContainsRune(" \t\r\n", r) })
}

// add adds an address or a net; a host name is handed back, to be looked up.
func (l *ignoreList) add(entry string) (names []string, err error) {
	prefix, isName, err := parseEntry(entry)
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
			io.Errorf("-ignoreip: %s is not known, so it is not left alone: %v", name, err)
		}
		for _, addr := range addrs {
			l.insert(addr)
		}
	}
}

// hostName is a host name. Its last label begins with a letter, or a slip in an address would be taken for a name.
var hostName = regexp.MustCompile(`^([\pL\pN_]([\pL\pN_-]*[\pL\pN_])?\.)*\pL([\pL\pN_-]*[\pL\pN_])?\.?$`)

// parseEntry reads an address, or a net as 192.0.2.0/24 or 192.0.2.0/255.255.255.0, whatever its host bits are; or says
// that the entry is a host name.
func parseEntry(entry string) (p netip.Prefix, isName bool, err error) {
	text, length, isNet := strings.Cut(entry, "/")
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" {
		if !isNet && hostName.MatchString(entry) {
			return p, true, nil
		}
		return p, false, fmt.Errorf("%q is no address, net or host name", entry)
	}
	bits := addr.BitLen()
	if isNet {
		if bits, err = maskBits(addr, length); err != nil {
			return p, false, fmt.Errorf("%q: %w", entry, err)
		}
	}
	if addr.Is4In6() && bits >= 96 {
		addr, bits = addr.Unmap(), bits-96
	}
	p, err = addr.Prefix(bits)
	return p, false, err
}

// maskBits reads what stands behind the slash of a net: the length of the prefix, or the mask.
func maskBits(addr netip.Addr, text string) (int, error) {
	if mask, err := netip.ParseAddr(text); err == nil && mask.BitLen() == addr.BitLen() {
		bits, size := net.IPMask(mask.AsSlice()).Size()
		if size == 0 {
			return 0, fmt.Errorf("%s is no mask", text)
		}
		return bits, nil
	}
	p, err := netip.ParsePrefix(addr.WithZone("").String() + "/" + text)
	if err != nil {
		return 0, fmt.Errorf("%q is no length of a prefix", text)
	}
	return p.Bits(), nil
}
