package firewall

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
)

// A PortRange is the ports from First to Last, both included.
type PortRange struct {
	First, Last uint16
}

// String is the range as iptables writes it: "22" or "5060:5061".
func (r PortRange) String() string {
	if r.First == r.Last {
		return strconv.Itoa(int(r.First))
	}
	return fmt.Sprintf("%d:%d", r.First, r.Last)
}

// ParsePorts reads a port list as jail.conf and iptables write it: numbers,
// ranges ("5060:5061", also with "-") and names of the services list or, on a
// machine without one, of the services that jails name, parted by commas or white space. The whole range ("0:65535"), "all" and an empty list
// mean every port, which is the empty result. The result is sorted and free of overlaps.
func ParsePorts(s string) ([]PortRange, error) {
	var ports []PortRange
	words := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' || r == '\r' })
	for _, word := range words {
		if word == "all" {
			return nil, nil
		}
		r, err := parseRange(word)
		if err != nil {
			return nil, err
		}
		ports = append(ports, r)
	}
	ports = MergePorts(ports)
	// Port 0 is no port that a packet is sent to: 1:65535 is everything too.
	if len(ports) == 1 && ports[0].First <= 1 && ports[0].Last == 65535 {
		return nil, nil
	}
	return ports, nil
}

// parseRange reads one port, one service or one range of either. A service name
// may hold a "-" itself, so the name is tried first.
func parseRange(word string) (PortRange, error) {
	first, last, ranged := strings.Cut(word, ":")
	if !ranged {
		port, err := parsePort(word)
		if err == nil {
			return PortRange{port, port}, nil
		}
		if first, last, ranged = strings.Cut(word, "-"); !ranged || !isNumber(first) || !isNumber(last) {
			return PortRange{}, err
		}
	}
	low, err := parsePort(cmp.Or(first, "0"))
	if err != nil {
		return PortRange{}, err
	}
	high, err := parsePort(cmp.Or(last, "65535"))
	if err != nil {
		return PortRange{}, err
	}
	if low > high {
		return PortRange{}, fmt.Errorf("port range %q: it ends before it begins", word)
	}
	return PortRange{low, high}, nil
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func parsePort(s string) (uint16, error) {
	if isNumber(s) {
		n, err := strconv.ParseUint(s, 10, 16)
		if err != nil {
			return 0, fmt.Errorf("port %q: not in 0-65535", s)
		}
		return uint16(n), nil
	}
	for _, network := range []string{"tcp", "udp"} {
		if n, err := net.LookupPort(network, s); err == nil && s != "" {
			return uint16(n), nil
		}
	}
	if n, ok := services[strings.ToLower(s)]; ok {
		return n, nil
	}
	return 0, fmt.Errorf("port %q: neither a number nor a name in the services list", s)
}

// MergePorts sorts ranges and joins those that overlap or touch, because a set
// in the kernel takes no port twice. It does not change its argument.
func MergePorts(ports []PortRange) []PortRange {
	sorted := slices.SortedFunc(slices.Values(ports), func(a, b PortRange) int {
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Last, b.Last))
	})
	var merged []PortRange
	for _, r := range sorted {
		if n := len(merged); n > 0 && int(r.First) <= int(merged[n-1].Last)+1 {
			merged[n-1].Last = max(merged[n-1].Last, r.Last)
			continue
		}
		merged = append(merged, r)
	}
	return merged
}

// FormatPorts writes ranges as iptables' multiport match wants them: "22,5060:5061".
func FormatPorts(ports []PortRange) string {
	words := make([]string, len(ports))
	for i, r := range ports {
		words[i] = r.String()
	}
	return strings.Join(words, ",")
}
