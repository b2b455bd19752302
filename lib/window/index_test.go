package window

import (
	"math/rand/v2"
	"net/netip"
	"testing"
)

// TestIndex adds and removes at random, with hashes of which many are the same or neighbours, and holds the index against a map.
func TestIndex(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 2))
		var x index
		want := map[int32]uint32{} // hashes
		bits := 1 << (3 + r.IntN(12))
		for range 5000 {
			number := int32(1 + r.IntN(300))
			if hash, there := want[number]; there {
				x.remove(hash, number)
				delete(want, number)
			} else {
				hash := uint32(r.IntN(bits)) * uint32(1+seed%2*1000003)
				x.add(hash, number)
				want[number] = hash
			}
			probe := int32(1 + r.IntN(300))
			hash, there := want[probe]
			found := x.find(hash, func(number int32) bool { return number == probe })
			if there != (found == probe) || !there && found != 0 {
				t.Fatalf("seed %d: %d is there: %v, found %d", seed, probe, there, found)
			}
		}
		if x.n != len(want) {
			t.Errorf("seed %d: %d keys, want %d", seed, x.n, len(want))
		}
	}
}

func TestKeys(t *testing.T) {
	address := func(s string) Key { return Address(netip.MustParsePrefix(s)) }
	equal := map[Key]Key{
		Text("192.0.2.1"):     address("192.0.2.1/32"),
		Text("2001:db8::1"):   address("2001:db8::1/128"),
		Text("192.0.2.0/24"):  address("192.0.2.0/24"),
		Text("2001:db8::/32"): address("2001:db8::/32"),
	}
	for got, want := range equal {
		if got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	all := map[Key]bool{}
	texts := []string{"", "bob", "192.0.2.1/32", "192.0.2.01", "2001:DB8::1", "fe80::1%eth0", "::ffff:192.0.2.1"}
	for _, text := range texts {
		all[Text(text)] = true
	}
	nets := []string{"192.0.2.1/32", "192.0.2.0/32", "192.0.2.0/24", "192.0.0.0/16", "0.0.0.0/0", "::/0", "::/96", "::c000:201/128"}
	for _, net := range nets {
		all[address(net)] = true
	}
	if len(all) != len(texts)+len(nets) {
		t.Errorf("%d keys of %d differ", len(all), len(texts)+len(nets))
	}
}

// TestRoomIsUsedAgain keeps texts come and go, and holds that the room that is kept for others is bounded.
func TestRoomIsUsedAgain(t *testing.T) {
	var x texts
	var numbers []int32
	for i := range 5000 {
		numbers = append(numbers, x.put(make([]byte, i)))
	}
	for i, number := range numbers {
		if len(x.get(number)) != i {
			t.Fatalf("text %d has %d bytes", i, len(x.get(number)))
		}
		x.drop(number)
	}
	if x.held == 0 || x.held > mostSpare {
		t.Errorf("%d bytes are kept", x.held)
	}
	for range 2 * mostSpare / 1000 {
		numbers = append(numbers[:0], x.put(make([]byte, 1000)))
	}
	for range 100 {
		x.drop(numbers[0])
		if again := x.put([]byte("of the same room, nearly: " + string(make([]byte, 970)))); again != numbers[0] {
			t.Fatalf("text %d is now %d", numbers[0], again)
		}
	}
}
