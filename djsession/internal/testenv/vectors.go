package testenv

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Vector is what one Django made of one case. testdata/README.md says more of
// each field.
type Vector struct {
	Django, Python string
	Time           time.Time
	Case           string
	Op             string   // "encode": Text is of Django's making; "decode": Django was given Text
	Class          string   // of the session store, as its __qualname__; else "SessionStore"
	Salt           string   // key_salt, where the class sets it
	Engine         string   // "signed_cookies", else "db"
	Serializer     string   // "pickle", else "json"
	Hashing        string   // "sha1" for DEFAULT_HASHING_ALGORITHM
	Secret         string   // SECRET_KEY
	Fallbacks      []string // SECRET_KEY_FALLBACKS
	Data           string   // as JSON, in Python's form: the payload itself where it was encoded
	Repr           string   // the data, where JSON cannot hold it
	Payload        []byte   // of a pickle
	Error          string   // the exception that Django raised
	Warning        bool     // Django warned that the session is corrupted
	Text           string
}

// Vectors returns all of testdata/vectors. A name that it does not know is
// fatal: a reader that skipped what it does not understand would pass tests
// that it should fail.
func Vectors(t testing.TB) []Vector {
	t.Helper()
	paths, err := filepath.Glob(Testdata(t, "vectors/*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	var all []Vector
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		vectors, err := parseVectors(string(text))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, vectors...)
	}
	return all
}

func parseVectors(text string) ([]Vector, error) {
	header, records, _ := strings.Cut(text, "\n\n")
	_, header, _ = strings.Cut(header, "\n") // the comment
	file := Vector{Class: "SessionStore", Engine: "db", Serializer: "json"}
	if err := file.parse(header); err != nil {
		return nil, err
	}
	var vectors []Vector
	for record := range strings.SplitSeq(strings.TrimSuffix(records, "\n\n"), "\n\n") {
		vector := file
		if err := vector.parse(record); err != nil {
			return nil, fmt.Errorf("case %q: %w", vector.Case, err)
		}
		vectors = append(vectors, vector)
	}
	return vectors, nil
}

func (v *Vector) parse(record string) error {
	for line := range strings.SplitSeq(record, "\n") {
		name, value, ok := strings.Cut(line, ": ")
		if !ok {
			return fmt.Errorf("not a line of name and value: %.40q", line)
		}
		if err := v.set(name, value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (v *Vector) set(name, value string) (err error) {
	plain := map[string]*string{"django": &v.Django, "python": &v.Python, "case": &v.Case, "op": &v.Op, "class": &v.Class,
		"salt": &v.Salt, "engine": &v.Engine, "serializer": &v.Serializer, "hashing": &v.Hashing, "data": &v.Data, "repr": &v.Repr,
		"error": &v.Error}
	switch name {
	case "secret":
		return json.Unmarshal([]byte(value), &v.Secret)
	case "text":
		return json.Unmarshal([]byte(value), &v.Text)
	case "fallback":
		var secret string
		err = json.Unmarshal([]byte(value), &secret)
		v.Fallbacks = append(v.Fallbacks, secret)
	case "payload":
		v.Payload, err = base64.StdEncoding.DecodeString(value)
	case "warning":
		v.Warning, err = value == "yes", nil
	case "time":
		var seconds int64
		seconds, err = strconv.ParseInt(value, 10, 64)
		v.Time = time.Unix(seconds, 0)
	default:
		field, ok := plain[name]
		if !ok {
			return fmt.Errorf("an unknown name")
		}
		*field = value
	}
	return err
}

// Testdata returns the path of a file or directory in testdata at the top, also
// to the modules below that have none of their own.
func Testdata(t testing.TB, name string) string {
	t.Helper()
	path, err := testdata(name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func testdata(name string) (string, error) {
	dir, err := filepath.Abs(".")
	if err != nil {
		return "", err
	}
	for {
		data := filepath.Join(dir, "testdata")
		if isThere(filepath.Join(dir, "go.mod")) && isThere(data) {
			return filepath.Join(data, filepath.FromSlash(name)), nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("no go.mod with testdata above the working directory")
		}
		dir = up
	}
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
