package hashers_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/auth/hashers"
)

// A vector is what a real Django did; see testdata/README.md.
type vector struct {
	Django, Python, What, Note, Secret, Input string

	Output any
}

func vectors(t *testing.T) []vector {
	t.Helper()
	file, err := os.Open("testdata/passwords.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []vector
	for lines := bufio.NewScanner(file); lines.Scan(); {
		d := json.NewDecoder(strings.NewReader(lines.Text()))
		d.DisallowUnknownFields()
		var v vector
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	if len(all) != 292 {
		t.Fatalf("%d vectors", len(all))
	}
	return all
}

// everyHasher is what a Django had by default, and behind that all it could be
// told to use.
func everyHasher(django string) *hashers.Hashers {
	var major, minor int
	fmt.Sscanf(django, "%d.%d", &major, &minor)
	list := hashers.ForDjango(major, minor)
	salt := list[0].(hashers.PBKDF2).SaltLength
	if strings.HasPrefix(django, "3.1.1like") { // on the way to 3.2: its iterations, not yet its salts
		list = []hashers.Hasher{hashers.PBKDF2{Iterations: 260_000, SaltLength: salt}, hashers.PBKDF2{Iterations: 260_000, SaltLength: salt, SHA1: true}}
	}
	return hashers.New(append(list, hashers.Scrypt{}, hashers.BCrypt{}, hashers.BCrypt{Raw: true}, hashers.MD5{SaltLength: salt},
		hashers.SHA1{SaltLength: salt}, hashers.MD5{Unsalted: true}, hashers.SHA1{Unsalted: true}))
}

func TestVectors(t *testing.T) {
	checked := make(map[string]int)
	for _, v := range vectors(t) {
		if output, _ := v.Output.(string); strings.HasPrefix(output, "raises ") || strings.HasPrefix(output, "no such hasher") {
			continue
		}
		checked[v.What]++
		t.Run(v.What+" "+v.Django, func(t *testing.T) {
			t.Parallel() // some take a second
			v.check(t)
		})
	}
	if checked["password.encode"] < 90 || checked["password.must_update"] < 100 || checked["password.unusable"] < 15 {
		t.Errorf("only %v were checked", checked)
	}
}

func (v vector) check(t *testing.T) {
	passwords := everyHasher(v.Django)
	switch v.What {
	case "password.encode":
		output, _ := v.Output.(string)
		hasher, err := passwords.Identify(output)
		if err != nil || hasher.Algorithm() != v.Note {
			t.Fatalf("%s is of %v (%v)", output, hasher, err)
		}
		if correct, err := hasher.Verify("lètmein", output); !correct || err != nil {
			t.Errorf("%s: %v, %v", output, correct, err)
		}
	case "password.must_update":
		hasher, err := passwords.Identify(v.Input)
		if err != nil {
			t.Fatalf("%s: %v", v.Input, err)
		}
		if got, err := hasher.MustUpdate(v.Input); got != v.Output || err != nil {
			t.Errorf("%s (%s) must be updated: %v (%v), want %v", v.Input, v.Note, got, err, v.Output)
		}
	case "password.unusable": // "!" alone until 1.5
		if got := fmt.Sprintf("!... length %d", len(hashers.MakeUnusable())); got != v.Output && v.Output != "!... length 1" {
			t.Errorf("%v, ours: %s", v.Output, got)
		}
	default:
		t.Errorf("what is %s?", v.What)
	}
}
