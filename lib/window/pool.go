package window

// chunkSize is how many values a pool takes from the memory at once.
const chunkSize = 1 << 9

// pool holds very many values of one type without a pointer or an allocation for each, and never moves them.
// A value is named by an index; 0 names none.
type pool[T any] struct {
	chunks [][]T
	used   int32   // the highest index so far
	free   []int32 // indices that were given back
}

// take returns the index of a zero value.
func (p *pool[T]) take() int32 {
	if n := len(p.free); n > 0 {
		i := p.free[n-1]
		p.free = p.free[:n-1]
		return i
	}
	p.used++
	if int(p.used)/chunkSize >= len(p.chunks) {
		p.chunks = append(p.chunks, make([]T, chunkSize))
	}
	return p.used
}

// at returns the value at index i.
func (p *pool[T]) at(i int32) *T { return &p.chunks[uint32(i)/chunkSize][i&(chunkSize-1)] }

// give takes back the value at index i.
func (p *pool[T]) give(i int32) {
	var zero T
	*p.at(i) = zero
	p.free = append(p.free, i)
}
