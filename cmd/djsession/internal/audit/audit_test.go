package audit_test

import (
	"context"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/cmd/djsession/internal/audit"
	"github.com/djsession/djsession-go/cmd/djsession/internal/survey"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/pickled"
	"github.com/djsession/djsession-go/signing"
)

const secret, oldSecret = "the current key", "the key before"

var now = time.Date(2026, 11, 23, 20, 17, 27, 0, time.UTC)

// texts is a store of texts as they are.
type texts struct {
	*memstore.Store
	all []djsession.EncodedRecord
}

func (s *texts) ListEncoded(_ context.Context, opts *djsession.ListOptions) iter.Seq2[djsession.EncodedRecord, error] {
	return func(yield func(djsession.EncodedRecord, error) bool) {
		for _, text := range s.all {
			if opts.State == djsession.StateLive && text.Expires.After(now) && !yield(text, nil) {
				return
			}
		}
	}
}

func (s *texts) SwapEncoded(context.Context, []djsession.EncodedSwap) ([]bool, error) {
	panic("an audit writes nothing")
}

// sessions are one of each kind that matters, by what they are called below.
func sessions(t *testing.T) *texts {
	s := &texts{Store: memstore.New(nil)}
	add := func(key, secretKey string, opts djsession.CodecOptions, expires time.Time, namesAndValues ...any) {
		d := new(djsession.Data)
		for i := 0; i < len(namesAndValues); i += 2 {
			d.Set(namesAndValues[i].(string), namesAndValues[i+1])
		}
		text, err := djsession.NewCodec(secretKey, &opts).Encode(d)
		if err != nil {
			t.Fatal(err)
		}
		s.all = append(s.all, djsession.EncodedRecord{Key: key, Data: text, Expires: expires})
	}
	later := now.Add(time.Hour)
	sha1Hash, sha256Hash := strings.Repeat("a", 40), strings.Repeat("b", 64)
	add("good", secret, djsession.CodecOptions{}, later, "_auth_user_id", "1", "_auth_user_hash", sha256Hash)
	add("legacy", secret, djsession.CodecOptions{Layout: djsession.LayoutLegacy}, later.Add(time.Hour), "_auth_user_id", "2", "_auth_user_hash", sha1Hash)
	add("legacy of nobody", secret, djsession.CodecOptions{Layout: djsession.LayoutLegacy}, later, "cart", 1)
	add("expired", secret, djsession.CodecOptions{Layout: djsession.LayoutLegacy}, now, "cart", 1)
	add("pickle", secret, djsession.CodecOptions{Serializer: pickled.New(nil)}, later, "cart", 1)
	add("fallback", oldSecret, djsession.CodecOptions{}, later, "cart", 1)
	add("lost", "another", djsession.CodecOptions{}, later, "_auth_user_id", "3", "_auth_user_hash", sha256Hash)
	add("sha1 hash", secret, djsession.CodecOptions{}, later, "_auth_user_id", "4", "_auth_user_hash", sha1Hash)
	add("no hash", secret, djsession.CodecOptions{}, later, "_auth_user_id", "5")
	add("naive", secret, djsession.CodecOptions{}, later, "_session_expiry", "2026-12-01T00:00:00")
	add("aware", secret, djsession.CodecOptions{}, later, "_session_expiry", "2026-12-01T00:00:00+00:00")
	s.all = append(s.all, djsession.EncodedRecord{Key: "junk", Data: "e30:junk", Expires: later})
	sha1, err := signing.Dumps(map[string]any{"cart": 1}, secret, &signing.Options{Salt: "django.contrib.sessions.SessionStore", Algorithm: signing.SHA1})
	if err != nil {
		t.Fatal(err)
	}
	s.all = append(s.all, djsession.EncodedRecord{Key: "sha1", Data: sha1, Expires: later})
	return s
}

func TestTargets(t *testing.T) {
	src := &survey.Source{Store: sessions(t), Codec: djsession.NewCodec(secret, &djsession.CodecOptions{
		Fallbacks: []string{oldSecret}, AlsoRead: []djsession.Serializer{pickled.New(nil)}, AcceptSHA1: true,
	})}
	for _, row := range []struct {
		target            string
		breaking, logsOut int64
		breaks, tells     string
	}{
		{"4.2", 5, 2, "legacy-layout 2, sha1-signature 1, sha1-auth-hash 2, unknown-key 1",
			"pickle 1, naive-expiry 1, fallback-key 1, no-auth-hash 1, unreadable 1"},
		{"5.2", 7, 2, "legacy-layout 2, sha1-signature 1, pickle 1, sha1-auth-hash 2, unknown-key 1, naive-expiry 1",
			"fallback-key 1, no-auth-hash 1, unreadable 1"},
		{"6.1", 7, 2, "legacy-layout 2, sha1-signature 1, pickle 1, sha1-auth-hash 2, unknown-key 1, naive-expiry 1",
			"fallback-key 1, no-auth-hash 1, unreadable 1"},
	} {
		r, err := audit.Run(t.Context(), src, row.target, audit.DjangoHash, now)
		if err != nil {
			t.Fatal(err)
		}
		var breaks, tells []string
		for _, f := range r.Findings {
			text := f.Code + " " + string(rune('0'+f.Sessions))
			if f.Breaks {
				breaks = append(breaks, text)
			} else {
				tells = append(tells, text)
			}
			if f.Title == "" || f.Effect == "" || f.Remedy == "" || len(f.Examples) != int(f.Sessions) {
				t.Errorf("%s: %+v", row.target, f)
			}
		}
		if got := strings.Join(breaks, ", "); got != row.breaks {
			t.Errorf("%s breaks %s", row.target, got)
		}
		if got := strings.Join(tells, ", "); got != row.tells {
			t.Errorf("%s tells %s", row.target, got)
		}
		if r.Sessions != 12 || r.Breaking != row.breaking || r.LogsOut != row.logsOut || r.LoggedIn != 4 {
			t.Errorf("%s: %+v", row.target, r)
		}
		legacy := r.Findings[0]
		if legacy.LoggedIn != 1 || legacy.Examples[0].Key != djsession.Fingerprint("legacy") || legacy.Examples[0].User != "2" {
			t.Errorf("%s: examples are not those that live longest: %+v", row.target, legacy.Examples)
		}
	}
}

// TestTooLarge keeps what is only too large for us apart from what is lost.
func TestTooLarge(t *testing.T) {
	d := new(djsession.Data)
	d.Set("table", strings.Repeat("x", 2000))
	text, err := djsession.NewCodec(secret, nil).Encode(d)
	if err != nil {
		t.Fatal(err)
	}
	s := &texts{Store: memstore.New(nil), all: []djsession.EncodedRecord{{Key: "large", Data: text, Expires: now.Add(time.Hour)}}}
	codec := djsession.NewCodec(secret, &djsession.CodecOptions{MaxSize: 1000})
	r, err := audit.Run(t.Context(), &survey.Source{Store: s, Codec: codec}, "6.1", audit.DjangoHash, now)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Findings) != 1 || r.Findings[0].Code != "too-large" || r.Findings[0].Breaks {
		t.Errorf("got %+v, want one note of a session that is too large", r.Findings)
	}
}

// TestExamples keeps the same ones whichever worker meets them.
func TestExamples(t *testing.T) {
	s := &texts{Store: memstore.New(nil)}
	for i := range 5000 {
		s.all = append(s.all, djsession.EncodedRecord{Key: djsession.NewKey(), Data: "junk", Expires: now.Add(time.Duration(i+1) * time.Second)})
	}
	want := []string{djsession.Fingerprint(s.all[4999].Key), djsession.Fingerprint(s.all[4998].Key), djsession.Fingerprint(s.all[4997].Key)}
	r, err := audit.Run(t.Context(), &survey.Source{Store: s, Codec: djsession.NewCodec(secret, nil)}, "5.2", audit.DjangoHash, now)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range r.Findings[0].Examples {
		got = append(got, e.Key)
	}
	if !slices.Equal(got, want) || r.Findings[0].Sessions != 5000 {
		t.Errorf("got %v of %d", got, r.Findings[0].Sessions)
	}
}

// TestKnownTargets judges a Django of later years as the last that is known,
// and refuses what is no version to go to.
func TestKnownTargets(t *testing.T) {
	for version, want := range map[string]string{
		"4.2": "4.2", "6.2": "6.2", "7.0": "6.2", "2028": "6.2", "2028.1": "6.2", "6.3": "6.2",
		"5.0": "", "1.11": "", "": "", "x": "", "6.x": "", "-7": "", "7.-1": "",
	} {
		if got := audit.KnownTarget(version); got != want {
			t.Errorf("%q is judged as %q, want %q", version, got, want)
		}
	}
}

// TestHashes loses no login for a hash that is not Django's.
func TestHashes(t *testing.T) {
	src := &survey.Source{Store: sessions(t), Codec: djsession.NewCodec(secret, nil)}
	for hash, want := range map[audit.Hash]string{
		audit.DjangoHash: "sha1-auth-hash 2, no-auth-hash 1",
		audit.OwnHash:    "own-auth-hash 3, no-auth-hash 1",
		audit.NoHash:     "",
	} {
		r, err := audit.Run(t.Context(), src, "2028", hash, now)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range r.Findings {
			if strings.HasSuffix(f.Code, "-auth-hash") {
				got = append(got, f.Code+" "+string(rune('0'+f.Sessions)))
			}
		}
		if strings.Join(got, ", ") != want || r.Target != "2028" {
			t.Errorf("%s hashes: got %s for %s, want %s", hash, got, r.Target, want)
		}
	}
}
