package testenv_test

import (
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

// modern reports whether the vector's Django writes the layout of 3.1 and
// later.
func modern(v *testenv.Vector) bool {
	return !strings.HasPrefix(v.Django, "1.") && !strings.HasPrefix(v.Django, "2.")
}

// reader is a codec that reads what the vector's Django does.
func reader(v *testenv.Vector) *djsession.Codec {
	opts := &djsession.CodecOptions{Fallbacks: v.Fallbacks, Salt: v.Salt, Now: func() time.Time { return v.Time }}
	opts.StoreQualname = v.Class
	opts.StoreName = v.Class[strings.LastIndex(v.Class, ".")+1:]
	if !modern(v) || v.Hashing == "sha1" {
		opts.Layout = djsession.LayoutLegacy
	}
	opts.AcceptSHA1 = strings.HasPrefix(v.Django, "3.2")
	opts.RejectLegacy = modern(v) && !opts.AcceptSHA1
	return djsession.NewCodec(v.Secret, opts)
}

func TestVectorsOfEncoding(t *testing.T) {
	checked := 0
	for _, v := range testenv.Vectors(t) {
		if v.Op != "encode" || v.Serializer != "json" || v.Engine != "db" {
			continue
		}
		checked++
		codec := reader(&v)
		data, enc, err := codec.Inspect(v.Text)
		if err != nil {
			t.Errorf("Django %s, %s: %v", v.Django, v.Case, err)
			continue
		}
		text, err := codec.Encode(data)
		if err != nil {
			t.Errorf("Django %s, %s: %v", v.Django, v.Case, err)
		} else if text != v.Text && !enc.Compressed && !twice(v.Data) {
			t.Errorf("Django %s, %s: encoded anew it is %s, not %s", v.Django, v.Case, text, v.Text)
		}
		if payload := dumps(t, data); payload != v.Data && !twice(v.Data) {
			t.Errorf("Django %s, %s: the payload is %s, not %s", v.Django, v.Case, payload, v.Data)
		}
	}
	if checked < 150 {
		t.Errorf("only %d vectors were checked", checked)
	}
}

// twice reports whether a name stands there twice: Django writes both, and
// reads one.
func twice(data string) bool { return strings.HasPrefix(data, `{"1":"int","1":`) }

// differs says where Go reads otherwise than Django, and why.
var differs = map[string]string{
	"payload a list":               "a session that is no dictionary breaks Django later: refused",
	"payload null":                 "a session that is no dictionary breaks Django later: refused",
	"legacy, under a fallback key": "Django's legacy layout knows no fallback keys: read",
	"payload twice the same name":  "the order of names is another",
	"payload in UTF-8":             "a value keeps the characters it was read from",
	"payload with a huge exponent": "a value keeps the characters it was read from",
}

func TestVectorsOfDecoding(t *testing.T) {
	checked := 0
	for _, v := range testenv.Vectors(t) {
		// Up to 3.0 Django cannot read the modern layout, which Go always
		// reads.
		if v.Op != "decode" || differs[v.Case] != "" || !modern(&v) && strings.Contains(v.Text, ":") {
			continue
		}
		checked++
		data, err := reader(&v).Decode(v.Text)
		// A body that cannot be read is an empty session to Django, as is the
		// honest e30.
		refused := v.Error != "" || v.Warning || v.Data == "{}" && !strings.HasPrefix(v.Text, "e30")
		switch {
		case refused && err == nil:
			t.Errorf("Django %s, %s: Django refuses what is read as %s", v.Django, v.Case, dumps(t, data))
		case !refused && err != nil:
			t.Errorf("Django %s, %s: Django reads %s; %v", v.Django, v.Case, v.Data, err)
		case !refused && dumps(t, data) != v.Data:
			t.Errorf("Django %s, %s: Django reads %s, Go %s", v.Django, v.Case, v.Data, dumps(t, data))
		}
	}
	if checked < 150 {
		t.Errorf("only %d vectors were checked", checked)
	}
}

func dumps(t *testing.T, data *djsession.Data) string {
	t.Helper()
	text, err := djsession.JSON.Dumps(nil, data)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
