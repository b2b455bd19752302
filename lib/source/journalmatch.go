package source

// Match says which entries of a journal are wanted. The zero value wants all.
type Match struct{}
