#!/bin/sh
# members.sh: what the splices that add members to events share, on top of splice.sh. They hold an event back for as
# long as a look-up takes, so that time is bounded three times: by look-up, by minute, and by their number a minute.
# shellcheck disable=SC2016,SC2034,SC2154 # jq has variables of its own; the scripts set and read the others

hold=10 # seconds a minute that events may be held back in all

# add_members hands standard input on with the members that look_up ADDRESS writes. It needs types (whose events, or
# all), member (events that have it are left alone), cache (a folder), keep (how many seconds an answer holds) and
# rate (look-ups a minute). The line itself is kept as it is: the members are put before its last brace.
add_members() {
	mkdir -p "$cache" || exit 2
	minute=0 asked=0 held=0 added=0
	trim
	addressed | while read -r now address && IFS= read -r line; do
		members=''
		[ "$address" = - ] || find_members "$now" "$address"
		if [ -n "$members" ]; then
			line="${line%\}*},$members}"
		fi
		printf '%s\n' "$line" || exit 0 # the reader has enough
	done
	cat # only if jq failed: what it has not read passes as it is
}

# addressed writes two lines for each: the time and the address to look up, or "-", and the line itself.
addressed() {
	programs -rR --unbuffered --arg types "$types" --arg member "$member" '
		include "splice";
		($types / ",") as $wanted
		| . as $line
		| ([event | select(($types == "all" or (.type | IN($wanted[]))) and (has($member) | not)) | .ip | select(isaddress)][0]
			// "-" | sub("/.*"; "")) as $address
		| "\(now | floor) \($address)", $line'
	case $? in
	0 | 141) ;; # 141: the reader of our output has enough
	*) say 'jq failed; events pass as they are' ;;
	esac
}

# find_members NOW ADDRESS sets members to the address's, from the cache or by asking. What was not found is asked for again after
# ten minutes.
find_members() {
	if [ -e "$cache/$2" ] && read -r at members <"$cache/$2" && [ "$(($1 - at))" -lt "$keep" ]; then
		return
	fi
	members=''
	if [ "$minute" != "$(($1 / 60))" ]; then
		minute=$(($1 / 60)) asked=0 held=0
	fi
	[ "$asked" -lt "$rate" ] && [ "$held" -lt "$hold" ] || return 0
	asked=$((asked + 1))
	began=$(date +%s)
	members=$(look_up "$2" </dev/null)
	ended=$(date +%s)
	held=$((held + ended - began))
	[ -n "$members" ] || ended=$((ended - keep + 600))
	printf '%s %s\n' "$ended" "$members" >"$cache/new.$$" && mv "$cache/new.$$" "$cache/$2"
	added=$((added + 1))
	[ "$((added % 1000))" != 0 ] || trim
}

# trim keeps the newest ten thousand of the cache. Their names are addresses.
trim() {
	# shellcheck disable=SC2012 # find cannot sort by time
	ls -t "$cache" | tail -n +10001 | while read -r old; do rm -f "$cache/$old"; done
}
