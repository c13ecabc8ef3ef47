package migrate

import (
	"context"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/pickled"
)

// texts is a store of nothing but texts, those that expire last first.
type texts []djsession.EncodedRecord

func (t texts) ListEncoded(_ context.Context, opts *djsession.ListOptions) iter.Seq2[djsession.EncodedRecord, error] {
	return func(yield func(djsession.EncodedRecord, error) bool) {
		for _, text := range t {
			if !yield(text, nil) {
				return
			}
		}
	}
}

func (texts) SwapEncoded(context.Context, []djsession.EncodedSwap) ([]bool, error) { return nil, nil }

// TestTooEarly checks which newest sessions say that the running Django would
// take what is migrated for empty sessions.
func TestTooEarly(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	type written struct {
		minute int
		key    string
		opts   djsession.CodecOptions
	}
	pickles := djsession.CodecOptions{Serializer: pickled.New(nil)}
	legacy := djsession.CodecOptions{Layout: djsession.LayoutLegacy}
	json := djsession.CodecOptions{}
	for _, tt := range []struct {
		name     string
		sessions []written
		plan     Plan
		django   Version
		want     []string
	}{
		{"nothing there", nil, Plan{JSON: true, Key: true, Modern: true}, Version{}, nil},
		{"the last is pickled", []written{{1, "new", json}, {2, "new", pickles}}, Plan{JSON: true}, Version{}, []string{"json"}},
		{"the last is JSON", []written{{1, "new", pickles}, {2, "new", json}}, Plan{JSON: true}, Version{}, nil},
		{"all are pickled", []written{{1, "new", pickles}}, Plan{JSON: true}, Version{}, []string{"json"}},
		{"the last is of the old key", []written{{1, "new", json}, {2, "old", json}}, Plan{Key: true}, Version{}, []string{"key"}},
		{"the last is of the new key", []written{{1, "old", json}, {2, "new", json}}, Plan{Key: true}, Version{}, nil},
		{"both at once", []written{{1, "old", json}, {1, "new", json}}, Plan{Key: true}, Version{}, nil},
		{"the last is of a key that is lost", []written{{1, "new", json}, {2, "lost", json}}, Plan{Key: true}, Version{}, nil},
		{"a plan that is about neither", []written{{1, "old", pickles}}, Plan{Modern: true}, Version{}, nil},
		{"the legacy layout alone", []written{{1, "new", legacy}}, Plan{Modern: true}, Version{}, []string{"modern"}},
		{"both layouts", []written{{1, "new", json}, {2, "new", legacy}}, Plan{Modern: true}, Version{}, nil},
		{"a Django that reads both", []written{{1, "new", legacy}}, Plan{Modern: true}, Version{3, 2}, nil},
		{"an old Django", []written{{1, "new", json}}, Plan{Modern: true}, Version{3, 0}, []string{"modern"}},
		{"without times it is the end that tells", []written{{1, "new", legacy},
			{2, "old", legacy}}, Plan{Key: true}, Version{}, []string{"key"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var store texts
			for _, w := range tt.sessions {
				at := start.Add(time.Duration(w.minute) * time.Minute)
				w.opts.Now = func() time.Time { return at }
				data := new(djsession.Data)
				data.Set("a", 1)
				text, err := djsession.NewCodec(w.key, &w.opts).Encode(data)
				if err != nil {
					t.Fatal(err)
				}
				store = append(store, djsession.EncodedRecord{Key: "k", Data: text, Expires: at.Add(time.Hour)})
			}
			tt.plan.SecretKey, tt.plan.Fallbacks = "new", []string{"old"}
			early, err := TooEarly(context.Background(), store, &tt.plan, tt.django)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range early {
				got = append(got, e.To)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
