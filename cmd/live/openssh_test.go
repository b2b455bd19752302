package live_test

import (
	"slices"
	"testing"
)

// TestOpenSSH types a wrong password until the server refuses to be connected to, and is let in again.
func TestOpenSSH(t *testing.T) {
	live(t, func(m *machine) {
		m.configure("openssh")
		m.write("/var/log/auth.log", "")
		m.sh("mkdir -p /run/sshd")
		m.start("/usr/sbin/sshd", "-D")
		m.listening("22")
		p := m.protect()

		m.ssh(denied)
		m.ssh(denied, "Connection reset by "+server+" port 22") // it may be banned before it hears of the failure
		if banned := p.next("banned", "sshd", client); banned.Bantime != 60 || banned.Failures != 2 {
			m.Errorf("banned for %d seconds after %d failures, want 60 after 2", banned.Bantime, banned.Failures)
		}
		m.ssh("ssh: connect to host " + server + " port 22: Connection refused")
		m.equal("status", m.status("sshd"), tree("sshd", "1", "1", client))

		m.sh("f2b-ban unban " + client)
		p.next("unbanned", "sshd", client)
		m.equal("status", m.status("sshd"), tree("sshd", "0", "1", ""))
		m.ssh(denied)
		m.equal("messages", p.stop(), "")
	})
}

const denied = "root@" + server + ": Permission denied (publickey,password)."

// ssh connects from the client, where a wrong password is typed; the last line that ssh says has to be one of those wanted.
func (m *machine) ssh(want ...string) {
	m.Helper()
	m.write("/run/askpass", "#!/bin/sh\necho wrong\n")
	m.sh("chmod +x /run/askpass")
	out, ok := m.remote("env", "SSH_ASKPASS=/run/askpass", "SSH_ASKPASS_REQUIRE=force", "ssh", "-F", "none", "-o", "StrictHostKeyChecking=no",
		"-o", "UserKnownHostsFile=/run/known_hosts", "-o", "NumberOfPasswordPrompts=1", "-o", "PubkeyAuthentication=no", "root@"+server)
	if ok || !slices.Contains(want, last(out)) {
		m.Errorf("ssh ended with %t and said\n%swant %s", ok, out, want)
	}
}
