package firewall

// services are the ports of the services that jails name, for machines without a services list, as containers are. A list that is
// there goes before it.
var services = map[string]uint16{
	"ftp-data": 20, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "domain": 53, "tftp": 69, "http": 80, "kerberos": 88,
	"pop3": 110, "nntp": 119, "ntp": 123, "netbios-ns": 137, "netbios-ssn": 139, "imap": 143, "imap2": 143, "snmp": 161,
	"ldap": 389, "https": 443, "microsoft-ds": 445, "smtps": 465, "ssmtp": 465, "submissions": 465, "urd": 465, "rtsp": 554,
	"nntps": 563, "submission": 587, "ipp": 631, "ldaps": 636, "rsync": 873, "ftps-data": 989, "ftps": 990, "telnets": 992,
	"imaps": 993, "pop3s": 995, "socks": 1080, "openvpn": 1194, "ms-sql-s": 1433, "mysql": 3306, "ms-wbt-server": 3389,
	"svn": 3690, "sieve": 4190, "iax": 4569, "sip": 5060, "sip-tls": 5061, "xmpp-client": 5222, "xmpp-server": 5269,
	"postgresql": 5432, "nrpe": 5666, "amqps": 5671, "amqp": 5672, "redis": 6379, "ircd": 6667, "ircs-u": 6697, "http-alt": 8080,
	"git": 9418, "webmin": 10000,
}
