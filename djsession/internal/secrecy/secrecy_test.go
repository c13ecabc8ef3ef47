// Package secrecy holds the test that nothing which knows a secret prints it.
package secrecy

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	_ "modernc.org/sqlite"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/auth/dbusers"
	"github.com/djsession/djsession-go/djsession/auth/drftoken"
	"github.com/djsession/djsession-go/djsession/auth/hashers"
	"github.com/djsession/djsession-go/djsession/auth/knox"
	"github.com/djsession/djsession-go/djsession/auth/simplejwt"
	"github.com/djsession/djsession-go/djsession/auth/tokens"
	"github.com/djsession/djsession-go/djsession/cachestore"
	"github.com/djsession/djsession-go/djsession/cachestore/rediscache"
	"github.com/djsession/djsession-go/djsession/cookiestore"
	"github.com/djsession/djsession-go/djsession/csrf"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/djsite"
	"github.com/djsession/djsession-go/djsession/filestore"
	"github.com/djsession/djsession-go/djsession/forwardauth"
	"github.com/djsession/djsession-go/djsession/memstore"
	"github.com/djsession/djsession-go/djsession/messages"
	"github.com/djsession/djsession-go/djsession/sqldialect"
	"github.com/djsession/djsession-go/signing"
)

const (
	secret   = "the-secret-key-of-the-site"
	fallback = "an-older-secret-key"
	password = "the-password-of-redis"
	hash     = "md5$salt$the-hash-of-the-user"
	payload  = "what-is-in-the-session"
)

// derived are the keys that signers make of the secret key: who has one can
// sign as well.
func derived() map[string]string {
	modern := sha256.Sum256([]byte("django.contrib.sessions.SessionStore" + "signer" + secret))
	legacy := sha1.Sum([]byte("django.contrib.sessions" + "SessionStore" + secret))
	auth := sha256.Sum256([]byte("django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash" + secret))
	reset := sha256.Sum256([]byte("django.contrib.auth.tokens.PasswordResetTokenGenerator" + secret))
	mac := sha256.Sum256([]byte("salt" + secret))
	signer := sha256.Sum256([]byte("salt" + "signer" + secret))
	cookie := sha256.Sum256([]byte("django.http.cookies.v2:4:saltname" + "signer" + "django.http.cookies" + secret))
	messages := sha256.Sum256([]byte("django.contrib.messages" + "signer" + "django.http.cookies" + secret))
	oldMessages := sha1.Sum([]byte("django.contrib.messages" + secret))
	return map[string]string{"the codec's key": string(modern[:]), "the legacy codec's key": string(legacy[:]), "the key of auth hashes": string(auth[:]),
		"the key of reset tokens": string(reset[:]),
		"a MAC's key":             string(mac[:]), "a signer's key": string(signer[:]),
		"a cookie's key": string(cookie[:]), "the key of messages": string(messages[:]), "the old key of messages": string(oldMessages[:])}
}

// holders are all exported types that can hold a secret, a session's key or its
// contents, with all three in them.
func holders(t *testing.T, key string) map[string]any {
	data := new(djsession.Data)
	data.Set(payload, payload)
	data.Extra = payload
	rec := djsession.Record{Key: key, Data: data, Expires: time.Now().Add(time.Hour)}
	memory := memstore.New(nil)
	if err := memory.Create(t.Context(), &rec); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1", Password: password})
	t.Cleanup(func() { client.Close() })
	cache := rediscache.New(client, nil)
	codec := djsession.NewCodec(secret, &djsession.CodecOptions{Fallbacks: []string{fallback}})
	database := dbstore.New(db, sqldialect.SQLite, codec, nil)
	signed := &signing.Options{Salt: "salt", Fallbacks: []string{fallback}}
	authOptions := auth.Options{Fallbacks: []string{fallback}, Passwords: hashers.New(nil)}
	manager := djsession.NewManager(memory, nil)
	session, err := manager.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	text, err := codec.Encode(data)
	if err != nil {
		t.Fatal(err)
	}
	flash := messages.New(manager, secret, &messages.Options{Fallbacks: []string{fallback}})
	forwardOptions := forwardauth.Options{From: forwardauth.XForwarded, Sign: []byte(secret + fallback)}
	forward, err := forwardauth.New(manager, auth.New(nil, secret, nil), &forwardOptions)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]any{
		"Session": session, "Record": rec, "Data": *data, "Text": djsession.EncodedRecord{Key: key, Data: text},
		"EncodedSwap": djsession.EncodedSwap{Key: key, Old: text, New: payload}, "ListOptions": djsession.ListOptions{After: &rec},
		"Codec": codec, "CodecOptions": djsession.CodecOptions{Fallbacks: []string{fallback}}, "Manager": manager,
		"a Manager over a database": djsession.NewManager(database, nil), "Held": held(data),
		"memstore": memory, "dbstore": database, "filestore": filestore.New(t.TempDir(), codec, nil),
		"cookiestore": cookiestore.New(secret, &cookiestore.Options{Fallbacks: []string{fallback}}), "cookiestore.Options": cookiestore.Options{Fallbacks: []string{fallback}},
		"rediscache": cache, "cachestore": cachestore.New(cache, nil), "cached_db": cachestore.NewCachedDB(database, cache, nil),
		"Signer": signing.NewSigner(secret, signed), "TimestampSigner": signing.NewTimestampSigner(secret, signed), "signing.Options": *signed,
		"MAC": signing.NewMAC("salt", secret, signing.SHA256), "Payload": signing.Payload{Text: payload},
		"Auth": auth.New(dbusers.New(db, sqldialect.SQLite, nil), secret, &authOptions), "auth.Options": authOptions, "User": auth.User{ID: "1", Password: hash},
		"hashers":   hashers.New(nil),
		"Generator": tokens.New(secret, &tokens.Options{Fallbacks: []string{fallback}}), "tokens.Options": tokens.Options{Fallbacks: []string{fallback}},
		"CookieSigner": signing.NewCookieSigner(secret, "name", signing.CookieSaltV1, signed),
		"Messages":     flash, "messages.Options": messages.Options{Fallbacks: []string{fallback}},
		"forwardauth": forward, "forwardauth.Options": forwardOptions,
		"forwardauth.Verifier": forwardauth.Verifier{Keys: [][]byte{[]byte(secret)}},
	}
	watcher := djsession.NewWatcher(manager, nil)
	t.Cleanup(watcher.Close)
	all["the context of a watch"], _ = watcher.Watch(t.Context(), session)
	all["Watcher"] = watcher
	if all["simplejwt"], err = simplejwt.New(secret, nil); err != nil {
		t.Fatal(err)
	}
	all["drftoken"], all["knox"] = drftoken.New(db, sqldialect.SQLite, nil), knox.New(db, sqldialect.SQLite, nil)
	site := djsite.Site{SecretKey: secret, SecretKeyFallbacks: []string{fallback},
		Databases: map[string]djsite.Database{"default": {URL: "sqlite:///site.db"}}}
	app, err := site.Open(djsite.Connections{DB: map[string]*sql.DB{"default": db}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	all["Site"], all["App"] = site, app
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Cookie", "sessionid="+key)
	app.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		all["the context of a site's request"], all["the writer of a site's response"] = r.Context(), w
	})).ServeHTTP(httptest.NewRecorder(), r)
	manager.Handler(flash.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := djsession.FromRequest(r); err != nil {
			t.Error(err)
		}
		if err := messages.Info(r, payload); err != nil {
			t.Error(err)
		}
		all["the context of a request with messages"], all["the writer of a response"] = r.Context(), w
	}))).ServeHTTP(httptest.NewRecorder(), r)
	csrf.New(nil).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // without a manager around it
		csrf.Token(r)
		all["the context of a request with a CSRF token"], all["its writer"] = r.Context(), w
	})).ServeHTTP(httptest.NewRecorder(), r)
	for name, handler := range map[string]func(http.Handler) http.Handler{
		"the context of a request":             func(h http.Handler) http.Handler { return h },
		"the context of a request with a user": all["Auth"].(*auth.Auth).Handler,
	} {
		manager.Handler(handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			all[name] = r.Context()
		}))).ServeHTTP(httptest.NewRecorder(), r)
	}
	return all
}

func held(d *djsession.Data) any {
	text, err := djsession.JSON.Dumps(nil, d)
	if err != nil {
		panic(err)
	}
	read, err := djsession.JSON.Loads(string(text))
	if err != nil {
		panic(err)
	}
	return read
}

// However a value is printed, logged or encoded, alone or inside of another, no
// secret shows.
func TestNothingSecretIsPrinted(t *testing.T) {
	key := djsession.NewKey()
	secrets := map[string]string{"the session's key": key, "the secret key": secret, "a fallback key": fallback, "the password of Redis": password,
		"the user's hash": hash, "the session's contents": payload}
	for name, key := range derived() {
		secrets[name] = key
	}
	for name, value := range holders(t, key) {
		for form, v := range map[string]any{"alone": value, "in a list": []any{value}, "in a map": map[string]any{"v": value}, "in a struct": struct{ V any }{value}} {
			for way, text := range printed(v) {
				for what, secret := range secrets {
					if shows(text, secret) {
						t.Errorf("%s %s shows %s by %s", name, form, what, way)
					}
				}
			}
		}
	}
}

// printed prints a value in all ways.
func printed(v any) map[string]string {
	ways := make(map[string]string)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
		ways[verb] = fmt.Sprintf(verb, v)
	}
	text, _ := json.Marshal(v) // what has no JSON form shows nothing
	ways["json.Marshal"] = string(text)
	var out bytes.Buffer
	slog.New(slog.NewTextHandler(&out, nil)).Info("test", "value", v)
	ways["slog's text"] = out.String()
	out.Reset()
	slog.New(slog.NewJSONHandler(&out, nil)).Info("test", "value", v)
	ways["slog's JSON"] = out.String()
	return ways
}

// shows reports whether a secret is in a text, as it is or as package fmt and
// encoders write bytes.
func shows(text, secret string) bool {
	decimal := strings.Trim(fmt.Sprint([]byte(secret)), "[]")
	spaced := strings.TrimSpace(fmt.Sprintf("% x", secret))
	for _, form := range []string{secret, hex.EncodeToString([]byte(secret)), decimal, spaced, base64.StdEncoding.EncodeToString([]byte(secret)),
		strings.ReplaceAll(decimal, " ", ", ")} {
		if strings.Contains(strings.ToLower(text), strings.ToLower(form)) {
			return true
		}
	}
	goSyntax := strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", []byte(secret)), "[]byte{"), "}")
	return strings.Contains(text, goSyntax)
}
