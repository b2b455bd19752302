#!/bin/sh
# shellcheck disable=SC2016,SC2034,SC2154 # jq has variables of its own; the scripts set and read the others
# splice.sh: what the splice filters share; they source it. A splice hands every line on at once and does its own
# work on a copy, behind a bounded queue, so that neither a slow helper nor a dead one can hold up what comes after.
# No text of an event ever becomes shell or an option: values go through jq, files and standard input alone.

self=${0##*/}
umask 077
# Ctrl-C and a service manager's stop reach all of a pipeline. What comes first in it ends, and this ends when its
# input does, so that the last events are dealt with too.
trap '' INT TERM

say() { printf '%s: %s\n' "$self" "$*" >&2; }

# wrong ends with a message, a hint and status 2.
wrong() {
	say "$*"
	echo "try $self -h" >&2
	exit 2
}

# next_option reads the option that the arguments begin with into option and value, and how many arguments it took
# into took. -name VALUE, -name=VALUE and two dashes mean the same, as with all of f2b's tools.
next_option() {
	option=${1#-} option=${option#-}
	case $1 in
	-h | -help | --help)
		usage
		exit 0
		;;
	-[A-Za-z]*=* | --[a-z]*=*) value=${option#*=} option=${option%%=*} took=1 ;;
	-[A-Za-z]* | --[a-z]*)
		[ $# -ge 2 ] || wrong "-$option: a value is missing"
		value=$2 took=2
		;;
	*) wrong "$1: unexpected argument" ;;
	esac
}

# number holds that an option's value is a whole number, at least $3.
number() {
	case $2 in
	'' | *[!0-9]* | 0?* | ?????????*) wrong "-$1: \"$2\" is no number" ;;
	esac
	[ "$2" -ge "$3" ] || wrong "-$1: at least $3"
}

# seconds reads a time such as 90, 10m, 2h or 1d into time.
seconds() {
	time=${2%[smhd]}
	number "$1" "$time" 0
	case $2 in
	*m) time=$((time * 60)) ;;
	*h) time=$((time * 3600)) ;;
	*d) time=$((time * 86400)) ;;
	esac
}

# one_line holds that an option's value can stand in one line of a header or a file.
one_line() {
	case $2 in
	'' | *[[:cntrl:]]*) wrong "-$1: empty, or with control characters" ;;
	esac
}

# need holds at the start that commands are there: later nobody may be looking.
need() {
	for command; do
		command -v "$command" >/dev/null || wrong "$command: not found; please install it"
	done
}

# scratch makes dir, a folder that goes when the script does.
scratch() {
	dir=$(mktemp -d) || exit 2
	trap 'rm -rf "$dir"' EXIT
}

# programs runs jq with the definitions of splice.jq.
programs() { jq -L "$lib" "$@"; }

# pass_on hands standard input on, and a copy of it to a command.
pass_on() {
	mkfifo "$dir/in" || exit 2
	{ "$@"; } <"$dir/in" >&2 & # in braces: else dash keeps a copy of standard output open
	side=$!
	tee "$dir/in"
	passed=$?
	exec >/dev/null # what comes next shall see the end now
	wait "$side"
	case $passed in
	0 | 141) exit 0 ;; # 141: the reader of our output has enough
	esac
	exit 2
}

# queue does a splice's work: handle FILE... is called with files of one event each, in order. It needs types (whose
# events), rate (how many a minute), room (how many may wait), every (0, or the seconds to gather events for).
queue() { chosen | enqueue | work; }

# chosen writes the events that are wanted, in a line each and no longer than 16 KiB, and "- 5" for five beyond the rate.
chosen() {
	programs -nrR --unbuffered --arg types "$types" --argjson rate "$rate" 'include "splice"; paced($types; $rate)' ||
		say 'jq failed; events pass, but nothing else is done'
	cat >/dev/null # whatever happens, what is passed on is never held up
}

drain=30 # seconds that waiting events have after the end of the input

# enqueue puts each event into a file and its number into the pipe. An event finds no room when the one that came
# $room before it is still there.
enqueue() {
	mkdir "$dir/queue"
	last=0 lost=0 next_word=1
	while read -r event; do
		if [ "${event#- }" != "$event" ]; then
			drop "${event#- }"
		elif [ -e "$dir/queue/$((last - room + 1))" ]; then
			drop 1
		elif printf '%s\n' "$event" >"$dir/queue/$((last + 1))"; then
			last=$((last + 1))
			echo "$last"
		else
			drop 1
		fi
	done
	echo $(($(date +%s) + drain)) >"$dir/deadline.new" && mv "$dir/deadline.new" "$dir/deadline"
	[ "$lost" -lt 2 ] || say "$lost events were left out in all"
}

# drop counts events that are left out, and says so at the first and whenever their number has doubled.
drop() {
	lost=$((lost + $1))
	[ "$lost" -ge "$next_word" ] || return 0
	say "too many events at once: $lost left out so far (they passed; -rate and -queue say how many are dealt with)"
	next_word=$((lost * 2))
}

work() {
	given_up=0
	while read -r number; do
		[ -e "$dir/queue/$number" ] || continue # went with those before
		if [ -e "$dir/deadline" ] && [ "$(date +%s)" -ge "$(cat "$dir/deadline")" ]; then
			given_up=$((given_up + 1))
			rm -f "$dir/queue/$number"
			continue
		fi
		wait_for_more
		set -- "$dir/queue/$number"
		while [ "$every" -gt 0 ] && number=$((number + 1)) && [ -e "$dir/queue/$number" ]; do
			set -- "$@" "$dir/queue/$number"
		done
		handle "$@" </dev/null # not the numbers of this loop
		rm -f "$@"
	done
	[ "$given_up" = 0 ] || say "$given_up events were given up $drain s after the end of the input"
}

# wait_for_more lets $every seconds pass, fewer at the end of the input.
wait_for_more() {
	left=$every
	while [ "$left" -gt 0 ] && [ ! -e "$dir/deadline" ]; do
		sleep 1
		left=$((left - 1))
	done
}

# queue_options reads the options of all that have a queue: -type, -rate, -queue and -timeout.
queue_options() {
	case $option in
	type) one_line type "$value" && types=$value ;;
	rate) number rate "$value" 1 && rate=$value ;;
	queue) number queue "$value" 1 && room=$value ;;
	timeout) number timeout "$value" 1 && limit=$value ;;
	*) wrong "-$option: no such option" ;;
	esac
	[ "$room" -le 5000 ] || wrong '-queue: at most 5000'
}

# mailer sets sendmail to the program that takes a mail, when no option did.
mailer() {
	for sendmail in "$sendmail" sendmail /usr/sbin/sendmail /usr/lib/sendmail; do
		[ -z "$sendmail" ] || ! command -v "$sendmail" >/dev/null || return 0
	done
	wrong 'sendmail: not found; please install a mail server, or say -sendmail PATH'
}

# submit hands the mail on standard input to sendmail. KILL, because the signals that end are ignored by all of us.
submit() {
	timeout -s KILL "$limit" "$sendmail" -t -i >&2 || {
		say "$sendmail: failed or took more than $limit s; $1"
		return 1
	}
}
