#!/bin/sh
# tally.sh: what f2b-plot and f2b-html share, on top of splice.sh: events are summed up, the result goes to standard output or to a
# file, and then the events go on.
# shellcheck disable=SC2034,SC2154 # the scripts read and set the others

# clock holds that awk knows local time, and sets the zone, if one is given: a name, or an offset such as +02:00 or UTC+0200.
clock() {
	awk 'BEGIN { exit strftime("%Y", 86400) != "1970" }' 2>/dev/null || wrong 'awk: it has no strftime; please install mawk or gawk'
	[ -n "$zone" ] || return 0
	offset=${zone#UTC} offset=${offset#GMT}
	case $offset in
	'') TZ=UTC0 ;;
	[+-][0-9][0-9] | [+-][0-9][0-9]:[0-9][0-9] | [+-][0-9][0-9][0-9][0-9])
		digits=$(printf %s "${offset#?}" | tr -d :)
		hours=${digits%"${digits#??}"} minutes=${digits#??}
		sign=${offset%"${offset#?}"}
		# A positive offset is east of Greenwich to people and west of it to TZ.
		TZ="<$sign$hours${minutes:-00}>$(printf %s "$sign" | tr +- -+)$hours:${minutes:-00}"
		;;
	*[!A-Za-z0-9_/+-]* | /*) wrong "-tz: there is no zone \"$zone\"" ;;
	*)
		[ -f "/usr/share/zoneinfo/$zone" ] || wrong "-tz: there is no zone \"$zone\" in /usr/share/zoneinfo"
		TZ=$zone
		;;
	esac
	export TZ
}

# tally BARS TOP LINES sums up the events of standard input; see tally.awk. The C locale, because their text is only passed on.
tally() {
	export lib rows="$dir/rows" most_lines="$3"
	LC_ALL=C rest='jq -L "$lib" -rR --arg lines "$most_lines" -f "$lib/tally.jq" >"$rows"' \
		awk -v bars="$1" -v top="$2" -v lines="$3" -f "$lib/tally.awk" >"$dir/figures" || return 2
	left_out=$(programs -r 'select(.about) | .about.left_out' "$dir/figures")
	case $left_out in '' | 0) ;; *) say "$left_out lines were no events with a time; they are left out" ;; esac
	if [ ! -s "$dir/figures" ]; then
		say 'there were no events with a time in the input'
		return 1
	fi
}

# deliver COMMAND runs a command that reads the events and writes the result. With -o, the result replaces the file as a whole, and the
# events go on to standard output, unless that is a terminal.
deliver() {
	scratch
	if [ -z "$file" ]; then
		"$@"
	elif [ -t 1 ]; then
		into_file "$@"
	else
		(pass_on note_status "$@") || exit
		read -r status <"$dir/status" && exit "$status"
	fi
}

into_file() {
	"$@" >"$dir/result" || return
	{ (umask "$mask" && cat "$dir/result" >"$file.new") && mv -f "$file.new" "$file"; } || { say "$file: cannot be written" && return 2; }
}

note_status() {
	into_file "$@"
	echo $? >"$dir/status"
	cat >/dev/null # whatever happened, the events go on
}
