package event

import (
	"net/netip"
	"strconv"
	"time"
)

// appendMember appends a member of the table, number i, and a comma before it, unless the event does not have it. The version is ours
// whatever the event says: what follows is in it.
func (e *Event) appendMember(b []byte, i int) []byte {
	key := members[i].key
	switch i {
	case atV:
		return append(append(b, key...), '0'+Version)
	case atType:
		return appendText(b, key, e.Type)
	case atTime:
		return appendMoment(b, key, e.Time)
	case atIP:
		return appendAddress(b, key, e.IP)
	case atID:
		return appendText(b, key, e.ID)
	case atDNS:
		return appendText(b, key, e.DNS)
	case atFilter:
		return appendText(b, key, e.Filter)
	case atJail:
		return appendText(b, key, e.Jail)
	case atRule:
		return appendNumber(b, key, int64(e.Rule))
	case atFile:
		return appendText(b, key, e.File)
	case atLineno:
		return appendNumber(b, key, e.Lineno)
	case atLine:
		return appendText(b, key, e.Line)
	case atLines:
		return appendList(b, key, e.Lines)
	case atFields:
		return appendFields(b, key, e.Fields)
	case atFailures:
		return appendNumber(b, key, int64(e.Failures))
	case atFirst:
		return appendMoment(b, key, e.First)
	case atFindtime:
		return appendNumber(b, key, e.Findtime)
	case atMaxretry:
		return appendNumber(b, key, int64(e.Maxretry))
	case atMatches:
		return appendList(b, key, e.Matches)
	case atBantime:
		return appendNumber(b, key, e.Bantime)
	case atExpires:
		return appendMoment(b, key, e.Expires)
	case atBancount:
		return appendNumber(b, key, int64(e.Bancount))
	case atBackend:
		return appendText(b, key, e.Backend)
	case atRestored:
		return appendTrue(b, key, e.Restored)
	case atError:
		return appendText(b, key, e.Error)
	}
	return b
}

func appendText(b []byte, key, s string) []byte {
	if s == "" {
		return b
	}
	return appendString(append(b, key...), s)
}

func appendNumber(b []byte, key string, n int64) []byte {
	if n == 0 {
		return b
	}
	return strconv.AppendInt(append(b, key...), n, 10)
}

func appendMoment(b []byte, key string, t time.Time) []byte {
	if t.IsZero() {
		return b
	}
	return append(appendTime(append(append(b, key...), '"'), t), '"')
}

func appendAddress(b []byte, key string, p netip.Prefix) []byte {
	if !p.IsValid() {
		return b
	}
	return append(appendPrefix(append(append(b, key...), '"'), p), '"')
}

func appendTrue(b []byte, key string, is bool) []byte {
	if !is {
		return b
	}
	return append(append(b, key...), "true"...)
}

func appendList(b []byte, key string, list []string) []byte {
	if len(list) == 0 {
		return b
	}
	b = append(b, key...)
	separator := byte('[')
	for _, s := range list {
		b = appendString(append(b, separator), s)
		separator = ','
	}
	return append(b, ']')
}

func appendFields(b []byte, key string, fields []Field) []byte {
	if len(fields) == 0 {
		return b
	}
	b = append(b, key...)
	separator := byte('{')
	for _, f := range fields {
		b = appendString(append(b, separator), f.Name)
		b = appendString(append(b, ':'), f.Value)
		separator = ','
	}
	return append(b, '}')
}
