package pickle_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/pickle"
)

// sessions are what the benchmarks read and write: a login, the same with a
// shop's cart, and one of about 4 KB.
func sessions() []struct {
	name  string
	value any
} {
	login := func() *pickle.Dict {
		return dict(
			"_auth_user_id", "42",
			"_auth_user_backend", "django.contrib.auth.backends.ModelBackend",
			"_auth_user_hash", strings.Repeat("8f3b2a9c71d0e645", 4),
		)
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
	return []struct {
		name  string
		value any
	}{{"login", login()}, {"cart", cart}, {"big4k", big}}
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

func BenchmarkLoads(b *testing.B) {
	for _, s := range sessions() {
		for _, protocol := range []int{2, 4, 5} {
			data, err := pickle.Marshal(s.value, &pickle.EncodeOptions{Protocol: protocol})
			if err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("%s/p%d", s.name, protocol), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(data)))
				for b.Loop() {
					if _, err := pickle.Loads(data, nil); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkDumps(b *testing.B) {
	for _, s := range sessions() {
		for _, protocol := range []int{2, 4, 5} {
			opts := &pickle.EncodeOptions{Protocol: protocol}
			b.Run(fmt.Sprintf("%s/p%d", s.name, protocol), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := pickle.Marshal(s.value, opts); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
