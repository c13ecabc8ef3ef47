package peers

import (
	"fmt"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

const secret = "a secret key of a usual length, fifty characters long"

// sizes are sessions as sites have them, as JSON.
var sizes = []struct{ name, json string }{
	{"login", login + "}"},
	{"cart", login + `,"cart":{"items":[{"sku":"A-1001","qty":2,"price":"19.90"},{"sku":"B-2002","qty":1,"price":"5.00"}],"total":"44.80"},"_language":"de"}`},
	{"4KB", login + `,"history":[` + history(57) + `]}`},
	{"22KB", login + `,"history":[` + history(320) + `]}`},
}

const login = `{"_auth_user_id":"42","_auth_user_backend":"django.contrib.auth.backends.ModelBackend","_auth_user_hash":"6b1f3e0a4a0b3c8d9e7f00112233445566778899aabbccddeeff001122334455"`

func history(n int) string {
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf(`{"id":%d,"path":"/shop/item/%d/","seen":%d.25,"ok":true}`, i, i*7919%10007, 1700000000+i*37)
	}
	return strings.Join(items, ",")
}

func dataOf(t testing.TB, json string) *djsession.Data {
	t.Helper()
	data, err := djsession.JSON.Loads(json)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A stored session.
type stored struct {
	layout     string // "modern", "legacy", or "uncompressed": the modern layout of a session that was not packed
	json, text string
	codec      *djsession.Codec
}

// eachStored runs a benchmark for each size in each layout.
func eachStored(b *testing.B, run func(b *testing.B, s *stored)) {
	for _, layout := range []string{"modern", "uncompressed", "legacy"} {
		for _, size := range sizes {
			opts := &djsession.CodecOptions{}
			if layout == "legacy" {
				opts.Layout = djsession.Legacy
			}
			s := &stored{layout: layout, json: size.json, codec: djsession.NewCodec(secret, opts)}
			var err error
			if s.text, err = s.codec.Encode(dataOf(b, size.json)); err != nil {
				b.Fatal(err)
			}
			if layout == "uncompressed" {
				s.text = uncompressed(b, size.json)
			}
			b.Run(layout+"/"+size.name, func(b *testing.B) { run(b, s) })
		}
	}
}
