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
			at := 0 // in b
			for no := 1; ; no++ {
				want, wantErr := one.Next()
				var err error
				if at == len(b.Lines) {
					at, err = 0, many.Block(&b)
				}
				if err != wantErr {
					t.Fatalf("%s, %s: line %d: %v, want %v", encoding, name, no, err, wantErr)
				}
				if err != nil {
					break
				}
				if b.Line(at) != want.Text || b.No+int64(at) != want.No || b.File != want.File {
					t.Fatalf("%s, %s: line %d: %d %q, want %+v", encoding, name, no, b.No+int64(at), b.Line(at), want)
				}
				at++
			}
		}
	}
}

// TestBlocksStay reads many blocks before it looks at them.
func TestBlocksStay(t *testing.T) {
	for name, input := range map[string]string{
		"plain":    strings.Repeat("a line\r\n", 100_000),
		"overlong": strings.Repeat(strings.Repeat("x", 300)+"\n", 2000) + strings.Repeat(strings.Repeat("y", 200_000)+"\nshort\n", 20),
		"mended":   strings.Repeat("m\xfcller\nmüller\n", 50_000) + "no end",
	} {
		s := Reader(strings.NewReader(input), Options{MaxLine: 256}).(Blocker)
		var blocks []*Block
		for {
			b := &Block{}
			if s.Block(b) != nil {
				break
			}
			blocks = append(blocks, b)
		}
		one := Reader(strings.NewReader(input), Options{MaxLine: 256})
		lines, dropped := 0, 0
		for _, b := range blocks {
			for i := range b.Lines {
				want, err := one.Next()
				if err != nil || b.Line(i) != want.Text || b.No+int64(i) != want.No {
					t.Fatalf("%s: line %d: %q, want %+v, %v", name, b.No+int64(i), b.Line(i), want, err)
				}
				dropped += want.Dropped
				lines++
			}
			dropped -= b.Dropped
		}
		if lines < 2000 || len(blocks) < 5 || dropped != 0 {
			t.Errorf("%s: %d lines in %d blocks; %d bytes of difference in what was cut off", name, lines, len(blocks), dropped)
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
