package fwtest

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What a client sees of a port.
const (
	Answered = "answered" // tcp: connected; udp: the echo came back
	Refused  = "refused"  // at once: ECONNREFUSED
	Silent   = "silent"   // nothing came for [patience]
)

// patience is how long a client waits for an answer over a wire of no length.
const patience = 300 * time.Millisecond

// The addresses of the server's end of the wire.
var (
	Server4 = netip.MustParseAddr("192.0.2.254")
	Server6 = netip.MustParseAddr("2001:db8::fe")
)

// A Peer is a second network namespace at the other end of a wire. It has the
// addresses that it was made with, and tries to reach servers of this one.
type Peer struct {
	requests  *json.Encoder
	responses *bufio.Scanner
}

type request struct {
	Network, From, To string
}

// NewPeer makes a peer with these addresses, which are on one wire with Server4
// and Server6 whatever they are. It goes with the test.
func NewPeer(t testing.TB, addrs ...netip.Addr) *Peer {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), inside+"=peer")
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = namespace()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		cmd.Wait()
		Try(t, "ip", "link del fw0")
	})
	wire(t, cmd.Process.Pid, addrs)
	return &Peer{json.NewEncoder(stdin), bufio.NewScanner(stdout)}
}

// wire joins the two namespaces.
func wire(t testing.TB, pid int, addrs []netip.Addr) {
	t.Helper()
	// Tests refuse more packets than a kernel sends refusals.
	for _, limit := range []string{"ipv4/icmp_ratelimit", "ipv6/icmp/ratelimit"} {
		if err := os.WriteFile("/proc/sys/net/"+limit, []byte("0"), 0); err != nil {
			t.Fatal(err)
		}
	}
	Run(t, "ip", "link set lo up")
	Run(t, "ip", "link add fw0 type veth peer name fw1 netns "+strconv.Itoa(pid))
	Run(t, "ip", "address add "+Server4.String()+"/24 dev fw0")
	Run(t, "ip", "address add "+Server6.String()+"/64 dev fw0 nodad")
	Run(t, "ip", "link set fw0 up")
	peer := func(args string) {
		t.Helper()
		Run(t, "nsenter", fmt.Sprintf("-t %d -n ip %s", pid, args))
	}
	peer("link set fw1 up")
	for _, a := range addrs {
		flag := ""
		if a.Is6() {
			flag = " nodad"
		}
		peer(fmt.Sprintf("address add %s/%d dev fw1%s", a, a.BitLen(), flag))
		Run(t, "ip", fmt.Sprintf("route replace %s dev fw0", a))
	}
	peer("route add " + Server4.String() + " dev fw1")
	peer("-6 route add " + Server6.String() + " dev fw1")
}

// Try reports what a client at an address of the peer sees of a server's port:
// Answered, Refused or Silent. The network is "tcp" or "udp".
func (p *Peer) Try(t testing.TB, network string, from netip.Addr, to netip.AddrPort) string {
	t.Helper()
	if err := p.requests.Encode(request{network, from.String(), to.String()}); err != nil {
		t.Fatal(err)
	}
	if !p.responses.Scan() {
		t.Fatalf("the peer went away: %v", p.responses.Err())
	}
	return p.responses.Text()
}

// servePeer answers requests, one a line, until there are no more.
func servePeer(in io.Reader, out io.Writer) {
	requests := json.NewDecoder(in)
	for {
		var r request
		if requests.Decode(&r) != nil {
			return
		}
		fmt.Fprintln(out, strings.ReplaceAll(reach(r), "\n", " "))
	}
}

// reach connects and waits for the server's echo.
func reach(r request) string {
	dialer := net.Dialer{Timeout: patience}
	from := netip.AddrPortFrom(netip.MustParseAddr(r.From), 0)
	if r.Network == "udp" {
		dialer.LocalAddr = net.UDPAddrFromAddrPort(from)
	} else {
		dialer.LocalAddr = net.TCPAddrFromAddrPort(from)
	}
	conn, err := dialer.Dial(r.Network, r.To)
	if err != nil {
		return outcome(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	if _, err := conn.Write([]byte("hello")); err != nil {
		return outcome(err)
	}
	_, err = conn.Read(make([]byte, 16))
	return outcome(err)
}

func outcome(err error) string {
	var timeout net.Error
	switch {
	case err == nil:
		return Answered
	case errors.Is(err, syscall.ECONNREFUSED):
		return Refused
	case errors.As(err, &timeout) && timeout.Timeout():
		return Silent
	}
	return err.Error()
}

// Echo serves a port of all addresses, sending back what comes, for as long as
// the test lasts. The network is "tcp" or "udp"; it returns the port.
func Echo(t testing.TB, network string) uint16 {
	t.Helper()
	if network == "udp" {
		return echoUDP(t)
	}
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() { io.Copy(conn, conn); conn.Close() }()
		}
	}()
	return uint16(l.Addr().(*net.TCPAddr).Port)
}

func echoUDP(t testing.TB) uint16 {
	// One socket a family: a reply has to come from the address that was asked.
	c4, err := net.ListenUDP("udp4", &net.UDPAddr{})
	if err != nil {
		t.Fatal(err)
	}
	port := c4.LocalAddr().(*net.UDPAddr).Port
	c6, err := net.ListenUDP("udp6", &net.UDPAddr{Port: port})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*net.UDPConn{c4, c6} {
		t.Cleanup(func() { c.Close() })
		go func() {
			buf := make([]byte, 1500)
			for {
				n, from, err := c.ReadFromUDPAddrPort(buf)
				if err != nil && errors.Is(err, net.ErrClosed) {
					return
				}
				if err == nil {
					c.WriteToUDPAddrPort(buf[:n], from)
				}
			}
		}()
	}
	return uint16(port)
}
