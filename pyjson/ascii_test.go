package pyjson_test

import (
	"encoding/json"
	"testing"

	"github.com/djsession/djsession-go/pyjson"
)

// TestASCII: text in latin-1 and in UTF-8 becomes what json.dumps writes of it.
func TestASCII(t *testing.T) {
	for _, row := range []struct {
		reason, text, latin1, utf8 string // utf8 is empty if it is none
	}{
		{"ASCII", `{"a":"\u00eb"}`, `{"a":"\u00eb"}`, `{"a":"\u00eb"}`},
		{"latin-1", "[\"\xeb\"]", `["\u00eb"]`, ""},
		{"UTF-8", `["ë"]`, `["\u00c3\u00ab"]`, `["\u00eb"]`},
		{"a pair", "[\"\xf0\x9f\x98\x80\"]", `["\u00f0\u009f\u0098\u0080"]`, `["\ud83d\ude00"]`},
		{"behind a backslash", "[\"\\\\\xeb\"]", `["\\\u00eb"]`, ""},
		{"a surrogate in UTF-8, which is none", "[\"\xed\xa0\x80\"]", `["\u00ed\u00a0\u0080"]`, ""},
		{"cut short", "[\"\xc3", `["\u00c3`, ""},
		{"the sign for what was replaced", "[\"\xef\xbf\xbd\"]", `["\u00ef\u00bf\u00bd"]`, `["\ufffd"]`},
	} {
		if got := string(pyjson.AppendASCII(nil, row.text)); got != row.latin1 {
			t.Errorf("%s: AppendASCII: got %s, want %s", row.reason, got, row.latin1)
		}
		if got, err := pyjson.ASCIIOf(row.text); got != row.utf8 || (err == nil) != (row.utf8 != "") {
			t.Errorf("%s: ASCIIOf: got %s, %v, want %s", row.reason, got, err, row.utf8)
		}
	}
}

// TestNotUTF8IsRefused: what Go code gives as JSON is UTF-8, or an error.
func TestNotUTF8IsRefused(t *testing.T) {
	for _, text := range []string{"\"\xeb\"", "{\"\xeb\":1}"} {
		if got, err := pyjson.Append(nil, json.RawMessage(text)); err == nil {
			t.Errorf("%q: got %s, want an error", text, got)
		}
	}
	if got, err := pyjson.Append(nil, pyjson.Raw("\"\xeb\"")); err != nil || string(got) != `"\u00eb"` {
		t.Errorf("Raw in latin-1: got %s, %v, want it escaped", got, err)
	}
}
