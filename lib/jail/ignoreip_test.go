package jail

import "testing"

func TestEntriesOfIgnoreip(t *testing.T) {
	tests := []struct{ entry, want string }{
		{"192.0.2.1", "192.0.2.1/32"},
		{"192.0.2.77/24", "192.0.2.0/24"},
		{"192.0.2.77/255.255.255.0", "192.0.2.0/24"},
		{"192.0.2.77/255.255.255.255", "192.0.2.77/32"},
		{"192.0.2.77/0.0.0.0", "0.0.0.0/0"},
		{"2001:DB8::1", "2001:db8::1/128"},
		{"2001:db8:1:2::77/48", "2001:db8:1::/48"},
		{"2001:db8::77/ffff:ffff::", "2001:db8::/32"},
		{"::ffff:192.0.2.77", "192.0.2.77/32"},
		{"::ffff:192.0.2.77/120", "192.0.2.0/24"},
		{"host.example.com", "name"},
		{"localhost", "name"},
		{"bücher.example", "name"},
		{"3com.example", "name"}, {"_dmz.example.com.", "name"},
		{"192.0.2", "error"}, {"192.0.2.1-9", "error"}, {"192.0.2.01", "error"}, {"192.0.2.1/", "error"}, {"192.0.2.1/ffff::", "error"}, {"host/24", "error"},
		{"2001:db8::/129", "error"}, {"fe80::1%eth0", "error"}, {"-x", "error"}, {"", "error"}, {"..", "error"},
	}
	for _, test := range tests {
		p, isName, err := ParseEntry(test.entry)
		got := p.String()
		switch {
		case err != nil:
			got = "error"
		case isName:
			got = "name"
		}
		if got != test.want {
			t.Errorf("%s is %s, want %s", test.entry, got, test.want)
		}
	}
}
