# network.sh: three machines a, b and c with a mail server each, x with the addresses of attackers, and a broker's address, on one
# network. Sourced inside of namespaces of their own for network, mounts and processes.
mount -t proc proc /proc
mount -t tmpfs none /run
mkdir -p /run/netns
here=$(dirname "$(command -v f2b-peer)")/..

# example NAME writes one of the examples of f2b-fleet(7), as it stands there.
example() {
	sed -n '/^\.\\" '"$1"'$/,/^\.Ed$/p' "$here/man/f2b-fleet.7" | sed -e '/^\./d' -e 's/^\\&//' -e 's/\\e/\\/g' >"$1"
	[ -s "$1" ] || { echo "f2b-fleet(7) has no example $1" >&2; exit 1; }
}

quiet() { "$@" >/dev/null 2>&1; }

machine() {
	ip netns add "$1"
	ip link add "to-$1" type veth peer name eth0 netns "$1"
	ip link set "to-$1" master lan up
	ip -n "$1" link set lo up
	ip -n "$1" addr add "$2" dev eth0
	ip -n "$1" link set eth0 up
}
ip link set lo up
ip link add lan type bridge
ip addr add 192.0.2.254/24 dev lan
ip link set lan up
machine a 192.0.2.1/24
machine b 192.0.2.2/24
machine c 192.0.2.3/24
machine x 192.0.2.66/24
ip -n x addr add 192.0.2.67/24 dev eth0
ip -n x addr add 192.0.2.68/24 dev eth0

# services NAME SEND RECEIVE runs a machine: its mail server, its own bans, and the two services that share them.
cat >services <<'END'
hostname "$1"
mount -t tmpfs none /var/lib
mount -t tmpfs none /var/log
mkdir /var/log/f2b
nc -lk 2110 >/dev/null &
touch "$1.maillog"
tail -n +1 -F "$1.maillog" 2>/dev/null | f2b-match dovecot | f2b-count -findtime 1200 -maxretry 2 |
	f2b-ban -backend nftables >>/var/log/f2b/bans.json &
[ ! -e options ] || . ./options
again() { while :; do . "./$1"; sleep 0.2; done; }
again "$2" &
again "$3" >>"$1.fleet"
END
start() {
	for name in a b c; do ip netns exec $name unshare --uts sh services $name "$1" "$2" 2>>$name.err & done
	for host in 192.0.2.1 192.0.2.2 192.0.2.3; do
		until [ "$(try $host 192.0.2.66)" = succeeded ]; do :; done
	done
}

# try HOST ADDRESS says what the attacker with this address sees of the mail server on a host.
try() { ip netns exec x nc -zv -w 5 -s "$2" "$1" 2110 2>&1 | grep -oiE 'refused|succeeded'; }
refused() { until [ "$(try "$1" "$2")" = refused ]; do :; done; }

# attack NAME ADDRESS fails to log in twice.
attack() {
	for i in 1 2; do
		echo "$(date '+%b %d %H:%M:%S') $1 dovecot: pop3-login: Aborted login (auth failed, $i attempts in 2 secs): user=<u>, method=PLAIN, rip=$2, lip=192.0.2.1"
	done >>"$1.maillog"
}

# received says who got which bans from the others.
received() {
	for name in a b c; do
		jq -r --arg on $name 'select(.type == "banned") | "\($on): \(.jail) \(.ip)"' $name.fleet
	done | sort -u
}
