package source

import (
	"bytes"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// wideCode is UTF-16 or UTF-32 in one byte order.
type wideCode struct {
	unit    int               // bytes
	newline string            // "\n" as it is written
	code    encoding.Encoding // without looking at a byte order mark
	marked  bool              // a byte order mark at the log's beginning overrules the order
}

var (
	utf16LE = wideCode{2, "\n\x00", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), false}
	utf16BE = wideCode{2, "\x00\n", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), false}
	utf32LE = wideCode{4, "\n\x00\x00\x00", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), false}
	utf32BE = wideCode{4, "\x00\x00\x00\n", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), false}
)

// wideCodes holds the names Python has for them. Where no order is named and no mark tells it, it is little-endian.
var wideCodes = map[string]wideCode{
	"utf-16": utf16LE.orMarked(), "utf16": utf16LE.orMarked(), "u16": utf16LE.orMarked(),
	"utf-16le": utf16LE, "utf-16-le": utf16LE, "utf-16be": utf16BE, "utf-16-be": utf16BE,
	"unicodelittleunmarked": utf16LE, "unicodebigunmarked": utf16BE,
	"utf-32": utf32LE.orMarked(), "utf32": utf32LE.orMarked(), "u32": utf32LE.orMarked(),
	"utf-32le": utf32LE, "utf-32-le": utf32LE, "utf-32be": utf32BE, "utf-32-be": utf32BE,
}

func (w wideCode) orMarked() wideCode {
	w.marked = true
	return w
}

// stream is the encoding of a whole log.
func (w *wideCode) stream() encoding.Encoding {
	if !w.marked {
		return w.code
	}
	if w.unit == 2 {
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	}
	return utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)
}

// ordered is the code of a log that begins with head.
func (w wideCode) ordered(head []byte) wideCode {
	switch {
	case !w.marked:
	case w.unit == 2 && bytes.HasPrefix(head, []byte("\xfe\xff")):
		return utf16BE
	case w.unit == 4 && bytes.HasPrefix(head, []byte("\x00\x00\xfe\xff")):
		return utf32BE
	}
	w.marked = false
	return w
}

// index finds the first end of line in p, whose first byte is a unit's first; -1 if there is none.
func (w *wideCode) index(p []byte) int {
	for from := 0; ; {
		i := bytes.Index(p[from:], []byte(w.newline))
		if i < 0 {
			return -1
		}
		from += i
		if from%w.unit == 0 {
			return from
		}
		from++
	}
}

// text decodes one line. A byte order mark at its beginning and "\r" at its end are dropped.
func (w *wideCode) text(line []byte) string {
	text := decoded(w.code.NewDecoder(), line)
	return strings.TrimRight(strings.TrimPrefix(text, "\ufeff"), "\r")
}
