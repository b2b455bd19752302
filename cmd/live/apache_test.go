package live_test

import (
	"strings"
	"testing"
)

const apacheConf = `
ServerName server
ServerRoot /run/apache
PidFile apache.pid
Listen 80
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
User www-data
Group www-data
DocumentRoot /run/apache/html
ErrorLog /var/log/httpd/error_log
LogFormat "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\"" combined
CustomLog /var/log/httpd/access_log combined
`

// TestApache asks for a page too often in too short a time.
func TestApache(t *testing.T) {
	live(t, func(m *machine) {
		m.configure("apache")
		m.write("/run/apache/apache.conf", apacheConf)
		m.write("/run/apache/html/index.html", "Hello\n")
		m.write("/var/log/httpd/access_log", "")
		m.start("apache2", "-D", "FOREGROUND", "-f", "/run/apache/apache.conf")
		m.listening("80")
		p := m.protect()

		for _, option := range []string{"-G", "-I"} { // GET and HEAD
			if out, ok := m.remote("curl", "-sS", option, "http://"+server); !ok || !strings.HasPrefix(out, "H") {
				m.Fatalf("curl %s: %s", option, out)
			}
		}
		if banned := p.next("banned", "http-get-dos", client); banned.Bantime != 600 || banned.Failures != 2 {
			m.Errorf("banned for %d seconds after %d requests, want 600 after 2", banned.Bantime, banned.Failures)
		}
		m.refused("http://" + server)
		m.equal("status", m.status("http-get-dos"), tree("http-get-dos", "1", "1", client))

		m.sh("f2b-ban unban -jail http-get-dos " + client)
		p.next("unbanned", "http-get-dos", client)
		if out, _ := m.remote("curl", "-sS", "http://"+server); out != "Hello\n" {
			m.Errorf("curl after the ban: %s", out)
		}
		m.equal("status", m.status("http-get-dos"), tree("http-get-dos", "0", "1", ""))
		m.equal("messages", p.stop(), "")
	})
}

// refused holds that curl is refused a connection.
func (m *machine) refused(url string) {
	m.Helper()
	if out, _ := m.remote("curl", "-sS", url); !strings.HasPrefix(out, "curl: (7) Failed to connect to "+server+" port ") {
		m.Errorf("curl %s: %s, want curl: (7)", url, out)
	}
}
