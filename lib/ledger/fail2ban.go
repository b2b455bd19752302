package ledger

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"sort"
	"strings"
	"time"

	"f2b/lib/event"
)

// unknownBantime is what fail2ban writes where it does not know how long a ban lasts, after an upgrade of its database.
const unknownBantime = -2

// ReadFail2ban reads the bans of fail2ban's own database, those that are over too: for each address in each jail the
// last one, with how often it was banned. bantime, in seconds, is for bans whose own is not known. The file is only read, and fail2ban may be running.
func ReadFail2ban(path string, bantime int64) ([]Ban, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("%s: %w", path, bare(err))
	}
	source := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: "mode=ro&_pragma=busy_timeout(2000)"}
	db, err := sql.Open("sqlite", source.String())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	defer db.Close()
	bans, err := readFail2ban(db, bantime)
	if err != nil {
		return nil, fmt.Errorf("%s: no database of fail2ban: %w", path, err)
	}
	return bans, nil
}

// The last ban of each address. The table bips has it since fail2ban 0.11; before there was only the history.
const (
	currentBans = "SELECT ip, jail, timeofban, bantime, bancount, data FROM bips ORDER BY jail, timeofban, ip"
	historyBans = "SELECT ip, jail, max(timeofban), -2, count(*), data FROM bans GROUP BY ip, jail ORDER BY jail, 3, ip"
)

func readFail2ban(db *sql.DB, bantime int64) ([]Ban, error) {
	var current int
	if err := db.QueryRow("SELECT count(*) FROM sqlite_schema WHERE name = 'bips'").Scan(&current); err != nil {
		return nil, err
	}
	query := historyBans
	if current > 0 {
		query = currentBans
	}
	rows, err := db.Query(query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Ban
	for rows.Next() {
		var ip, jail sql.NullString
		var at, seconds, count sql.NullInt64
		var data []byte
		if err := rows.Scan(&ip, &jail, &at, &seconds, &count, &data); err != nil {
			return nil, err
		}
		if ip.String == "" || jail.String == "" {
			continue // fail2ban leaves such rows alone too
		}
		if seconds.Int64 == unknownBantime || seconds.Int64 == 0 {
			seconds.Int64 = bantime
		}
		all = append(all, imported(ip.String, jail.String, at.Int64, seconds.Int64, count.Int64, data))
	}
	return all, rows.Err()
}

// longest is how far from 1970 a time may be, in seconds: beyond it there is no year that JSON could say.
const longest = 253402300799

// imported makes a row of one of fail2ban's.
func imported(ip, jail string, at, bantime, count int64, data []byte) Ban {
	at = min(max(at, 0), longest)
	b := Ban{Jail: jail, State: InForce, Time: time.Unix(at, 0).UTC(), Bantime: bantime, Bancount: int(max(count, 1))}
	if bantime < 0 {
		b.Bantime = -1
	} else {
		b.Expires = time.Unix(min(at+min(bantime, longest), longest), 0).UTC()
	}
	e := event.Event{V: event.Version, Type: event.Banned, Time: b.Time, Jail: jail}
	if e.IP = address(ip); !e.IP.IsValid() {
		e.ID = ip
	}
	details(&e, data)
	b.Key, b.Event = e.Key(), e.AppendJSON(nil)
	return b
}

// address reads an address or a network; anything else is an id.
func address(s string) netip.Prefix {
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen())
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}
	}
	return p.Masked()
}

// details reads what fail2ban keeps of the failures. What it cannot read it leaves out: the ban counts, not its story.
func details(e *event.Event, data []byte) {
	var d map[string]any
	if json.Unmarshal(data, &d) != nil {
		return
	}
	for name, value := range d {
		switch v := value.(type) {
		case float64:
			if name == "failures" && v > 0 && v < 1e9 {
				e.Failures = int(v)
			}
		case string:
			e.Fields = append(e.Fields, event.Field{Name: strings.ToLower(name), Value: v})
		case []any:
			if name == "matches" {
				e.Matches = matches(v)
			}
		}
	}
	sort.Slice(e.Fields, func(i, j int) bool { return e.Fields[i].Name < e.Fields[j].Name })
}

// matches are lines, each in one piece or in the three around its date.
func matches(list []any) (lines []string) {
	for _, m := range list {
		switch m := m.(type) {
		case string:
			lines = append(lines, m)
		case []any:
			var line strings.Builder
			for _, part := range m {
				if s, ok := part.(string); ok {
					line.WriteString(s)
				}
			}
			lines = append(lines, line.String())
		}
	}
	return lines
}
