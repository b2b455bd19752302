package live_test

import (
	"strings"
	"testing"
	"time"
)

// misspelt is what the author's jail.local has and nothing reads.
const misspelt = `/etc/fail2ban/jail\.local:\d+: \[DEFAULT\] destmail: no such option: it has no effect \(did you mean destemail\?\)`

// TestAsterisk bans for ever by an action of the administrator's own and by a mail to him, in a configuration with remarks in Japanese.
func TestAsterisk(t *testing.T) {
	live(t, func(m *machine) {
		m.configure("asterisk")
		mails := m.mailbox()
		m.write("/var/log/auth.log", "")
		m.write("/var/log/asterisk/messages", "")
		// The jail calls the action by another name than its file has.
		m.check(misspelt, `/etc/fail2ban/jail\.local:\d+: \[asterisk\] action: there is no action "iptables-asterisk" in .*`)
		m.edit("jail.local", "iptables-asterisk[", "iptables-sip[")
		m.check(misspelt)
		m.edit("jail.local", "destmail =", "destemail =")
		m.check()

		p := m.protect()
		m.fail(2, "/var/log/asterisk/messages", in("["+time.DateTime+"]"),
			`NOTICE[1310] chan_sip.c: Registration from '"100" <sip:100@`+server+`>' failed for '`+client+`:5071' - Wrong password`)
		if banned := p.next("banned", "asterisk", client); banned.Bantime != -1 || !banned.Expires.IsZero() {
			m.Errorf("banned for %d seconds until %s, want for ever", banned.Bantime, banned.Expires)
		}
		m.received(mails, "To: sample@ZZZZ.ZZZ", "[Fail2Ban] ASTERISK: banned "+client+" ")
		m.equal("messages", p.stop(), "")

		// The ban outlives the pipeline.
		rule := "-A fail2ban-ASTERISK -s " + client + "/32 -p udp -m udp --dport 5060 -j DROP\n"
		frame := "-N fail2ban-ASTERISK\n-A INPUT -j fail2ban-ASTERISK\n" + rule + "-A fail2ban-ASTERISK -j RETURN\n"
		m.equal("rules", m.chains(), frame)
		m.equal("status", m.status("asterisk"), tree("asterisk", "1", "1", client))
		m.sh("f2b-ban unban " + client)
		m.equal("rules after the ban", m.chains(), strings.Replace(frame, rule, "", 1))
		m.sh("f2b-ban flush")
		m.equal("rules in the end", m.chains(), "")
	})
}

// mailbox makes sendmail's actions write their mails to a file.
func (m *machine) mailbox() (file string) {
	m.Helper()
	m.write("/etc/fail2ban/action.d/sendmail-common.local", "[Init]\nmailcmd = cat >>/run/mails\n")
	m.write("/run/mails", "")
	return "/run/mails"
}

// received waits until the mails say all of this.
func (m *machine) received(mails string, texts ...string) {
	m.Helper()
	for _, text := range texts {
		m.until("a mail with "+text, func() bool { return strings.Contains(m.sh("cat "+mails), text) })
	}
}

// chains are the rules of iptables without its policies.
func (m *machine) chains() string {
	m.Helper()
	return m.sh("iptables -S | grep -v ^-P || true")
}
