package action

import (
	"context"
	"net"
	"os"
	"strings"
	"sync"
	"time"
)

// resolvePatience is how long a name server may take.
const resolvePatience = 5 * time.Second

// A hostname is what this machine is called: short and in full.
type hostname struct {
	once  [2]sync.Once
	names [2]string
}

// get asks for a name when a script wants it, and keeps it.
func (h *hostname) get(ctx context.Context, full bool) string {
	h.once[0].Do(func() { h.names[0], _ = os.Hostname() })
	if !full {
		return h.names[0]
	}
	h.once[1].Do(func() { h.names[1] = fullName(ctx, h.names[0]) })
	return h.names[1]
}

// fullName finds a name with a dot for this machine, as fail2ban does: the first that its addresses are known by.
func fullName(ctx context.Context, short string) string {
	ctx, cancel := context.WithTimeout(ctx, resolvePatience)
	defer cancel()
	addrs, err := net.DefaultResolver.LookupHost(ctx, short)
	if err != nil {
		return short
	}
	for _, addr := range addrs {
		names, err := net.DefaultResolver.LookupAddr(ctx, addr)
		if err != nil {
			continue
		}
		for _, name := range names {
			if name = strings.TrimSuffix(name, "."); strings.Contains(name, ".") {
				return name
			}
		}
	}
	return short
}
