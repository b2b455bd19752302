# tally.awk: sums up a stream of events in bounded memory, for f2b-plot and f2b-html; it writes JSON, a figure a line.
#
# Variables: bars, how many steps of time there are at most; for a table of offenders top, how many of them, and lines, of each (0:
# no table). The environment: rest, a command that takes events in another shape than our own tools', and with a table all but
# matches, and writes them as tally.jq does into the file rows. Our shape is read here, because jq takes ten times as long.
#
# Text of an event is kept as it stands in its JSON between the quotes, and written so again; nobody takes it apart here.

BEGIN {
	FS = "\""
	plain = "^[A-Za-z0-9_.@+-]+$"
	address = "^[0-9a-f.:/]+$"
	rfc3339 = "^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9](\\.[0-9]+)?(Z|[+-][0-9][0-9]:[0-9][0-9])$"
	width = 60
	most_slots = 20000
	most_networks = 50000
	most_jails = 200
	most_offenders = top * 20 < 5000 ? 5000 : top * 20
	longest_line = 2000
}

/[^ \t\r]/ {
	events++
	if (!ours()) {
		print | ENVIRON["rest"]
		others++
	}
}

END {
	close(ENVIRON["rest"])
	while (others && (getline row < ENVIRON["rows"]) > 0) theirs(row)
	close(ENVIRON["rows"])
	tell()
}

# ours takes an event that is written as our tools do; it says whether it is one. A quote that no backslash escapes ends or
# begins a text of JSON, so what is found here between quotes is one whole text.
function ours(jail) {
	if ($1 != "{" || $2 != "v" || $3 != ":1," || $4 != "type" || $5 != ":" || $7 != "," || $8 != "time" || $9 != ":" ||
		$11 != "," || $12 != "ip" || $13 != ":" || $15 != "," || $17 != ":" || $NF !~ /}$/) return 0
	if ($16 == "filter" && $20 == "jail" && $19 == "," && $21 == ":") jail = $22
	else if (($16 == "filter" || $16 == "jail") && !index($0, ",\"jail\":")) jail = $18
	else return 0
	if ($10 !~ rfc3339 || $14 !~ address || jail !~ plain || (lines && $6 != "match")) return 0
	add($6, epoch($10), $14, jail, $14, member("failures"), index($0, ",\"restored\":true"))
	if (lines) {
		keep_line(jail SUBSEP $14, its_line())
		ask_origin(jail SUBSEP $14)
	}
	return 1
}

# ask_origin has the members that say whose address it is read, once for an offender.
function ask_origin(key) {
	if (key in origin || $0 !~ /,"(country|asn|whois)":/) return
	origin[key] = "null"
	print "{\"type\":\"origin\"" substr($0, index($0, ",\"time\"")) | ENVIRON["rest"]
	others++
}

# member is the number of that name in an event as ours.
function member(name) {
	return match($0, ",\"" name "\":[0-9]+") ? substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 4) + 0 : 0
}

# its_line is the line of an event as ours.
function its_line(start) {
	start = index($0, ",\"line\":\"")
	return start && match(substr($0, start + 9), /^([^"\\]|\\.)*/) ? substr($0, start + 9, RLENGTH) : ""
}

# theirs takes a row of tally.jq: type, seconds, address, jail, whom, failures, whether it was restored, then, for a table, decision,
# origin and lines.
function theirs(row, cell, n, i, key) {
	n = split(row, cell, "\t")
	if (n < 7) return
	taken++
	key = cell[4] SUBSEP cell[5]
	if (cell[1] == "origin") {
		if (key in seen) origin[key] = cell[9]
		return
	}
	add(cell[1], cell[2] + 0, cell[3], cell[4], cell[5], cell[6] + 0, cell[7] + 0)
	if (!lines || cell[5] == "") return
	if (cell[8] != "null" && cell[2] + 0 >= decided[key] + 0) {
		decided[key] = cell[2] + 0
		decision[key] = cell[8]
	}
	if (cell[9] != "null") origin[key] = cell[9]
	if (cell[1] == "match" || !kept[key]) for (i = 10; i <= n; i++) keep_line(key, cell[i])
}

# add counts an event wherever it counts. Failures are counted of matches, of bans, and of decisions, and bans of the last two: which of
# these are the stream's is known at its end.
function add(type, at, ip, jail, who, failures, restored, kind, wall, key) {
	counted++
	if (counted == 1 || at < first) first = at
	if (counted == 1 || at > last) last = at
	kind = type == "match" ? 1 : type == "banned" ? 2 : type == "ban" ? 3 : 0
	if (kind == 1) failures = 1
	if (restored) kind = 0
	key = jail SUBSEP who
	if (lines && who != "") see(key, at, kind, failures)
	if (!kind) return
	wall = at + offset(at)
	if (!(jail in jails) && ++jail_count > most_jails) jail = "other"
	jails[jail]
	count_slot(kind, jail, wall, failures)
	hours[kind, mod(floor(wall / 86400) + 3, 7), mod(floor(wall / 3600), 24)] += failures
	if (ip != "") count_network(kind, network(ip), failures)
	total[kind] += failures
	if (kind > 1) bans[kind]++
}

# see counts an offender.
function see(key, at, kind, failures) {
	if (!(key in seen)) {
		if (++offenders > most_offenders) offenders -= forget_offenders()
		began[key] = ended[key] = at
	}
	seen[key] += kind > 1 ? 1000000 * (kind == 2) + failures : 1 # whoever was banned is forgotten last
	if (at < began[key]) began[key] = at
	if (at > ended[key]) ended[key] = at
	if (kind) offences[key, kind] += failures
	if (kind > 1) banned[key, kind]++
}

function forget_offenders(limit, key, gone, i) {
	limit = small(seen)
	for (key in seen) if (seen[key] <= limit) {
		for (i = 0; i < lines && i < kept[key]; i++) delete text[key, i]
		for (i = 1; i <= 3; i++) { delete offences[key, i]; delete banned[key, i] }
		delete began[key]; delete ended[key]; delete kept[key]; delete decided[key]; delete decision[key]; delete origin[key]
		delete seen[key]
		gone++
	}
	forgotten += gone
	return gone
}

# small is a number that at least half of a table's are not above.
function small(table, limit, key, n, low) {
	for (key in table) n++
	for (limit = 1; low < n / 2; limit *= 2) {
		low = 0
		for (key in table) if (table[key] <= limit) low++
	}
	return limit / 2
}

# keep_line keeps a line, of many the last ones. One that is very long is cut, but not within an escape.
function keep_line(key, body) {
	if (body == "") return
	if (length(body) > longest_line) {
		body = substr(body, 1, longest_line)
		match(body, /^([^"\\]|\\u[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]|\\[^u])*/)
		body = substr(body, 1, RLENGTH) " ..."
	}
	text[key, kept[key] % lines] = body
	kept[key]++
}

function count_slot(kind, jail, wall, failures, key) {
	key = kind SUBSEP jail SUBSEP slot_of(wall)
	if (!(key in slots) && ++slot_count > most_slots) {
		widen()
		key = kind SUBSEP jail SUBSEP slot_of(wall)
	}
	slots[key] += failures
	if (kind > 1) slot_bans[key]++
}

# slot_of is the begin of a time's step; weeks begin with Monday.
function slot_of(wall) { return floor((wall + 259200) / width) * width - 259200 }

# widen makes the steps of time longer: each is a multiple of the one before it.
function widen(key, part, to, old_slots, old_bans) {
	width = width < 300 ? 300 : width < 900 ? 900 : width < 1800 ? 1800 : width < 3600 ? 3600 : width < 10800 ? 10800 : \
		width < 21600 ? 21600 : width < 86400 ? 86400 : width < 604800 ? 604800 : width < 2419200 ? 2419200 : width * 2
	for (key in slots) { old_slots[key] = slots[key]; old_bans[key] = slot_bans[key] }
	split("", slots); split("", slot_bans)
	slot_count = 0
	for (key in old_slots) {
		split(key, part, SUBSEP)
		to = part[1] SUBSEP part[2] SUBSEP slot_of(part[3])
		if (!(to in slots)) slot_count++
		slots[to] += old_slots[key]
		if (old_bans[key]) slot_bans[to] += old_bans[key]
	}
}

# network is the /24 or /48 of an address.
function network(ip, half, head, tail, n, m, i, group, text) {
	sub(/\/.*/, "", ip)
	if (ip !~ /:/) {
		sub(/[0-9]*$/, "0/24", ip)
		return ip
	}
	split(ip, half, "::")
	n = split(half[1], head, ":")
	m = ip ~ /::/ ? split(half[2], tail, ":") : 0
	for (i = 1; i <= 3; i++) {
		group = i <= n ? head[i] : i > 8 - m ? tail[i - 8 + m] : 0
		text = text (i > 1 ? ":" : "") group
	}
	while (sub(/:0$/, "", text)) ;
	return text "::/48"
}

function count_network(kind, net, failures, limit, key) {
	if (!(net in nets) && ++net_count > most_networks) {
		limit = small(nets)
		for (key in nets) if (nets[key] <= limit) {
			delete nets[key]; delete net_of[key, 1]; delete net_of[key, 2]; delete net_of[key, 3]
			net_count--
			thinned++
		}
	}
	nets[net] += failures
	net_of[net, kind] += failures
}

# epoch is a time in seconds since 1970.
function epoch(text, date, zone) {
	date = substr(text, 1, 10)
	if (!(date in days)) {
		if (++day_count > 20000) { split("", days); day_count = 1 }
		days[date] = day(substr(date, 1, 4) + 0, substr(date, 6, 2) + 0, substr(date, 9, 2) + 0)
	}
	zone = substr(text, length(text) - 5)
	zone = zone ~ /Z$/ ? 0 : (substr(zone, 1, 1) "1") * (substr(zone, 2, 2) * 3600 + substr(zone, 5, 2) * 60)
	return days[date] * 86400 + substr(text, 12, 2) * 3600 + substr(text, 15, 2) * 60 + substr(text, 18, 2) - zone
}

# day counts days since 1970, in years that begin in March.
function day(y, m, d) {
	if (m < 3) { y--; m += 12 }
	return 365 * y + floor(y / 4) - floor(y / 100) + floor(y / 400) + floor((153 * (m - 3) + 2) / 5) + d - 719469
}

# offset is how far local time is ahead at a time. All zones change it at a quarter of an hour.
function offset(at, quarter, here) {
	quarter = floor(near(at) / 900)
	if (!(quarter in offsets)) {
		if (++offset_count > 20000) { split("", offsets); offset_count = 1 }
		here = strftime("%Y-%m-%d %H:%M", quarter * 900)
		offsets[quarter] = epoch(here ":00Z") - quarter * 900
		zones[strftime("%Z", quarter * 900)]
	}
	return offsets[quarter]
}

# near moves a time by spans of 28 years, after which the calendar repeats, to where mawk, which has 32 bits for it, knows the zone.
function near(at, span) {
	span = 883612800
	if (at > 2100000000) return at - (floor((at - 2100000000) / span) + 1) * span
	return at < -2100000000 ? at + (floor((-2100000000 - at) / span) + 1) * span : at
}

function floor(x, n) { n = int(x); return n > x ? n - 1 : n }

function mod(x, n) { return x - floor(x / n) * n }

# local writes a time as clocks and calendars here show it, in years that begin in March until the last moment.
function local(at, wall, days, era, day_of_era, year, day_of_year, month) {
	wall = floor(at) + offset(at)
	days = floor(wall / 86400) + 719468
	era = floor(days / 146097)
	day_of_era = days - era * 146097
	year = floor((day_of_era - floor(day_of_era / 1460) + floor(day_of_era / 36524) - floor(day_of_era / 146096)) / 365)
	day_of_year = day_of_era - (365 * year + floor(year / 4) - floor(year / 100))
	month = floor((5 * day_of_year + 2) / 153)
	return sprintf("%04d-%02d-%02d %02d:%02d", year + era * 400 + (month > 9), month + (month > 9 ? -9 : 3),
		day_of_year - floor((153 * month + 2) / 5) + 1, mod(floor(wall / 3600), 24), mod(floor(wall / 60), 60))
}

# tell writes what was found.
function tell(kind, ban_kind, key, part, names, zone) {
	if (!counted) return
	kind = total[1] ? 1 : total[2] ? 2 : 3
	ban_kind = bans[2] ? 2 : 3
	while (steps() > bars) widen()
	for (zone in zones) names = names (names == "" ? "" : "/") zone
	printf "{\"about\":{\"events\":%d,\"left_out\":%d,\"first\":\"%s\",\"last\":\"%s\",\"zone\":\"%s\",\"width\":%d,", \
		counted, others - taken, local(first), local(last), names, width
	printf "\"failures\":%d,\"bans\":%d,\"failures_of\":%d,\"bans_of\":%d,\"thinned\":%d,\"forgotten\":%d,\"jails\":%d,\"offenders\":%d,\"top\":%d,\"lines\":%d}}\n", \
		total[kind], bans[ban_kind], kind, ban_kind, thinned, forgotten, jail_count, offenders, top, lines
	for (key in slots) {
		split(key, part, SUBSEP)
		if (part[1] == kind) printf "{\"slot\":%d,\"jail\":\"%s\",\"failures\":%d}\n", part[3], part[2], slots[key]
		if (part[1] == ban_kind) printf "{\"slot\":%d,\"jail\":\"%s\",\"bans\":%d}\n", part[3], part[2], slot_bans[key]
	}
	for (key in hours) {
		split(key, part, SUBSEP)
		if (part[1] == kind) printf "{\"day\":%d,\"hour\":%d,\"failures\":%d}\n", part[2], part[3], hours[key]
	}
	tell_networks(kind)
	if (lines) tell_offenders(kind, ban_kind)
}

# steps is how many steps of time there are from the first to the last.
function steps(key, part, low, high, n) {
	for (key in slots) {
		split(key, part, SUBSEP)
		if (!n || part[3] + 0 < low) low = part[3] + 0
		if (!n || part[3] + 0 > high) high = part[3] + 0
		n++
	}
	return n ? (high - low) / width + 1 : 0
}

# order lists the keys with the biggest numbers of a table; it returns how many there are.
function order(table, most, list, command, key, row, n) {
	command = "sort -t \"\t\" -k 1,1nr -k 2 >\"$rows\""
	for (key in table) {
		printf "%.0f\t%s\n", table[key], key | command
		n = 1
	}
	close(command)
	if (!n) return 0
	for (n = 0; n < most && (getline row < ENVIRON["rows"]) > 0; ) list[++n] = substr(row, index(row, "\t") + 1)
	close(ENVIRON["rows"])
	return n
}

function tell_networks(kind, key, table, list, i, n) {
	for (key in nets) if (net_of[key, kind]) table[key] = net_of[key, kind]
	n = order(table, 12, list)
	for (i = 1; i <= n; i++) printf "{\"network\":\"%s\",\"failures\":%d}\n", list[i], table[list[i]]
}

function tell_offenders(kind, ban_kind, key, table, keys, part, i, j, n, more, list) {
	for (key in seen) table[key] = offences[key, kind] + 1000000 * banned[key, ban_kind]
	n = order(table, top, keys)
	for (i = 1; i <= n; i++) {
		key = keys[i]
		split(key, part, SUBSEP)
		list = ""
		more = kept[key] > lines ? kept[key] - lines : 0
		for (j = more; j < kept[key]; j++) list = list (list == "" ? "" : ",") "\"" text[key, j % lines] "\""
		printf "{\"who\":\"%s\",\"jail\":\"%s\",\"failures\":%d,\"bans\":%d,\"first\":\"%s\",\"last\":\"%s\",\"more\":%d,\"decision\":%s,\"origin\":%s,\"lines\":[%s]}\n", \
			part[2], part[1], offences[key, kind], banned[key, ban_kind], local(began[key]), local(ended[key]), \
			more, (key in decision) ? decision[key] : "null", \
			(origin[key] != "") ? origin[key] : "null", list
	}
}
