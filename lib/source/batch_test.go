package source

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// TestBatchIsNext holds the lines of batches against those that Next returns one by one.
func TestBatchIsNext(t *testing.T) {
	long := strings.Repeat("x", 300)
	input := "one\r\ntwo\n\n\r\nm\xfcller\nmüller\r\r\n" + long + "\nafter\n" + strings.Repeat("many\n", 50000) + "no end"
	for _, encoding := range []string{"utf-8", "latin-1", "utf-16-le", "utf-8-sig", "shift_jis"} {
		for name, open := range map[string]func() io.Reader{
			"whole":  func() io.Reader { return strings.NewReader(input) },
			"halves": func() io.Reader { return iotest.HalfReader(strings.NewReader(input)) },
			"bytes":  func() io.Reader { return iotest.OneByteReader(strings.NewReader(input[:900])) },
		} {
			o := Options{Encoding: encoding, MaxLine: 256}
			one, many := Reader(open(), o), Reader(open(), o).(Batcher)
			var batch []Line
			for no := 1; ; no++ {
				want, wantErr := one.Next()
				var err error
				if len(batch) == 0 {
					batch, err = many.Batch(batch)
				}
				if err != wantErr {
					t.Fatalf("%s, %s: line %d: %v, want %v", encoding, name, no, err, wantErr)
				}
				if err != nil {
					break
				}
				if got := batch[0]; got.Text != want.Text || got.No != want.No || got.Dropped != want.Dropped {
					t.Fatalf("%s, %s: line %d: %+v, want %+v", encoding, name, no, got, want)
				}
				batch = batch[1:]
			}
		}
	}
}

func BenchmarkBatch(b *testing.B) {
	input := strings.Repeat("Mar  1 10:00:00 host sshd[1234]: Failed password for root from 192.0.2.1 port 22 ssh2\n", 10000)
	b.SetBytes(int64(len(input)))
	b.ReportAllocs()
	var lines []Line
	for b.Loop() {
		s := Reader(strings.NewReader(input), Options{}).(Batcher)
		for {
			var err error
			if lines, err = s.Batch(lines[:0]); err != nil {
				break
			}
		}
	}
}
