package messages

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/signing"
)

// A vector is what a real Django did.
type vector struct {
	What, Django, Secret, Input, Output string
}

func vectors(t *testing.T) []vector {
	t.Helper()
	file, err := os.Open("testdata/django.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var found []vector
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var v vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		found = append(found, v)
	}
	if len(found) < 50 || lines.Err() != nil {
		t.Fatalf("%d vectors, %v", len(found), lines.Err())
	}
	return found
}

// layoutOf is the layout to write for a Django, and whether that one writes an
// empty text for no tags as we do.
func layoutOf(django string) (l Layout, emptyTags bool) {
	switch minor := strings.SplitN(django, ".", 3); {
	case minor[0] == "1" && minor[1] == "4":
		return LayoutDjango14, true
	case minor[0] < "3", minor[0] == "3" && minor[1][0] == '0':
		return LayoutDjango15, true
	case minor[0] == "3" && minor[1][0] == '1':
		return LayoutDjango31, true
	case minor[0] == "3", strings.HasPrefix(django, "4.0"):
		return LayoutDjango32, false
	}
	return LayoutDjango32, true
}

// inputs are the messages of the vectors.
func inputs(input string) (list []Message, more bool) {
	switch {
	case input == "[(10,'x')]":
		return []Message{{Level: 10, Text: "x"}}, false
	case strings.HasPrefix(input, "[] "):
		return nil, true
	}
	return []Message{
		{Level: 20, Text: `Hello "wörld"`},
		{Level: 25, Text: "<b>ok</b>", Safe: true, ExtraTags: "tag1 tag2"},
		{Level: 40, Text: "empty tags"},
	}, false
}

func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		layout, emptyTags := layoutOf(v.Django)
		opts := &Options{Layout: layout, Now: func() time.Time { return time.Unix(1700000000, 250e6) }}
		if strings.HasSuffix(v.Django, "/sha1") {
			opts.Algorithm = signing.SHA1
		}
		codec := newCookieCodec(v.Secret, opts)
		list, ok := v.Output, true
		if v.What == "messages.cookie" {
			if list, ok = codec.decode(v.Output); !ok {
				t.Errorf("Django %s: not read: %s", v.Django, v.Output)
				continue
			}
		}
		want, wantMore := inputs(v.Input)
		items, more, ok := decodeList(list)
		var got []Message
		for _, it := range items {
			if it.known {
				got = append(got, it.message)
			}
		}
		for i := range want {
			want[i].Safe = want[i].Safe && layout != LayoutDjango14
		}
		if !slices.Equal(got, want) || more != wantMore || !ok {
			t.Errorf("Django %s, %s: got  %+v, more %v, ok %v\nwant %+v", v.Django, v.Input, got, more, ok, want)
		}
		again, err := encodeAll(items, layout)
		if more {
			again = append(again, `"`+notFinished+`"`)
		}
		if got := listOf(again); got != strings.ReplaceAll(list, ", ", ",") || err != nil {
			t.Errorf("Django %s: what was read is kept as\n%s, want\n%s", v.Django, got, list)
		}
		if v.What == "messages.cookie" {
			if value, err := codec.encode(list); err != nil || value != v.Output && !strings.HasPrefix(v.Output, ".") { // packed by zlib
				t.Errorf("Django %s: signed as %q, %v; want %q", v.Django, value, err, v.Output)
			}
		}
		if emptyTags {
			testWritten(t, v, layout, want, more)
		}
	}
}

// testWritten compares what we write of messages with the list that a Django
// wrote, but for spaces and the tags that differ by version.
func testWritten(t *testing.T, v vector, layout Layout, messages []Message, more bool) {
	if more || len(messages) != 3 || v.What != "messages.session" {
		return
	}
	var texts []string
	for _, m := range messages {
		it, err := newItem(m, layout)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, it.raw)
	}
	got := listOf(texts)
	if layout == LayoutDjango32 {
		got = strings.Replace(got, `w\u00f6rld\"",""]`, `w\u00f6rld\""]`, 1) // added with None for tags
	}
	if want := strings.NewReplacer(", ", ",").Replace(v.Output); got != want {
		t.Errorf("Django %s: written\n%s, want\n%s", v.Django, got, want)
	}
}

func TestDecodeItem(t *testing.T) {
	for _, row := range []struct {
		reason, raw string
		want        Message
		unknown     bool
	}{
		{"a message", `["__json_message",0,20,"x"]`, Message{Level: 20, Text: "x"}, false},
		{"of Django 1.4", `["__json_message",20,"x","tag"]`, Message{Level: 20, Text: "x", ExtraTags: "tag"}, false},
		{"no tags", `["__json_message",0,20,"x",null]`, Message{Level: 20, Text: "x"}, false},
		{"with spaces", ` [ "__json_message" , 1 , 20 , "x" , "a b" ] `, Message{Level: 20, Text: "x", Safe: true, ExtraTags: "a b"}, false},
		{"with more than today", `["__json_message",1,20,"x","",{"persistent":true},7]`, Message{Level: 20, Text: "x", Safe: true}, false},
		{"safe, as a later Django may say it", `["__json_message",true,20,"x"]`, Message{Level: 20, Text: "x", Safe: true}, false},
		{"what is not surely safe is escaped", `["__json_message",2,20,"x"]`, Message{Level: 20, Text: "x"}, false},
		{"nor is a text", `["__json_message","1",20,"x"]`, Message{Level: 20, Text: "x"}, false},
		{"a level of the site's own", `["__json_message",0,-7,"x"]`, Message{Level: -7, Text: "x"}, false},
		{"a number as its text", `["__json_message",0,20,15]`, Message{Level: 20, Text: "15"}, false},
		{"half a surrogate", `["__json_message",0,20,"a\ud800b"]`, Message{Level: 20, Text: "a\ufffdb"}, false},
		{"a level beyond an int", `["__json_message",0,99999999999999999999,"x"]`, Message{}, true},
		{"no level", `["__json_message",0,null,"x"]`, Message{}, true},
		{"no text", `["__json_message",0,20]`, Message{}, true},
		{"a text of another kind", `["__json_message",0,20,{"en":"x"}]`, Message{}, true},
		{"nothing else", `["__json_message"]`, Message{}, true},
		{"another key", `["__json_other",0,20,"x"]`, Message{}, true},
		{"another kind", `{"__json_message":1}`, Message{}, true},
		{"a text", `"__json_message"`, Message{}, true},
		{"empty", `[]`, Message{}, true},
	} {
		it := decodeItem(row.raw)
		if it.known == row.unknown || it.known && it.message != row.want {
			t.Errorf("%s: got %+v, known %v; want %+v", row.reason, it.message, it.known, row.want)
		}
		if it.raw != row.raw {
			t.Errorf("%s: kept as %s", row.reason, it.raw)
		}
	}
}

// Old and new forms are not taken for each other by the Django that reads them.
func TestEncodeForAnotherDjango(t *testing.T) {
	for _, row := range []struct {
		reason, raw, want string
		layout            Layout
	}{
		{"as it was read", `["__json_message",1,20,"x","t",{"later":1}]`, `["__json_message",1,20,"x","t",{"later":1}]`, LayoutDjango32},
		{"what is not known, too", `{"later": "é"}`, `{"later": "\u00c3\u00a9"}`, LayoutDjango32},
		{"of 1.4 for 6.1", `["__json_message",20,"x"]`, `["__json_message",0,20,"x",""]`, LayoutDjango32},
		{"of 1.4 for 2.2", `["__json_message",20,"x","t"]`, `["__json_message",0,20,"x","t"]`, LayoutDjango15},
		{"of 6.1 for 1.4", `["__json_message",1,20,"<b>","",7]`, `["__json_message",20,"<b>"]`, LayoutDjango14},
	} {
		it := decodeItem(row.raw)
		if got, err := it.encode(row.layout); got != row.want || err != nil {
			t.Errorf("%s: got %s, %v; want %s", row.reason, got, err, row.want)
		}
	}
}

// FuzzCookie: no cookie is taken that was not signed, and what is not a list of
// messages is an error or unknown, never a panic.
func FuzzCookie(f *testing.F) {
	codecs := []cookieCodec{
		newCookieCodec("key", &Options{}), newCookieCodec("key", &Options{Layout: LayoutDjango31}), newCookieCodec("key", &Options{Layout: LayoutDjango15}),
	}
	const list = `[["__json_message",0,20,"x"]]`
	good := make(map[string]bool)
	for _, c := range codecs {
		value, err := c.encode(list)
		if err != nil {
			f.Fatal(err)
		}
		good[value] = true
		f.Add(value)
	}
	f.Add("[]:0:")
	f.Add(".eJw:0:")
	f.Add("$[]")
	f.Fuzz(func(t *testing.T, value string) {
		if got, ok := codecs[0].decode(value); ok != good[value] || ok && got != list {
			t.Errorf("%q: %q, %v", value, got, ok)
		}
	})
}

// FuzzList: a list that a storage holds is refused as a whole, or keeps every
// element, known or not, when it is written again.
func FuzzList(f *testing.F) {
	f.Add(`[["__json_message",0,20,"x"],["__json_message",20,"x"],"__messagesnotfinished__"]`)
	f.Add(`[null,{"a":1},["__json_message"],["__json_message",0,20,"\ud800","é"]]`)
	f.Fuzz(func(t *testing.T, text string) {
		items, more, ok := decodeList(text)
		if !ok {
			if items != nil || more {
				t.Errorf("%q: refused, with %d messages", text, len(items))
			}
			return
		}
		for _, layout := range []Layout{LayoutDjango32, LayoutDjango14} {
			texts, err := encodeAll(items, layout)
			if err != nil {
				t.Fatalf("%q: %v", text, err)
			}
			again, _, ok := decodeList(listOf(append(texts, "null"))) // so that none ends the list
			if !ok || len(again) != len(items)+1 {
				t.Fatalf("%q: %d elements became %d", text, len(items), len(again)-1)
			}
			for i := range items {
				want := items[i].message
				want.Safe = want.Safe && layout != LayoutDjango14
				if again[i].known != items[i].known || again[i].message != want {
					t.Errorf("%q: %+v became %+v", text, want, again[i].message)
				}
			}
		}
	})
}
