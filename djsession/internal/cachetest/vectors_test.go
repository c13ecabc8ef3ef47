package cachetest

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/compress"
	"github.com/djsession/djsession-go/djsession/internal/rediswire"
	"github.com/djsession/djsession-go/djsession/msgpacked"
	"github.com/djsession/djsession-go/djsession/pickled"
)

// A vector is a value that a Django put into Redis.
type vector struct {
	Django, Backend string
	Dict            json.RawMessage // a session, if it is one
	Scalar          string          // else what it is in Python
	Stored          string
}

// backends are the options that go with a vector's.
var backends = map[string]struct {
	serializer djsession.Serializer
	compressor cachestore.Compressor
	same       bool // ours writes the same bytes
}{
	"pickle":                         {serializer: pickled.New(nil)},
	"django RedisCache":              {serializer: pickled.New(nil)},
	"django-redis default":           {serializer: pickled.New(nil), same: true},
	"django-redis PICKLE_VERSION=-1": {serializer: pickled.New(&pickled.Options{Protocol: 5}), same: true},
	"django-redis PICKLE_VERSION=2":  {serializer: pickled.New(&pickled.Options{Protocol: 2}), same: true},
	"django-redis json":              {serializer: cachestore.DjangoJSON, same: true},
	"django-redis msgpack":           {serializer: msgpacked.New(nil), same: true},
	"django-redis pickle+zlib":       {serializer: pickled.New(nil), compressor: compress.Zlib(nil)},
	"django-redis pickle+gzip":       {serializer: pickled.New(nil), compressor: compress.Gzip(nil)},
	"django-redis pickle+lz4":        {serializer: pickled.New(nil), compressor: compress.LZ4(nil)},
	"django-redis pickle+lzma":       {serializer: pickled.New(nil), compressor: compress.LZMA(nil)},
}

func TestVectors(t *testing.T) {
	file, err := os.Open("testdata/redis.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	seen := map[string]int{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		d := json.NewDecoder(strings.NewReader(lines.Text()))
		d.DisallowUnknownFields()
		var v vector
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		seen[v.Backend]++
		checkVector(t, &v)
	}
	for backend := range backends {
		if seen[backend] < 7 {
			t.Errorf("only %d vectors of %s", seen[backend], backend)
		}
	}
}

func checkVector(t *testing.T, v *vector) {
	b, ok := backends[v.Backend]
	if !ok {
		t.Fatalf("unknown backend %s", v.Backend)
	}
	stored, err := hex.DecodeString(v.Stored)
	if err != nil {
		t.Fatal(err)
	}
	format := rediswire.Format{Compressor: b.compressor}
	value, err := format.Unwrap(stored)
	if err != nil {
		t.Errorf("Django %s, %s: %v", v.Django, v.Backend, err)
		return
	}
	data, err := b.serializer.Loads(string(value))
	if v.Scalar != "" {
		if !errors.Is(err, djsession.ErrUndecodable) && !errors.Is(err, djsession.ErrUnsupportedSerializer) {
			t.Errorf("Django %s, %s: %s is no session: got error %v", v.Django, v.Backend, v.Scalar, err)
		}
		return
	}
	if err != nil {
		t.Errorf("Django %s, %s: %v", v.Django, v.Backend, err)
		return
	}
	want := strings.ReplaceAll(string(v.Dict), ": ", ":")
	if got, err := djsession.JSON.Dumps(nil, data); string(got) != strings.ReplaceAll(want, ", ", ",") || err != nil {
		t.Errorf("Django %s, %s: got %s (%v), want %s", v.Django, v.Backend, got, err, want)
	}
	again, err := b.serializer.Dumps(nil, data)
	if err == nil {
		again, err = format.Wrap(again)
	}
	if err != nil || b.same && hex.EncodeToString(again) != v.Stored {
		t.Errorf("Django %s, %s: written as %x (%v), want %s", v.Django, v.Backend, again, err, v.Stored)
	}
	if compressed := len(again) > 0 && again[0] == stored[0]; !compressed {
		t.Errorf("Django %s, %s: ours begins with %x, theirs with %x", v.Django, v.Backend, again[:1], stored[:1])
	}
}
