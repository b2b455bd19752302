package growth

import (
	"fmt"
	"math"
)

// manyArguments is how many arguments min and max take at most.
const manyArguments = 32

// function is one that formulas may call.
type function struct {
	least, most int // arguments
	call        func([]number) (number, error)
}

var functions = map[string]function{
	"min":   {2, manyArguments, func(a []number) (number, error) { return extreme(a, -1), nil }},
	"max":   {2, manyArguments, func(a []number) (number, error) { return extreme(a, 1), nil }},
	"abs":   {1, 1, absolute},
	"int":   {1, 1, func(a []number) (number, error) { return toWhole(a[0], math.Trunc) }},
	"float": {1, 1, func(a []number) (number, error) { return number{f: a[0].float()}, nil }},
	"round": {1, 1, func(a []number) (number, error) { return toWhole(a[0], math.RoundToEven) }},
	"pow":   {2, 2, func(a []number) (number, error) { return power(a[0], a[1]) }},

	"math.floor": {1, 1, func(a []number) (number, error) { return toWhole(a[0], math.Floor) }},
	"math.ceil":  {1, 1, func(a []number) (number, error) { return toWhole(a[0], math.Ceil) }},
	"math.trunc": {1, 1, func(a []number) (number, error) { return toWhole(a[0], math.Trunc) }},
	"math.exp":   real1("exp", math.Exp),
	"math.expm1": real1("expm1", math.Expm1),
	"math.sqrt":  real1("sqrt", math.Sqrt),
	"math.log2":  real1("log2", math.Log2),
	"math.log10": real1("log10", math.Log10),
	"math.log1p": real1("log1p", math.Log1p),
	"math.sin":   real1("sin", math.Sin),
	"math.cos":   real1("cos", math.Cos),
	"math.tan":   real1("tan", math.Tan),
	"math.tanh":  real1("tanh", math.Tanh),
	"math.atan":  real1("atan", math.Atan),
	"math.fabs":  real1("fabs", math.Abs),
	"math.log":   {1, 2, logarithm},
	"math.pow":   {2, 2, func(a []number) (number, error) { return real(math.Pow(a[0].float(), a[1].float()), "pow") }},
	"math.ldexp": {2, 2, func(a []number) (number, error) { return multiply(number{f: a[0].float()}, power2(a[1])) }},
}

// real1 is a function of one real number.
func real1(name string, f func(float64) float64) function {
	return function{1, 1, func(a []number) (number, error) { return real(f(a[0].float()), name) }}
}

// real refuses what Python refuses: a function at a place where it has no value.
func real(f float64, name string) (number, error) {
	if math.IsNaN(f) || math.IsInf(f, -1) {
		return number{}, fmt.Errorf("math.%s has no value there", name)
	}
	return number{f: f}, nil
}

func logarithm(a []number) (number, error) {
	f := math.Log(a[0].float())
	if len(a) == 2 {
		f /= math.Log(a[1].float())
	}
	return real(f, "log")
}

func power2(n number) number { return number{f: math.Pow(2, n.float())} }

func absolute(a []number) (number, error) {
	if a[0].float() < 0 {
		return subtract(whole(0), a[0])
	}
	return a[0], nil
}

// extreme is the first of the largest numbers, or of the smallest for a negative sign.
func extreme(a []number, sign float64) number {
	best := a[0]
	for _, n := range a[1:] {
		if sign*n.float() > sign*best.float() {
			best = n
		}
	}
	return best
}

// toWhole rounds. What has no room in 64 bits stays as it is.
func toWhole(n number, round func(float64) float64) (number, error) {
	if n.whole {
		return n, nil
	}
	f := round(n.f)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return number{}, fmt.Errorf("%g is no whole number", f)
	}
	if math.Abs(f) < 1<<63 {
		return whole(int64(f)), nil
	}
	return number{f: f}, nil
}
