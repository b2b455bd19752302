package growth

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// number is a number as Python has them: whole or not. A whole one that has no room in 64 bits goes on as one that is not:
// what is that long is no ban time any more.
type number struct {
	whole bool
	i     int64
	f     float64
}

func whole(i int64) number { return number{whole: true, i: i} }

// natural makes a whole number of one that has no fraction.
func natural(f float64) number {
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return whole(int64(f))
	}
	return number{f: f}
}

func truth(b bool) number {
	if b {
		return whole(1)
	}
	return whole(0)
}

func (n number) float() float64 {
	if n.whole {
		return float64(n.i)
	}
	return n.f
}

func (n number) true() bool { return n.float() != 0 }

var compare = map[string]func(x, y float64) bool{
	"<":  func(x, y float64) bool { return x < y },
	"<=": func(x, y float64) bool { return x <= y },
	">":  func(x, y float64) bool { return x > y },
	">=": func(x, y float64) bool { return x >= y },
	"==": func(x, y float64) bool { return x == y },
	"!=": func(x, y float64) bool { return x != y },
}

var binary = map[string]func(x, y number) (number, error){
	"+":  add,
	"-":  subtract,
	"*":  multiply,
	"/":  divide,
	"//": floorDivide,
	"%":  modulo,
	"**": power,
	"<<": shiftLeft,
	">>": shiftRight,
}

var (
	errZero  = errors.New("division by zero")
	errShift = errors.New("a shift needs whole numbers, and may not be negative")
)

func add(x, y number) (number, error) {
	if x.whole && y.whole {
		if sum := x.i + y.i; (sum > x.i) == (y.i > 0) {
			return whole(sum), nil
		}
	}
	return number{f: x.float() + y.float()}, nil
}

func subtract(x, y number) (number, error) {
	if x.whole && y.whole {
		if diff := x.i - y.i; (diff < x.i) == (y.i > 0) {
			return whole(diff), nil
		}
	}
	return number{f: x.float() - y.float()}, nil
}

func multiply(x, y number) (number, error) {
	if x.whole && y.whole {
		high, low := bits.Mul64(uint64(max(x.i, -x.i)), uint64(max(y.i, -y.i)))
		if high == 0 && low <= math.MaxInt64 && x.i != math.MinInt64 && y.i != math.MinInt64 {
			return whole(x.i * y.i), nil
		}
	}
	return number{f: x.float() * y.float()}, nil
}

func divide(x, y number) (number, error) {
	if !y.true() {
		return number{}, errZero
	}
	return number{f: x.float() / y.float()}, nil
}

func floorDivide(x, y number) (number, error) {
	switch {
	case !y.true():
		return number{}, errZero
	case x.whole && y.whole && x.i != math.MinInt64:
		q := x.i / y.i
		if x.i%y.i != 0 && (x.i < 0) != (y.i < 0) {
			q--
		}
		return whole(q), nil
	}
	return number{f: math.Floor(x.float() / y.float())}, nil
}

// modulo has the sign of the divisor.
func modulo(x, y number) (number, error) {
	switch {
	case !y.true():
		return number{}, errZero
	case x.whole && y.whole && y.i != -1:
		m := x.i % y.i
		if m != 0 && (m < 0) != (y.i < 0) {
			m += y.i
		}
		return whole(m), nil
	}
	m := math.Mod(x.float(), y.float())
	if m != 0 && (m < 0) != (y.float() < 0) {
		m += y.float()
	}
	return number{f: m}, nil
}

func power(x, y number) (number, error) {
	if x.float() == 0 && y.float() < 0 {
		return number{}, errZero
	}
	f := math.Pow(x.float(), y.float())
	if math.IsNaN(f) {
		return number{}, fmt.Errorf("%g ** %g is no real number", x.float(), y.float())
	}
	if x.whole && y.whole && y.i >= 0 {
		return natural(f), nil
	}
	return number{f: f}, nil
}

// shiftLeft is a product, so what is too long for 64 bits is a large number and not a zero.
func shiftLeft(x, y number) (number, error) {
	if !x.whole || !y.whole || y.i < 0 {
		return number{}, errShift
	}
	return multiply(x, natural(math.Ldexp(1, int(min(y.i, 2000)))))
}

func shiftRight(x, y number) (number, error) {
	if !x.whole || !y.whole || y.i < 0 {
		return number{}, errShift
	}
	return whole(x.i >> min(uint64(y.i), 63)), nil
}
