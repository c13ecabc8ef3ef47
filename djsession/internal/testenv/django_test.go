package testenv_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

const key = "abcdefghijklmnopqrstuvwxyz012345"

func TestEveryDjangoOnEveryDatabase(t *testing.T) {
	testenv.EachDatabase(t, func(t *testing.T, db *testenv.Database) {
		testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
			if db.Vendor == "sqlite" {
				db = testenv.SQLite(t)
			}
			dj = dj.On(t, db)
			dj.Migrate(t)
			if got := dj.Create(t, key, `{"n": 2**70}`, ""); got != key {
				t.Errorf("saved under %q", got)
			}
			defer dj.Delete(t, key)
			var rows int
			dj.Run(t, `
				from django.db import connection
				with connection.cursor() as cursor:
					cursor.execute("SELECT count(*) FROM django_session WHERE session_key = %s", [args["key"]])
					result = cursor.fetchone()[0]`, map[string]any{"key": key}, &rows)
			if rows != 1 {
				t.Errorf("%d rows in the table", rows)
			}
			data, found := dj.Load(t, key)
			if want := `{"n":1180591620717411303424}`; !found || data.JSON != want {
				t.Errorf("loaded %v %s, want %s", found, data.JSON, want)
			}
		})
	})
}

func TestSessionOperations(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		start := time.Date(2031, 5, 6, 7, 8, 9, 250000000, time.UTC)
		dj = dj.On(t, testenv.SQLite(t)).With(testenv.Settings{"USE_TZ": true}).At(start)
		dj.Migrate(t)

		dj.Create(t, key, `{"a": 1}`, "3600")
		dj.Update(t, key, `{"b": [1.0]}`, "")
		if data, _ := dj.Load(t, key); !strings.Contains(data.JSON, `"b":[1.0]`) || !strings.Contains(data.JSON, `"a":1`) {
			t.Errorf("after an update: %s", data.JSON)
		}
		expiry := dj.Expiry(t, key)
		if end := start.Add(time.Hour); expiry.Age != 3600 || !expiry.At.Equal(end) || expiry.OnClose {
			t.Errorf("expiry is %+v, want %v", expiry, end)
		}
		for at, alive := range map[time.Duration]bool{time.Hour - time.Microsecond: true, time.Hour: false} {
			if _, found := dj.At(start.Add(at)).Load(t, key); found != alive {
				t.Errorf("after %v alive is %v", at, found)
			}
		}
		dj.At(start.Add(time.Hour)).ClearExpired(t)
		if !dj.Exists(t, key) {
			t.Error("cleared at the very microsecond of its expiry")
		}
		dj.At(start.Add(time.Hour + time.Microsecond)).ClearExpired(t)
		if dj.Exists(t, key) {
			t.Error("not cleared after its expiry")
		}
		if fresh := dj.Create(t, "", `{}`, ""); len(fresh) != 32 {
			t.Errorf("Django chose the key %q", fresh)
		} else if dj.Delete(t, fresh); dj.Exists(t, fresh) {
			t.Error("deleted, and there")
		}
	})
}

// The clock stands still for signatures, local time and session files alike.
func TestClock(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		at := time.Date(2031, 5, 6, 7, 8, 9, 250001000, time.UTC)
		dj = dj.At(at).With(testenv.Settings{"TIME_ZONE": "Asia/Tokyo"})
		for useTZ, want := range map[bool]string{true: "2031-05-06T07:08:09.250001+00:00", false: "2031-05-06T16:08:09.250001"} {
			var got string
			dj.With(testenv.Settings{"USE_TZ": useTZ}).Run(t, `
				from django.utils import timezone
				result = timezone.now().isoformat()`, nil, &got)
			if got != want {
				t.Errorf("USE_TZ %v: now is %s, want %s", useTZ, got, want)
			}
		}
		signed := dj.With(testenv.Settings{"SESSION_ENGINE": testenv.EngineSignedCookies}).Create(t, "", `{}`, "")
		if parts := strings.Split(signed, ":"); len(parts) != 3 || parts[1] != "270Ubx" {
			t.Errorf("signed at %v: %s", at, signed)
		}
		files := dj.With(testenv.Settings{"SESSION_ENGINE": testenv.EngineFile, "SESSION_FILE_PATH": t.TempDir(), "USE_TZ": true, "SESSION_COOKIE_AGE": 60})
		files.Create(t, key, `{"f": 1}`, "")
		if _, found := files.At(at.Add(58*time.Second)).Load(t, key); !found {
			t.Error("the file's session did not live for most of its minute")
		}
		if _, found := files.At(at.Add(61*time.Second)).Load(t, key); found {
			t.Error("the file's session outlived its minute")
		}
		if _, found := files.Load(t, key); found {
			t.Error("an expired file is still there after it was read")
		}
	})
}

func TestCaches(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		for name, get := range map[string]func(testing.TB) *testenv.Server{"redis": testenv.Redis, "memcached": testenv.Memcached} {
			t.Run(name, func(t *testing.T) {
				dj := dj.With(testenv.Settings{"SESSION_ENGINE": testenv.EngineCache,
					"CACHES": map[string]any{"default": dj.Cache(get(t), fmt.Sprint(t.Name(), time.Now().UnixNano()))}})
				dj.Create(t, key, `{"c": datetime.date(2026, 1, 2)}`, "")
				data, found := dj.Load(t, key)
				if !found || !strings.Contains(data.JSON, `"$iso":"2026-01-02"`) {
					t.Errorf("loaded %v %s", found, data.JSON)
				}
			})
		}
	})
}

func TestValuesCrossUnchanged(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		for _, text := range []string{`{"x":1.0}`, `{"x":NaN}`, `{"x":[Infinity,-Infinity]}`, `{"x":"\ud800"}`, `{"x":"\ud83d\ude00\u00e9\u007f\u2028"}`,
			`{"x":123456789012345678901234567890}`, `{"x":1e+16}`, `{"x":"\u0000\u001f<>&/\"\\"}`} {
			if got := dj.Decode(t, dj.Encode(t, testenv.FromJSON(text))); got.JSON != text && got.JSON != strings.Replace(text, `\u007f`, "\x7f", 1) {
				t.Errorf("%s came back as %s", text, got.JSON)
			}
		}
		var value testenv.Value
		dj.Run(t, `result = {"t": (datetime.timedelta(1),), "k": args["k"]}`, map[string]any{"k": "é\U0001F600"}, &value)
		for _, want := range []string{`"$class":"datetime.timedelta"`, `\u00e9\ud83d\ude00`} {
			if !strings.Contains(value.JSON, want) {
				t.Errorf("no %s in %s", want, value.JSON)
			}
		}
		dj.Run(t, `result = b"\x00\xff"`, nil, &value)
		if dj.AtLeast(2, 0) && value.JSON != `{"$bytes":"AP8="}` || value.JSON == "" && !strings.Contains(value.Repr, `\xff`) {
			t.Errorf("bytes crossed as %+v", value)
		}
		dj.Run(t, `result = {(1, 2): 3}`, nil, &value)
		if value.JSON != "" || value.Repr != "{(1, 2): 3}" {
			t.Errorf("a tuple as a key crossed as %+v", value)
		}
	})
}

func TestViewsDoNotLeak(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		one := dj.With(testenv.Settings{"SECRET_KEY": "one"})
		text := one.Encode(t, `{"x": 1}`)
		if got := dj.Decode(t, text); got.JSON != "{}" {
			t.Errorf("another key read %s", got.JSON)
		}
		if got := one.With(testenv.Settings{"USE_TZ": true}).Decode(t, text); got.JSON != `{"x":1}` {
			t.Errorf("the same key read %s", got.JSON)
		}
	})
}

func TestErrors(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		call := func(source string) error {
			return dj.Call(t.Context(), "run", map[string]any{"source": source, "args": nil}, nil)
		}
		var raised *testenv.PythonError
		if err := call("raise KeyError('k')"); !errors.As(err, &raised) || raised.Type != "KeyError" || !strings.Contains(raised.Traceback, "<snippet>") {
			t.Errorf("a KeyError arrived as %#v", err)
		}
		if err := call("print('into the pipe?')"); err != nil {
			t.Error(err)
		}
		own := dj.Own(t, testenv.Settings{"SECRET_KEY": "own"})
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		err := own.Call(ctx, "run", map[string]any{"source": "while True: pass", "args": nil}, nil)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("an endless loop ended with %v", err)
		}
		if err := own.Call(t.Context(), "migrate", nil, nil); err == nil {
			t.Error("a Django that was ended answers")
		}
		if err := call("pass"); err != nil {
			t.Errorf("the shared one is gone too: %v", err)
		}
	})
}

// A request through Django's middleware, as later tests ask for.
func TestRequestThroughMiddleware(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		dj = dj.On(t, testenv.SQLite(t))
		dj.Migrate(t)
		var cookies map[string]string
		dj.Run(t, `
			from django.contrib.sessions.middleware import SessionMiddleware
			from django.http import HttpResponse
			from django.test import RequestFactory
			def view(request):
				request.session["seen"] = True
				return HttpResponse("ok")
			request = RequestFactory().get("/")
			response = SessionMiddleware(view)(request)
			result = {name: morsel.value for name, morsel in response.cookies.items()}`, nil, &cookies)
		if data, found := dj.Load(t, cookies["sessionid"]); !found || data.JSON != `{"seen":true}` {
			t.Errorf("the request's session is %v %s", found, data.JSON)
		}
	})
}
