# plot.jq: pictures of what tally.awk found. gnuplot takes backquotes and more for commands, so no text of an event reaches its script but
# names of jails and networks, of which nothing is left but letters, digits and a few signs.
include "splice";

def colors: ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999999"];
def days: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

# thousands writes 1234567 as 1,234,567.
def thousands: tostring | [while(length > 0; .[:-3]) | .[-3:]] | reverse | join(",");

# step says the length of a step of time.
def step: if . == 60 then "minute" elif . == 3600 then "hour" elif . < 3600 then "\(. / 60) min" elif . < 86400 then "\(. / 3600) h"
  elif . == 86400 then "day" elif . == 604800 then "week" elif . % 604800 == 0 then "\(. / 604800) weeks" else "\(. / 86400) days" end;

# picture gathers the figures: jails are the six busiest and the others, slots without gaps.
def picture($figures):
  ($figures[0].about) as $about
  | ($figures | map(select(.slot != null) | .jail |= name)) as $cells
  | (reduce $cells[] as $c ({}; .[$c.jail] += ($c.failures // 0) + ($c.bans // 0))
    | to_entries | sort_by(-.value, .key) | map(.key)) as $all
  | (if ($all | length) > 7 then $all[:6] + ["others"] else $all end) as $jails
  | ($jails | to_entries | map({key: .value, value: .key}) | from_entries) as $index
  | ($cells | map(.slot) | [range(min; max + 1; $about.width)]) as $times
  | (def series($kind):
      reduce ($cells[] | select(.[$kind])) as $c ([$times[] | [$jails[] | 0]];
        .[($c.slot - $times[0]) / $about.width][$index[$c.jail] // 6] += $c[$kind]);
    {about: $about, zone: ($about.zone | split("/") | sort | join("/")), jails: $jails, times: $times,
      failures: series("failures"), bans: series("bans")})
  | .totals = [range($jails | length) as $j | {jail: $jails[$j], failures: ([.failures[][$j]] | add), bans: ([.bans[][$j]] | add)}]
  | .networks = ($figures | map(select(.network)))
  | .hours = (reduce ($figures[] | select(.hour != null)) as $c ([range(7) | [range(24) | 0]]; .[$c.day][$c.hour] += $c.failures));

def heading: "\(.about.failures | thousands) failures, \(.about.bans | thousands) bans, \(.about.first) to \(.about.last) (\(.zone))";

# The terminal.

def bar($value; $most; $cells): ($value / ([$most, 1] | max) * $cells * 8 | if . > 0 and . < 1 then 1 else round end) as $eighths
  | ("█" * ($eighths / 8 | floor) // "") + ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][$eighths % 8];

# columns draws values as columns of so many lines.
def columns($values; $lines): ($values | max) as $most
  | ($most | thousands | length) as $margin
  | range($lines; 0; -1) as $line
  | (if $line == $lines then $most | thousands elif $line == 1 then (" " * ($margin - 1) // "") + "0" else " " * $margin end) as $mark
  | "\($mark) ▕" + ([$values[] | (. * $lines * 8 / $most | if . > 0 and . < 1 then 1 else round end - ($line - 1) * 8) as $eighths
    | [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"][[[$eighths, 0] | max, 8] | min]] | join(""));

def clocktime($width): if $width < 86400 then strftime("%m-%d %H:%M") else strftime("%Y-%m-%d") end;

# axis writes the first and the last step's time below the columns.
def axis($most): .about.width as $width | (.times[0] | clocktime($width)) as $from | (.times[-1] | clocktime($width)) as $to
  | ($most | thousands | length) as $margin | (.times | length) as $n
  | (" " * ($margin + 2)) + if $n >= ($from + $to | length) + 2 then $from + (" " * ($n - ($from + $to | length))) + $to
    else "\($from) to \($to)" end;

def chart($title; $kind; $lines): [.[$kind][] | add] as $sums | if ($sums | add) > 0 then
    "", "\($title) every \(.about.width | step), by jail: \([.totals[] | select(.[$kind] > 0) | "\(.jail) \(.[$kind] | thousands)"] | join(", "))",
    columns($sums; $lines), axis($sums | max) else empty end;

def terminal($columns): (heading,
  chart("Failures"; "failures"; 6), chart("Bans"; "bans"; 3),
  "", "The busiest networks (/24, /48), by failures:",
  ((.networks | map(.network | length) | max // 0) as $left | (.networks | map(.failures | thousands | length) | max // 0) as $right
    | .networks[0].failures as $most | .networks[]
    | "\(.network)\(" " * ($left - (.network | length)) // "") \(" " * ($right - (.failures | thousands | length)) // "")\(.failures | thousands) "
      + bar(.failures; $most; $columns - $left - $right - 3)),
  "", "Failures by hour and weekday:",
  ([.hours[][]] | max) as $most
  | "    " + ([range(0; 24; 3) | "\(if . < 10 then "0" else "" end)\(.)    "] | join("")),
    (range(7) as $d | "\(days[$d]) " + ([.hours[$d][]
      | if . == 0 then "· " else ["░░", "▒▒", "▓▓", "██"][[. * 4 / $most | floor, 3] | min] end] | join(""))))
  | sub(" +$"; "");

# gnuplot.

# stack writes rows of a time and sums of jails, each with those before it; the largest is drawn first and the others over it.
def stack($kind): .about.width as $width | [.times, .[$kind]] | transpose[] | [.[0] + $width / 2] + (.[1] | [foreach .[] as $n (0; . + $n)]) | join("\t");

def boxes($kind; $keys): .jails as $jails | [range($jails | length; 0; -1) as $j
  | "$\($kind) using 1:\($j + 1) with boxes lc rgb '\(colors[$j - 1])' " + if $keys then "title '\($jails[$j - 1])'" else "notitle" end] | join(", ");

# whole keeps fractions off a short axis.
def whole($axis; $most): "set \($axis)tics " + if $most < 6 then "1" else "autofreq" end;

def timeformat: (.times[-1] - .times[0]) as $span
  | if $span <= 86400 then "%H:%M" elif $span <= 7 * 86400 then "%a %d. %H:%M" elif $span <= 400 * 86400 then "%d %b" else "%b %Y" end;

def panel($left; $bottom; $width; $height; $title): "set lmargin at screen \($left); set rmargin at screen \($left + $width)",
  "set bmargin at screen \($bottom); set tmargin at screen \($bottom + $height)", "set label 1 '\($title)' at graph 0, graph 1 left offset 0,0.9 font ',12'";

def gnuplot($type; $width; $height):
  (.about.bans > 0) as $banned
  | "set terminal " + (if $type == "png" then "pngcairo noenhanced size \($width),\($height) font 'sans,10' background rgb 'white'"
      else "svg noenhanced size \($width),\($height) dynamic font 'sans,12' background rgb 'white'" end),
    "set encoding utf8; set datafile separator '\t'",
    "$failures << EOD", stack("failures"), "EOD", "$bans << EOD", stack("bans"), "EOD",
    "$networks << EOD", (.networks | reverse | to_entries[] | [.key, .value.network, .value.failures] | join("\t")), "EOD",
    "$hours << EOD", (.hours as $h | range(7) as $d | range(24) as $x | [$x, 6 - $d, $h[$d][$x]] | join("\t")), "EOD",
    "set multiplot; set label 2 '\(heading)' at screen 0.5,0.965 center font ',14'",
    "set border 3 lc rgb '#888888'; set tics nomirror out scale 0.6 textcolor rgb '#333333'; set grid ytics lc rgb '#dddddd' lt 1",
    "set style fill solid 1 noborder; set boxwidth \(.about.width * 0.92) absolute",
    "set xdata time; set timefmt '%s'; set format x '\(timeformat)'; set xrange ['\(.times[0])':'\(.times[-1] + .about.width)']",
    "set yrange [0:*]; set format y '%.0f'; set key at graph 1, graph 1 right bottom horizontal reverse Left samplen 1 width 1 maxrows 1",
    whole("y"; [.failures[] | add] | max), panel(0.065; if $banned then 0.69 else 0.53 end; 0.885; if $banned then 0.2 else 0.36 end; "Failures, every \(.about.width | step)"),
    "plot " + boxes("failures"; true),
    "unset label 2",
    (if $banned then whole("y"; [.bans[] | add] | max), panel(0.065; 0.45; 0.885; 0.15; "Bans, every \(.about.width | step)"), "plot " + boxes("bans"; false) else empty end),
    "unset xdata; unset timefmt; unset key; set format x '%.0f'; set xrange [0:*]; set yrange [-0.6:\([.networks | length, 1] | max) - 0.4]",
    "set grid noytics xtics",
    (if .networks == [] then empty else
      panel(0.16; 0.07; 0.34; if $banned then 0.29 else 0.35 end; "The busiest networks (/24, /48), by failures"),
      "plot $networks using ($3/2):1:($3/2):(0.38):yticlabels(2) with boxxyerror lc rgb '#0072B2'" end),
    "unset grid; set border 0; set tics scale 0 textcolor rgb '#333333'; set xrange [-0.5:23.5]; set yrange [-0.5:6.5]; set xtics 0,3,23; unset ytics",
    "set ytics (\([range(7) | "'\(days[.])' \(6 - .)"] | join(", ")))",
    "set palette defined (0 '#f2f2f2', 0.0001 '#d5e6f3', 0.5 '#5a9fd0', 1 '#08306b'); set cbrange [0:\([[.hours[][]] | max, 1] | max)]",
    whole("cb"; [.hours[][]] | max),
    "set colorbox user origin 0.95,0.07 size 0.01,\(if $banned then 0.29 else 0.35 end)",
    panel(0.585; 0.07; 0.36; if $banned then 0.29 else 0.35 end; "Failures by hour and weekday (\(.zone))"),
    "plot $hours using 1:2:(0.46):(0.44):3 with boxxyerror fc palette",
    "unset multiplot";
