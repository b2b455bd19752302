package live_test

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"regexp"
	"strconv"
)

// message is what the C library's syslog sends: the priority, the time, the program.
var message = regexp.MustCompile(`^<(\d+)>(\w{3} [ \d]\d \d\d:\d\d:\d\d) (.*)`)

// facilities are the logs of syslog's facilities, as Debian has them.
var facilities = map[int]string{2: "/var/log/mail.log", 4: "/var/log/auth.log", 10: "/var/log/auth.log"}

// syslog writes what programs log to files, as rsyslog does.
func (m *machine) syslog() {
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: "/dev/log", Net: "unixgram"})
	if err != nil {
		m.Errorf("syslog: %v", err)
		return
	}
	buf := make([]byte, 64*1024)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			m.Errorf("syslog: %v", err)
			return
		}
		part := message.FindSubmatch(bytes.TrimRight(buf[:n], "\x00\n"))
		if part == nil {
			m.Errorf("syslog: %q is no message", buf[:n])
			continue
		}
		priority, _ := strconv.Atoi(string(part[1]))
		name, ok := facilities[priority/8]
		if !ok {
			name = "/var/log/syslog"
		}
		f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
		if err != nil {
			m.Errorf("syslog: %v", err)
			return
		}
		fmt.Fprintf(f, "%s server %s\n", part[2], part[3])
		f.Close()
	}
}
