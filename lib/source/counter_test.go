package source

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCounter counts the bytes of packed files as they are, and the lines in them.
func TestCounter(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte(strings.Repeat("a line\n", 5000)))
	z.Close()
	dir := t.TempDir()
	plain, gz := filepath.Join(dir, "plain"), filepath.Join(dir, "gz")
	for name, text := range map[string][]byte{plain: []byte("one\ntwo\nthree"), gz: packed.Bytes()} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	paths := []string{plain, gz}
	size, known := Size(paths, nil)
	if want := int64(packed.Len() + 13); !known || size != want {
		t.Errorf("the size is %d, %v; want %d", size, known, want)
	}
	var c Counter
	collect(t, Files(paths, Options{Counter: &c}))
	if c.Bytes.Load() != size || c.Lines.Load() != 5003 {
		t.Errorf("%d bytes, %d lines; want %d, 5003", c.Bytes.Load(), c.Lines.Load(), size)
	}
	c = Counter{}
	in := Files(paths, Options{Counter: &c}).(Blocker)
	for b := new(Block); in.Block(b) == nil; {
	}
	if c.Bytes.Load() != size || c.Lines.Load() != 5003 {
		t.Errorf("in blocks: %d bytes, %d lines; want %d, 5003", c.Bytes.Load(), c.Lines.Load(), size)
	}
}

// TestSizeUnknown knows the size of plain files alone.
func TestSizeUnknown(t *testing.T) {
	file, err := os.Open("counter_test.go")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, _ := file.Stat()
	if size, known := Size([]string{Stdin}, file); !known || size != info.Size() {
		t.Errorf("a plain file as standard input: %d, %v", size, known)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	for what, known := range map[string]bool{
		"a pipe": second(Size([]string{Stdin}, r)), "no stream": second(Size([]string{Stdin}, nil)),
		"a folder": second(Size([]string{"testdata"}, nil)), "a device": second(Size([]string{"/dev/null"}, nil)),
		"nothing": second(Size([]string{"counter_test.go", "missing"}, nil)),
	} {
		if known {
			t.Errorf("the size of %s is known", what)
		}
	}
}

func second(_ int64, known bool) bool { return known }
