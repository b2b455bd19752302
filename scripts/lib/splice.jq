# splice.jq: what the splice filters do with events. Everything in an event is foreign text.

# event reads a line; what is no event is nothing.
def event: try (fromjson | select(type == "object" and (.type | type) == "string")) catch empty;

# capped bounds an event: strings to 1000 characters, arrays to the last 20, all of it to 16 KiB.
def capped:
  def cut: if type == "string" then .[:1000] elif type == "array" then .[-20:] | map(cut)
    elif type == "object" then map_values(cut) else . end;
  def fits: (tojson | utf8bytelength) <= 16384;
  cut
  | if fits then . else del(.matches, .lines) end
  | if fits then . else with_entries(select(.key | IN("v", "type", "time", "ip", "id", "filter", "jail", "failures",
      "findtime", "maxretry", "bantime", "expires", "bancount", "error"))) end
  | select(fits);

# paced writes the wanted events of its input's lines, at most $rate a minute with as many at once at first; "- 5" says
# that five came too many. Bans that were only put back after a restart are no news.
def paced($types; $rate):
  ($types / ",") as $wanted
  | def refill: now as $now | .tokens = ([.tokens + ($now - .at) * $rate / 60, $rate] | min) | .at = $now;
    def told: if .over > 0 then .out = ["- \(.over)"] | .over = 0 else . end;
    def take($event): refill
      | if .tokens >= 1 then .tokens -= 1 | told | .out += [$event | capped | tojson]
        else .over += 1 | .all += 1 | if .all == .next then .next *= 2 | told else . end end;
    foreach (inputs, null) as $line ({tokens: $rate, at: now, over: 0, all: 0, next: 1};
      .out = []
      | if $line == null then told
        else ([$line | event | select((.type | IN($wanted[])) and .restored != true)][0]) as $event
          | if $event == null then . else take($event) end
        end;
      .out[]);

# text makes a string of any value, without control and format characters: they show as "?", also ESC and those that
# turn the direction of writing. Line ends go too.
def text: (if type == "string" then . elif . == null then "" else tojson end)
  | if test("^[ -~]*$") and (contains("\n") | not) then . else gsub("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]"; "?") end;

def text($length): text | .[:$length];

def jail: (.jail // .filter // "default") | text(64);
def who: (.ip // .id // "") | text(128);

# name is for places where blanks and brackets mean something.
def name: text(64) | gsub("[^A-Za-z0-9_.@+-]"; "_") | if . == "" then "_" else . end;

def isaddress: type == "string" and (test("^[0-9]{1,3}(\\.[0-9]{1,3}){3}(/[0-9]{1,2})?$")
  or test("^[0-9A-Fa-f]*:[0-9A-Fa-f:]+(\\.[0-9.]+)?(/[0-9]{1,3})?$"));

def ismail: type == "string" and length <= 200
  and test("^[A-Za-z0-9_][A-Za-z0-9._+=-]*@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9-]+)*\\.[A-Za-z]{2,}$");

# seconds reads RFC 3339 into seconds since 1970, with the fraction. (mktime of jq 1.6 is an hour off in summer.)
def seconds:
  def days($y; $m; $d): 365 * $y + ($y / 4 | floor) - ($y / 100 | floor) + ($y / 400 | floor)
    + ((153 * $m + 2) / 5 | floor) + $d - 719469; # of years that begin in March
  (capture("^(?<y>\\d{4})-(?<mo>\\d\\d)-(?<d>\\d\\d)T(?<h>\\d\\d):(?<mi>\\d\\d):(?<s>\\d\\d(?:\\.\\d+)?)(?:Z|(?<sign>[+-])(?<zh>\\d\\d):(?<zm>\\d\\d))$")
    // error("no time"))
  | (.sign // "+") as $sign | del(.sign) | map_values((. // 0) | tonumber)
  | (if .mo > 2 then days(.y; .mo - 3; .d) else days(.y - 1; .mo + 9; .d) end) * 86400
    + .h * 3600 + .mi * 60 + .s
    - (.zh * 3600 + .zm * 60) * (if $sign == "-" then -1 else 1 end);

# lasting says a number of seconds as people do.
def lasting: if type != "number" then "some time" elif . < 0 then "ever"
  elif . >= 172800 then "\(. / 86400 | floor) days" elif . >= 7200 then "\(. / 3600 | floor) hours"
  elif . >= 120 then "\(. / 60 | floor) minutes" else "\(floor) seconds" end;

# base64lines is base64 as mail has it, 76 characters a line.
def base64lines: [@base64 | scan(".{1,76}")] | join("\n");

# header is a value for a mail's header: ASCII as it is, all else in encoded words (RFC 2047) of whole characters.
def header: text(200) | if test("^[ -~]*$") and (test("=\\?") | not) then .
  else [scan(".{1,10}") | "=?UTF-8?B?" + @base64 + "?="] | join("\n ") end;

def maildate: now | gmtime | strftime("%a, %d %b %Y %H:%M:%S +0000");
