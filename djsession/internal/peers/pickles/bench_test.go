package pickles

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	ogorek "github.com/kisielk/og-rek"
	gopickle "github.com/nlpodyssey/gopickle/pickle"

	"github.com/djsession/djsession-go/pickle"
)

// A session is what is read and written: the pickles that Python makes of it,
// or ours where there is no Python.
type session struct {
	name     string
	protocol int
	data     []byte
}

func (s *session) String() string { return fmt.Sprintf("%s/p%d", s.name, s.protocol) }

// sessions are a login, the same with a shop's cart, and one of about 4 KB.
func sessions(b *testing.B) []session {
	login := func() *pickle.Dict {
		return dict("_auth_user_id", "42", "_auth_user_backend", "django.contrib.auth.backends.ModelBackend", "_auth_user_hash", strings.Repeat("8f3b2a9c71d0e645", 4))
	}
	cart := login()
	var lines []any
	for i := range 3 {
		lines = append(lines, dict("sku", fmt.Sprintf("AB-%04d", i*37), "qty", int64(i+1), "price", float64(i)*9.5+0.99))
	}
	add(cart, "cart", pickle.NewList(lines...), "currency", "EUR", "csrf", strings.Repeat("x9", 16))
	big := login()
	for i := range 40 {
		add(big, fmt.Sprintf("preference_%02d", i), dict("enabled", i%3 == 0, "level", int64(i*1000), "label", fmt.Sprintf("Preference number %d", i),
			"tags", pickle.NewList("a", "b", int64(i))))
	}
	var all []session
	for _, protocol := range []int{2, 4, 5} {
		for _, s := range []session{{name: "login"}, {name: "cart"}, {name: "big4k"}} {
			v := map[string]any{"login": login(), "cart": cart, "big4k": big}[s.name]
			data, err := pickle.Marshal(v, &pickle.EncodeOptions{Protocol: protocol})
			if err != nil {
				b.Fatal(err)
			}
			s.protocol, s.data = protocol, rewritten(b, data, protocol)
			all = append(all, s)
		}
	}
	return all
}

func dict(items ...any) *pickle.Dict {
	d := new(pickle.Dict)
	add(d, items...)
	return d
}

func add(d *pickle.Dict, items ...any) {
	for i := 0; i < len(items); i += 2 {
		if err := d.Set(items[i], items[i+1]); err != nil {
			panic(err)
		}
	}
}

// bench runs f as a benchmark of its own and reports the processors' time too,
// as a ratio to C's unless that is 0.
func bench(b *testing.B, name string, size int, inC float64, f func() error) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(size))
		before := cpuTime()
		for b.Loop() {
			if err := f(); err != nil {
				b.Fatal(err)
			}
		}
		cpu := float64(cpuTime()-before) / float64(b.N)
		b.ReportMetric(cpu, "cpu-ns/op")
		if inC > 0 {
			b.ReportMetric(cpu/inC, "x-of-C")
		}
	})
}

func BenchmarkLoads(b *testing.B) {
	for _, s := range sessions(b) {
		b.Run(s.String(), func(b *testing.B) {
			inC := timeInC(b, "loads", &s)
			bench(b, "djsession", len(s.data), inC, func() error {
				_, err := pickle.Loads(s.data, nil)
				return err
			})
			bench(b, "og-rek", len(s.data), inC, func() error {
				_, err := ogorek.NewDecoder(bytes.NewReader(s.data)).Decode()
				return err
			})
			bench(b, "gopickle", len(s.data), inC, func() error {
				u := gopickle.NewUnpickler(bytes.NewReader(s.data))
				_, err := u.Load()
				return err
			})
		})
	}
}

// BenchmarkDumps has no gopickle, which does not write.
func BenchmarkDumps(b *testing.B) {
	for _, s := range sessions(b) {
		b.Run(s.String(), func(b *testing.B) {
			v, err := pickle.Loads(s.data, nil)
			if err != nil {
				b.Fatal(err)
			}
			inC := timeInC(b, "dumps", &s)
			opts := &pickle.EncodeOptions{Protocol: s.protocol}
			bench(b, "djsession", len(s.data), inC, func() error {
				_, err := pickle.Marshal(v, opts)
				return err
			})
			theirs, err := ogorek.NewDecoder(bytes.NewReader(s.data)).Decode()
			if err != nil {
				b.Fatal(err)
			}
			bench(b, "og-rek", len(s.data), inC, func() error {
				return ogorek.NewEncoderWithConfig(new(bytes.Buffer), &ogorek.EncoderConfig{Protocol: s.protocol}).Encode(theirs)
			})
		})
	}
}
