package action

import "testing"

func TestQuotes(t *testing.T) {
	for _, tc := range []struct{ command, want string }{
		{`echo <ip>`, `echo "${f2b_ip__l}"`},
		{`x=<ip>`, `x="${f2b_ip__l}"`},
		{`echo a<ip>b`, `echo a"${f2b_ip}"b`},
		{`echo "a <ip> b"`, `echo "a ${f2b_ip} b"`},
		{`echo 'a <ip> b'`, `echo 'a '"${f2b_ip}"' b'`},
		{"echo `whois <ip>`", "echo `whois \"${f2b_ip__l}\"`"},
		{"echo \"`whois <ip> || echo \"no <ip>\"`\"", "echo \"`whois \"${f2b_ip__l}\" || echo \"no ${f2b_ip}\"`\""},
		{`echo "$(grep '<ip>' x)"`, `echo "$(grep ''"${f2b_ip__l}"'' x)"`},
		{"cat <<EOF\n'<ip>' \"<ip>\"\nEOF", "cat <<EOF\n'${f2b_ip}' \"${f2b_ip}\"\nEOF"},
		{"cat <<EOF\n$(whois '<ip>')\nEOF", "cat <<EOF\n$(whois ''\"${f2b_ip__l}\"'')\nEOF"},
		{"true # <ip>'s\nfalse", "true # 's\nfalse"},
		{`echo $((1 + <time>))`, `echo $((1 + ${f2b_time__l}))`},
		{`echo ${x:-<ip>}`, `echo ${x:-"${f2b_ip__l}"}`},
		{`echo "${x:-<ip>}"`, `echo "${x:-${f2b_ip__l}}"`},
		{`case <ip> in a) x;; <fid>) y;; esac`, `case "${f2b_ip}" in a) x;; "${f2b_fid}") y;; esac`},
		{`printf %b "<matches>"`, `printf %b "${f2b_matches__b}"`},
		{`printf "<matches>\n" <matches>`, `printf "${f2b_matches__f__l}\n" "${f2b_matches}"`},
		{`echo '\<ip>' \$<ip>`, `echo '\'"${f2b_ip}"'' \$"${f2b_ip}"`},
		{`echo "<F-A_B>" "<F-A-B>"`, `echo "${f2b_F_A_uB__l}" "${f2b_F_A_B__l}"`},
		{`cat <in >out; cat <unknown>out`, `cat <in >out; cat <unknown>out`},
	} {
		s, err := compile(tc.command)
		if err != nil {
			t.Errorf("%s: %v", tc.command, err)
		} else if s.text != tc.want {
			t.Errorf("%s:\n got %s\nwant %s", tc.command, s.text, tc.want)
		}
	}
}
