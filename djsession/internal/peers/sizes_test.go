package peers

import (
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

var (
	readable = []string{"modern", "uncompressed", "legacy"}
	writable = []string{"modern", "legacy"}
)

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

// eachStored runs a benchmark for each size in some layouts.
func eachStored(b *testing.B, layouts []string, run func(b *testing.B, s *stored)) {
	for _, layout := range layouts {
		for _, size := range Sessions {
			opts := &djsession.CodecOptions{}
			if layout == "legacy" {
				opts.Layout = djsession.LayoutLegacy
			}
			s := &stored{layout: layout, json: size.JSON, codec: djsession.NewCodec(Secret, opts)}
			var err error
			if s.text, err = s.codec.Encode(dataOf(b, size.JSON)); err != nil {
				b.Fatal(err)
			}
			if layout == "uncompressed" {
				s.text = uncompressed(b, size.JSON)
			}
			b.Run(layout+"/"+size.Name, func(b *testing.B) { run(b, s) })
		}
	}
}
