# tally.jq: an event as a row for tally.awk. Text goes as it stands in JSON between the quotes, so no blank ends a cell or a row.
include "splice";
def quoted: tojson | .[1:-1];
def when: try seconds catch null;
def local: try (seconds | strflocaltime("%Y-%m-%d %H:%M")) catch null; # in the zone of all other times of a page
event
| (.time | when) as $at | select($at)
| (.type | text(20)) as $type
| [$type, $at,
	(if .ip | isaddress then .ip | ascii_downcase else "" end),
	(jail | quoted),
	((if .ip | isaddress then .ip else .id // .ip // "" | text(128) end) | quoted),
	(if (.failures | type) == "number" and .failures >= 0 and .failures < 1e9 then .failures | floor else 0 end),
	(if .restored == true then 1 else 0 end)]
+ if $lines == "0" then [] else
	[(if $type == "match" then null else
		{type: $type, until: (if $type == "unbanned" then .time else .expires end | local), bantime, bancount, error, backend}
		| map_values(if type == "string" then text(200) elif type == "number" then . else empty end) end | tojson),
	([(.country // (.whois | objects | .country)), (.asn | if type == "number" then "AS\(.)" else . end), (.whois | objects | .netname)]
		| map(select(type == "string") | text(60)) | join(" ") | if . == "" then "null" else tojson end)]
	+ ((if $type != "match" and (.matches | type) == "array" then .matches else [.line] end)
		| map(select(type == "string") | .[:2000] | quoted))
	end
| map(tostring) | join("\t")
