package live_test

import (
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	maillog     = "/var/log/maillog"
	multilog    = "/var/log/qmail/smtp/current"
	squirrelLog = "/var/log/squirrelmail.log"
)

// TestQmailToaster runs the five filters and jails of a mail server, indented as people paste them.
func TestQmailToaster(t *testing.T) {
	live(t, func(m *machine) {
		m.configure("qmailtoaster")
		mails := m.mailbox()
		for _, file := range []string{maillog, multilog, squirrelLog} {
			m.write(file, "")
		}
		// The page has blanks that are none, and an action is misspelt. That is told with the place, and the other jails are right.
		m.check(`/etc/fail2ban/filter\.d/dos-hosts\.conf:3: failregex: a no-break space .*`,
			`/etc/fail2ban/filter\.d/dos-hosts\.conf:4: failregex: a no-break space .*`,
			`/etc/fail2ban/jail\.conf:\d+: \[vpopmail\] action: there is no action "sendmailwhois" .* \(did you mean sendmail-whois\?\)`)
		m.sh("sed -i 's/\u00a0/ /' /etc/fail2ban/filter.d/dos-hosts.conf")
		m.edit("jail.conf", "sendmailwhois[", "sendmail-whois[")
		m.check()

		p := m.protect()
		vpopmail := in(time.Stamp + " server vpopmail[4711]:")
		m.fail(3, maillog, vpopmail, "vchkpw-smtp: password fail (pass: 'secret') bob@example.com:192.0.2.1")
		p.next("banned", "password-fail", "192.0.2.1")
		m.fail(3, maillog, vpopmail, "vchkpw-smtp: vpopmail user not found alice@example.com:192.0.2.2")
		p.next("banned", "username-notfound", "192.0.2.2")
		m.fail(2, multilog, tai64n, "rblsmtpd: 192.0.2.3 pid 4242: 451 Blocked - see http://example.com/q?192.0.2.3")
		m.fail(2, multilog, tai64n, "CHKUSER rejected relaying: from <a@example.org::> remote <helo:mx.example.org:192.0.2.3> rcpt <b@example.net> : client not allowed to relay")
		m.fail(1, multilog, tai64n, "CHKUSER rejected rcpt: from <a@example.org::> remote <helo:mx.example.org:192.0.2.3> rcpt <c@example.com> : not existing recipient")
		p.next("banned", "dos-hosts", "192.0.2.3")
		m.fail(3, maillog, vpopmail, "vchkpw-pop3: vpopmail user not found carol@:192.0.2.4")
		if banned := p.next("banned", "vpopmail", "192.0.2.4"); banned.Bantime != -1 || !banned.Expires.IsZero() {
			m.Errorf("banned for %d seconds until %s, want for ever", banned.Bantime, banned.Expires)
		}
		m.fail(5, squirrelLog, in(time.DateTime), "[LOGIN_ERROR] bob (example.it) from 192.0.2.5: Utente sconosciuto o password errata")
		p.next("banned", "squirrelmail-iptables", "192.0.2.5")

		m.received(mails, "To: y...@email.domain", "[Fail2Ban] pop3: banned 192.0.2.4 ", "To: root", "[Fail2Ban] SquirrelMail: banned 192.0.2.5 ")
		m.equal("bans", strings.Join(m.rejected(), "\n"), strings.Join([]string{
			"25 192.0.2.1", "25 192.0.2.2", "25 192.0.2.3", "110 192.0.2.4", "80 192.0.2.5"}, "\n"))
		m.equal("status", m.status("password-fail"), tree("password-fail", "1", "1", "192.0.2.1"))
		m.equal("messages", p.stop(), "")
	})
}

// rejected lists ports and addresses of which iptables rejects packets, by address.
func (m *machine) rejected() []string {
	m.Helper()
	port, address := map[string]string{}, map[string]string{}
	for line := range strings.Lines(m.sh("iptables -S")) {
		words := strings.Fields(line)
		after := func(option string) string {
			if i := slices.Index(words, option); i >= 0 {
				return words[i+1]
			}
			return ""
		}
		switch {
		case after("--dports") != "":
			port[after("-j")] = after("--dports")
		case after("-j") == "REJECT":
			address[after("-A")] = strings.TrimSuffix(after("-s"), "/32")
		}
	}
	var all []string
	for chain, a := range address {
		all = append(all, port[chain]+" "+a)
	}
	slices.SortFunc(all, func(a, b string) int { return strings.Compare(strings.Fields(a)[1], strings.Fields(b)[1]) })
	return all
}
