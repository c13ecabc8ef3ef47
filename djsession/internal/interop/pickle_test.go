package interop

import (
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/dbstore"
	"github.com/djsession/djsession-go/djsession/internal/dbtest"
	"github.com/djsession/djsession-go/djsession/internal/testenv"
	"github.com/djsession/djsession-go/djsession/pickled"
)

// pickledSession is what JSON has no form for, shared references, keys that are
// no names, and objects of Django's: safe and lazy strings, a message, a
// model's instance.
const pickledSession = `(lambda shared: {
	"_auth_user_id": 42, "when": datetime.datetime(2026, 1, 2, 3, 4, 5, 678), "date": datetime.date(2026, 1, 2), "span": datetime.timedelta(days=1, seconds=2),
	"price": decimal.Decimal("1.10"), "id": uuid.UUID(int=5), "set": {1, "x"}, "tuple": (1, (2.0, None)), "bytes": b"raw",
	"shared": shared, "again": [shared, shared], "big": 2**70, "nested": {1: {"a": [True]}}, ("a", 1): "no name", 7: "nor this",
	"safe": __import__("django.utils.safestring", fromlist=[str("x")]).mark_safe(u"<b>"),
	"lazy": (lambda m: getattr(m, "ugettext_lazy", m.gettext_lazy)(u"Monday"))(__import__("django.utils.translation", fromlist=[str("x")])),
	"message": __import__("django.contrib.messages.storage.base", fromlist=[str("x")]).Message(20, u"hello", extra_tags=u"tag"),
	"user": __import__("django.contrib.auth.models", fromlist=[str("x")]).User(pk=5, username=u"ann", last_login=None, date_joined=datetime.datetime(2026, 1, 2)),
	"error": ValueError(u"wrong", 1), "ordered": __import__("collections").OrderedDict([(u"b", 1), (u"a", [1, 2])]),
	"counts": __import__("collections").defaultdict(int, {u"x": 3}), "queue": __import__("collections").deque([1, 2], 5),
	"file": open, "factory": __import__("functools").partial(int, "12"),
})([1, 2])`

// differencesSource is a function in Python that says where two sessions
// differ, also in what has no equality of its own.
const differencesSource = `
def differences(got, want):
	result = ""
	def seen(v):
		"""What there is to see of a value that has no equality of its own."""
		if isinstance(v, Exception):
			return v.args
		if hasattr(v, "_meta"):
			return (v._meta.label, v._state.adding, v._state.db, sorted((n, x) for n, x in v.__dict__.items() if n not in ("_state", "_django_version")))
		if type(v).__name__ == "__proxy__":
			return u"%s" % v
		if hasattr(v, "keywords"):
			return (v.func, v.args, v.keywords)
		if hasattr(v, "default_factory"):
			return (v.default_factory, dict(v))
		if isinstance(v, dict):
			return v
		return getattr(v, "__dict__", None) or v
	for name in set(got) | set(want):
		a, b = got.get(name), want.get(name)
		if seen(a) != seen(b) or type(a).__name__ != type(b).__name__ and sys.version_info > (3,):
			result += "%r: %r, want %r\n" % (name, a, b)
	if len(got) != len(want):
		result += "%d items, want %d\n" % (len(got), len(want))
	if got["shared"] is not got["again"][0] or got["again"][0] is not got["again"][1]:
		result += "the shared list is shared no more\n"
	return result
`

// TestPickledSessionsBothWays has the Djangos that have PickleSerializer read
// what Go read, changed and wrote again.
func TestPickledSessionsBothWays(t *testing.T) {
	testenv.EachDjango(t, func(t *testing.T, dj *testenv.Django) {
		if dj.AtLeast(5, 0) {
			t.Skip("PickleSerializer is gone since Django 5.0")
		}
		now := time.Date(2026, 11, 23, 20, 17, 27, 0, time.UTC)
		db := testenv.SQLite(t)
		dj = dj.On(t, db).At(now).With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": true, "SESSION_SERIALIZER": testenv.PickleSerializer})
		dj.Migrate(t)
		for _, protocol := range []int{2, 3, 4, 5} {
			if protocol > 2 && !dj.AtLeast(2, 0) || protocol == 5 && !dj.AtLeast(3, 2) {
				continue // its Python cannot read that
			}
			opts := &djsession.CodecOptions{Serializer: pickled.New(&pickled.Options{Protocol: protocol})}
			if !dj.AtLeast(3, 1) {
				opts.Layout = djsession.LayoutLegacy
			}
			codec := djsession.NewCodec(secret, opts)
			data, err := codec.Decode(dj.Encode(t, pickledSession))
			if err != nil {
				t.Fatal(err)
			}
			if when, _, err := djsession.Get[time.Time](data, "when"); err != nil || !when.Equal(time.Date(2026, 1, 2, 3, 4, 5, 678000, time.UTC)) {
				t.Errorf("when is %v, %v", when, err)
			}
			data.Set("from_go", map[string]any{"n": 1, "f": 1.0, "list": []string{"a"}})
			data.SetExpiry(djsession.ExpireAfter(time.Minute), nil)
			text, err := codec.Encode(data)
			if err != nil {
				t.Fatal(err)
			}
			var problems string
			dj.Run(t, differencesSource+`
got, want = store().decode(args["text"]), eval(args["want"])
want["from_go"] = {"n": 1, "f": 1.0, "list": ["a"]}
want["_session_expiry"] = 60
result = differences(got, want)
			`, map[string]any{"text": text, "want": pickledSession}, &problems)
			if problems != "" {
				t.Errorf("protocol %d:\n%s", protocol, problems)
			}
		}
	})
}

// TestPickledExpiry has Django 4.0 and older understand a time that Go set,
// which JSON cannot tell them.
func TestPickledExpiry(t *testing.T) {
	dj := testenv.GetDjango(t, "3.2")
	db := testenv.SQLite(t)
	now := time.Date(2026, 11, 23, 20, 17, 27, 0, time.UTC)
	dj = dj.On(t, db).At(now).With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": true, "SESSION_SERIALIZER": testenv.PickleSerializer})
	dj.Migrate(t)
	conn, dialect := dbtest.Open(t, db)
	codec := djsession.NewCodec(secret, &djsession.CodecOptions{Serializer: pickled.New(nil)})
	m := djsession.NewManager(dbstore.New(conn, dialect, codec, &dbstore.Options{Now: func() time.Time { return now }}), &djsession.Options{ExpireAsDatetime: true, Now: func() time.Time { return now }})
	s := m.New()
	at := now.Add(90*time.Minute + 123*time.Microsecond)
	s.SetExpiry(djsession.ExpireAt(at))
	if err := s.Save(t.Context()); err != nil {
		t.Fatal(err)
	}
	if e := dj.Expiry(t, s.Key()); !e.At.Equal(at) || e.Age != 90*60 || e.OnClose {
		t.Errorf("Django says %+v", e)
	}
	key := dj.Create(t, "", `{"a": 1}`, `datetime.datetime(2026, 11, 24, tzinfo=__import__("django.utils.timezone").utils.timezone.utc)`)
	again, err := m.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	e, err := again.Expiry()
	if got, ok := e.At(); !ok || err != nil || !got.Equal(time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("ours says %v, %v", got, err)
	}
}

// TestPickledExpiryIsTheSites: without USE_TZ a time is naive, or Django fails
// on the session at every request; with it, Python 2 has no time zone of its
// own, and loses a session with one that it does not know.
func TestPickledExpiryIsTheSites(t *testing.T) {
	now := time.Date(2026, 11, 23, 20, 17, 27, 0, time.UTC)
	clock := func() time.Time { return now }
	for _, series := range []string{"1.11", "3.2"} {
		for _, local := range []*time.Location{nil, newYork} {
			db := testenv.SQLite(t)
			dj := testenv.GetDjango(t, series).On(t, db).At(now).With(testenv.Settings{"SECRET_KEY": secret, "USE_TZ": local == nil, "TIME_ZONE": "America/New_York",
				"SESSION_SERIALIZER": testenv.PickleSerializer})
			dj.Migrate(t)
			conn, dialect := dbtest.Open(t, db)
			codec := djsession.NewCodec(secret, &djsession.CodecOptions{Serializer: pickled.New(&pickled.Options{Protocol: 2}), Layout: djsession.LayoutLegacy})
			m := djsession.NewManager(dbstore.New(conn, dialect, codec, &dbstore.Options{Local: local, Now: clock}),
				&djsession.Options{ExpireAsDatetime: true, Local: local, Now: clock})
			s := m.New()
			at := now.Add(90*time.Minute + 123*time.Microsecond)
			s.SetExpiry(djsession.ExpireAt(at))
			if err := s.Save(t.Context()); err != nil {
				t.Fatal(err)
			}
			if e := dj.Expiry(t, s.Key()); !e.At.Equal(at) || e.Age != 90*60 || e.OnClose {
				t.Errorf("Django %s in %v says %+v", series, local, e)
			}
			again, err := m.Open(t.Context(), s.Key())
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range []*djsession.Session{s, again} {
				e, err := s.Expiry()
				if got, ok := e.At(); !ok || err != nil || !got.Equal(at) {
					t.Errorf("ours says %v, %v", got, err)
				}
			}
		}
	}
}
