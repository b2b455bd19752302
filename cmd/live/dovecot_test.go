package live_test

import (
	"strings"
	"testing"
)

const dovecotConf = `
protocols = pop3
base_dir = /run/dovecot
state_dir = /run/dovecot/state
ssl = no
disable_plaintext_auth = yes
passdb {
  driver = static
  args = password=right
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=/tmp
}
`

// TestDovecot sends passwords in the clear, which Dovecot refuses, until it is not there any more.
func TestDovecot(t *testing.T) {
	live(t, func(m *machine) {
		m.configure("dovecot")
		m.write("/var/log/mail.log", "")
		m.write("/run/dovecot.conf", dovecotConf)
		m.start("dovecot", "-F", "-c", "/run/dovecot.conf")
		m.listening("110")
		p := m.protect()

		m.write("/run/login", "AUTH PLAIN AGJvYgBzZWNyZXQ=\r\n")
		for range 5 {
			out, _ := m.remote("sh", "-c", "nc -N "+server+" 110 </run/login")
			if !strings.Contains(out, "-ERR [AUTH] Plaintext authentication disabled.") {
				m.Fatalf("nc: %s", out)
			}
		}
		banned := p.next("banned", "dovecot", client)
		if !strings.Contains(banned.Line, "(tried to use disallowed plaintext auth): user=<>, ") {
			m.Errorf("banned for %s", banned.Line)
		}
		m.refused("pop3://" + server)
		m.equal("status", m.status("dovecot"), tree("dovecot", "1", "1", client))
		m.equal("messages", p.stop(), "")
	})
}
