package source

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// TestBlockIsNext holds the lines of blocks against those that Next returns one by one.
func TestBlockIsNext(t *testing.T) {
	long := strings.Repeat("x", 300)
	input := "one\r\ntwo\n\n\r\nm\xfcller\nmüller\r\r\n" + long + "\nafter\n" + strings.Repeat("many\n", 50000) + "no end"
	for _, encoding := range []string{"utf-8", "latin-1", "utf-16-le", "utf-8-sig", "shift_jis"} {
		for name, open := range map[string]func() io.Reader{
			"whole":  func() io.Reader { return strings.NewReader(input) },
			"halves": func() io.Reader { return iotest.HalfReader(strings.NewReader(input)) },
			"bytes":  func() io.Reader { return iotest.OneByteReader(strings.NewReader(input[:900])) },
		} {
			o := Options{Encoding: encoding, MaxLine: 256}
			one, many := Reader(open(), o), Reader(open(), o).(Blocker)
			var b Block
			for no := 1; ; no++ {
				want, wantErr := one.Next()
				var err error
				if len(b.Lines) == 0 {
					err = many.Block(&b)
				}
				if err != wantErr {
					t.Fatalf("%s, %s: line %d: %v, want %v", encoding, name, no, err, wantErr)
				}
				if err != nil {
					break
				}
				if b.Lines[0] != want.Text || b.No != want.No || b.File != want.File {
					t.Fatalf("%s, %s: line %d: %d %q, want %+v", encoding, name, no, b.No, b.Lines[0], want)
				}
				b.Lines = b.Lines[1:]
				b.No++
			}
		}
	}
}

func BenchmarkBlock(b *testing.B) {
	input := strings.Repeat("Mar  1 10:00:00 host sshd[1234]: Failed password for root from 192.0.2.1 port 22 ssh2\n", 10000)
	b.SetBytes(int64(len(input)))
	b.ReportAllocs()
	var block Block
	for b.Loop() {
		s := Reader(strings.NewReader(input), Options{}).(Blocker)
		for s.Block(&block) == nil {
		}
	}
}
