package source

import (
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// byPythonName holds the names of Python that the registry of names lacks. All are written as canonical does.
var byPythonName = map[string]encoding.Encoding{
	"utf8": unicode.UTF8, "u8": unicode.UTF8, "utf": unicode.UTF8, "cp65001": unicode.UTF8,
	"utf-8-sig": unicode.UTF8BOM,
	"8859":      charmap.ISO8859_1, "latin": charmap.ISO8859_1, "latin-1": charmap.ISO8859_1,
	"iso8859": charmap.ISO8859_1, "iso8859-1": charmap.ISO8859_1, "iso8859-11": charmap.Windows874,
	"cp874": charmap.Windows874, "mac-roman": charmap.Macintosh, "macroman": charmap.Macintosh,
	"koi8":  charmap.KOI8R,
	"eucjp": japanese.EUCJP, "ujis": japanese.EUCJP, "u-jis": japanese.EUCJP,
	"sjis": japanese.ShiftJIS, "s-jis": japanese.ShiftJIS, "shiftjis": japanese.ShiftJIS,
	"cp932": japanese.ShiftJIS, "ms932": japanese.ShiftJIS, "mskanji": japanese.ShiftJIS, "ms-kanji": japanese.ShiftJIS,
	"iso2022-jp": japanese.ISO2022JP, "iso2022jp": japanese.ISO2022JP,
	"euckr": korean.EUCKR, "cp949": korean.EUCKR, "ms949": korean.EUCKR, "uhc": korean.EUCKR,
	"euccn": simplifiedchinese.GBK, "euc-cn": simplifiedchinese.GBK, "gb2312": simplifiedchinese.GBK,
	"eucgb2312-cn": simplifiedchinese.GBK, "hz": simplifiedchinese.HZGB2312, "hzgb": simplifiedchinese.HZGB2312,
}

// escaped are the codes that write other characters with bytes of ASCII.
var escaped = map[string]bool{
	"iso2022-jp": true, "iso2022jp": true, "iso-2022-jp": true, "csiso2022jp": true,
	"hz": true, "hzgb": true, "hz-gb": true, "hz-gb-2312": true,
}

// canonical writes a name of an encoding in lower case with a "-" for each run of other characters, since Python takes
// "UTF_8", "utf 8" and "utf-8" for the same.
func canonical(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '.')
	}), "-")
}

// lookup finds the encoding with a canonical name; nil if there is none.
func lookup(name string) encoding.Encoding {
	if code, ok := byPythonName[name]; ok {
		return code
	}
	for _, spelling := range spellings(name) {
		if code, err := ianaindex.IANA.Encoding(spelling); err == nil && code != nil {
			return code
		}
	}
	return nil
}

// spellings lists how the registry may write what Python calls name: iso8859-15, cp1252 and 1252, koi8_r.
func spellings(name string) []string {
	list := []string{name, strings.ReplaceAll(name, "-", "_")}
	if name == "ascii" || name == "646" {
		list = append(list, "us-ascii")
	}
	if part, ok := strings.CutPrefix(name, "iso8859-"); ok {
		list = append(list, "iso-8859-"+part)
	}
	if part := strings.TrimPrefix(name, "cp"); strings.HasPrefix(part, "125") {
		list = append(list, "windows-"+part)
	} else if part != "" && strings.Trim(part, "0123456789") == "" {
		list = append(list, "cp"+part, "ibm"+part)
	}
	return list
}

// table lists what each byte of a code means, as Python has it: the control characters from 0x80 to 0x9f of ISO 8859,
// which some tables leave out, are themselves, and KOI8-U has two box drawings where others have Belarusian letters.
// ascii says whether the code's lower half is ASCII.
func table(c *charmap.Charmap, name string) (t *[256]rune, ascii bool) {
	t, ascii = new([256]rune), true
	controls := strings.HasPrefix(c.String(), "ISO 8859") || strings.Contains(name, "8859")
	for i := range t {
		t[i] = c.DecodeByte(byte(i))
		if controls && i >= 0x80 && i < 0xa0 {
			t[i] = rune(i)
		}
		ascii = ascii && (i >= 0x80 || t[i] == rune(i))
	}
	if c == charmap.KOI8U {
		t[0xae], t[0xbe] = '╝', '╬'
	}
	return t, ascii
}
