package interop

import (
	_ "embed"
	"fmt"
	"html/template"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/cookiestore"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/messages"
	"github.com/djsession/djsession-go/signing"
)

//go:embed messages.py
var messagesPy string

// A messageOp is what a view does with messages: it shows them, or adds one.
type messageOp struct {
	Op    string `json:"op"`
	Level int    `json:"level"`
	Text  string `json:"text"`
	Safe  bool   `json:"safe"`
	Tags  string `json:"tags"`
}

type shownMessage struct {
	Level int    `json:"level"`
	Text  string `json:"text"`
	Safe  bool   `json:"safe"`
	Tags  string `json:"tags"`
}

// messageTexts are what is hard to bring through JSON, cookies and HTML.
var messageTexts = []string{"Saved.", `a "quoted", and; 'so' \ on`, "<b>bold</b> & more", "Zürich, 5 €, 👍", "line\nbreak\ttab", "[]", "$", ":", "\u007f\u0001"}

// TestMessagesBothWays has a browser go to pages of Django and of Go in turn,
// which leave messages and show them, in every storage.
func TestMessagesBothWays(t *testing.T) {
	storages := map[string]messages.Storage{
		"fallback.FallbackStorage": messages.StorageFallback, "cookie.CookieStorage": messages.StorageCookie, "session.SessionStorage": messages.StorageSession,
	}
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		for name, storage := range storages {
			for _, layout := range layoutsFor(dj) {
				t.Run(fmt.Sprint(name, layout), func(t *testing.T) { testMessages(t, newMessageBrowser(dj, name, storage, layout)) })
			}
		}
	})
}

// layoutsFor are those that a Django reads.
func layoutsFor(dj *testenv.Django) []messages.Layout {
	switch {
	case dj.AtLeast(4, 1):
		return []messages.Layout{messages.LayoutDjango32}
	case dj.AtLeast(3, 2):
		return []messages.Layout{messages.LayoutDjango32, messages.LayoutDjango31, messages.LayoutDjango15}
	}
	return []messages.Layout{messages.LayoutDjango15}
}

func testMessages(t *testing.T, b *messageBrowser) {
	random := rand.New(rand.NewPCG(1, uint64(b.storage)))
	var pending []shownMessage
	for step := range 24 {
		ops := randomMessageOps(random, b.storage != messages.StorageCookie && step%8 == 7)
		django := step%3 != 0
		got, want := b.visit(t, django, ops), []shownMessage(nil)
		want, pending = modelOf(ops, pending)
		if !slices.Equal(got, want) {
			t.Fatalf("step %d, by Django %v: %+v shows\n%+v, want\n%+v", step, django, ops, got, want)
		}
	}
}

// randomMessageOps are what one page does. Many messages do not fit into a
// cookie.
func randomMessageOps(random *rand.Rand, many bool) (ops []messageOp) {
	n := random.IntN(3)
	if many {
		n = 40
	}
	tags := []string{"", "", "big", "big red"}
	levels := []int{20, 25, 30, 40, 22, 99}
	for range n {
		text := messageTexts[random.IntN(len(messageTexts))]
		if many {
			text = fmt.Sprintf("%s %x", text, random.Uint64())
		}
		ops = append(ops, messageOp{"add", levels[random.IntN(len(levels))], text, random.IntN(3) == 0, tags[random.IntN(len(tags))]})
		if random.IntN(8) == 0 {
			ops = append(ops, messageOp{Op: "show"})
		}
	}
	if random.IntN(2) == 0 {
		ops = append(ops, messageOp{Op: "show"})
	}
	return ops
}

// modelOf says what a page shows, and what is left.
func modelOf(ops []messageOp, pending []shownMessage) (shown, left []shownMessage) {
	levelTags := map[int]string{20: "info", 25: "success", 30: "warning", 40: "error"}
	showing, was := slices.Clone(pending), false
	var queued []shownMessage
	for _, op := range ops {
		if op.Op == "show" {
			showing, queued, was = append(showing, queued...), nil, true
			shown = append(shown, showing...)
			continue
		}
		queued = append(queued, shownMessage{op.Level, op.Text, op.Safe, strings.TrimSpace(op.Tags + " " + levelTags[op.Level])})
	}
	if was {
		return shown, queued
	}
	return shown, append(showing, queued...)
}

// A messageBrowser goes to both sides with the same cookies.
type messageBrowser struct {
	django  *testenv.Django
	storage messages.Storage
	ours    func(http.Handler) http.Handler
	cookies map[string]string
}

func newMessageBrowser(dj *testenv.Django, name string, storage messages.Storage, layout messages.Layout) *messageBrowser {
	opts := &messages.Options{Storage: storage, Layout: layout}
	store := &cookiestore.Options{MaxSize: 1 << 20}
	if !dj.AtLeast(3, 1) {
		store.Algorithm = signing.SHA1
	}
	sessions := djsession.NewManager(cookiestore.New(secret, store), nil)
	flash := messages.New(sessions, secret, opts)
	return &messageBrowser{
		storage: storage,
		django: dj.With(testenv.Settings{"SECRET_KEY": secret, "SESSION_ENGINE": testenv.EngineSignedCookies,
			"MESSAGE_STORAGE": "django.contrib.messages.storage." + name}),
		ours:    func(h http.Handler) http.Handler { return sessions.Handler(flash.Handler(h)) },
		cookies: make(map[string]string),
	}
}

// visit returns what a page has shown.
func (b *messageBrowser) visit(t *testing.T, django bool, ops []messageOp) (shown []shownMessage) {
	t.Helper()
	var pairs []string
	for name, value := range b.cookies {
		pairs = append(pairs, name+"="+value)
	}
	var lines []string
	if header := strings.Join(pairs, "; "); django {
		var page struct {
			Shown []shownMessage
			Set   []string
		}
		b.django.Run(t, messagesPy, map[string]any{"cookie": header, "ops": append([]messageOp{}, ops...)}, &page)
		shown, lines = page.Shown, page.Set
	} else {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Cookie", header)
		b.ours(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { shown = messagesPage(t, r, ops) })).ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		lines = w.Header()["Set-Cookie"]
	}
	for _, line := range lines {
		pair, attributes, _ := strings.Cut(line, ";")
		name, value, _ := strings.Cut(pair, "=")
		if b.cookies[name] = value; strings.Contains(strings.ToLower(attributes), "max-age=0") {
			delete(b.cookies, name)
		}
	}
	if len(shown) == 0 {
		return nil
	}
	return shown
}

func messagesPage(t *testing.T, r *http.Request, ops []messageOp) (shown []shownMessage) {
	for _, op := range ops {
		var err error
		switch {
		case op.Op == "show":
			var found []messages.Message
			found, err = messages.All(r)
			for _, m := range found {
				shown = append(shown, shownMessage{int(m.Level), m.Text, m.Safe, m.Tags()})
			}
		case op.Safe:
			err = messages.Add(r, messages.Level(op.Level), template.HTML(op.Text), op.Tags)
		default:
			err = messages.Add(r, messages.Level(op.Level), op.Text, op.Tags)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return shown
}
