package filter

import (
	"math/rand/v2"
	"net/netip"
	"testing"
)

// TestAddressesAreReadAsPackageNetipDoes holds the short way for most addresses against the long one.
func TestAddressesAreReadAsPackageNetipDoes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 3))
	pieces := []string{"0", "1", "9", "10", "25", "255", "256", "300", "00", "01", "001", ".", "", ":", "a", "-1", "1000"}
	short := 0
	for range 200_000 {
		text := pieces[r.IntN(len(pieces))]
		for range 3 {
			text += "." + pieces[r.IntN(len(pieces))]
		}
		got, err := ParseAddress(text, "")
		want, wantErr := netip.ParseAddr(unpad(text))
		if want.Is4In6() {
			want = want.Unmap()
		}
		if (err == nil) != (wantErr == nil) || err == nil && got != netip.PrefixFrom(want, want.BitLen()) {
			t.Fatalf("%q is %v (%v), want %v (%v)", text, got, err, want, wantErr)
		}
		if _, ok := dotted(text); ok {
			short++
		}
	}
	if short < 1000 {
		t.Errorf("only %d were read the short way", short)
	}
}
