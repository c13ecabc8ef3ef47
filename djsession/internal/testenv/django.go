package testenv

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"
)

// Settings are Django settings by name, with values that JSON can hold.
type Settings map[string]any

// Values of Django's SESSION_ENGINE and SESSION_SERIALIZER settings.
const (
	EngineDB            = "django.contrib.sessions.backends.db"
	EngineCachedDB      = "django.contrib.sessions.backends.cached_db"
	EngineCache         = "django.contrib.sessions.backends.cache"
	EngineFile          = "django.contrib.sessions.backends.file"
	EngineSignedCookies = "django.contrib.sessions.backends.signed_cookies"

	JSONSerializer   = "django.contrib.sessions.serializers.JSONSerializer"
	PickleSerializer = "django.contrib.sessions.serializers.PickleSerializer" // gone since Django 5.0
)

// Django is a real Django, in a Python process of its own. [Django.With] and
// [Django.At] give other views of the same process: what they set is in force
// for the questions asked through that view and no others. Safe for concurrent
// use; questions wait for each other.
type Django struct {
	// Series is "5.2", Version "5.2.19", Python "3.12.1".
	Series, Version, Python string

	worker      *worker
	environment environment
	settings    Settings
	now         *int64
}

// EachDjango runs a subtest named for each series of the matrix. A missing one
// skips or fails its own subtest.
func EachDjango(t *testing.T, test func(t *testing.T, dj *Django)) {
	for _, shared := range djangos() {
		t.Run("django"+shared.series, func(t *testing.T) { test(t, shared.use(t)) })
	}
}

// Djangos returns every Django of the matrix that is here, oldest first. It
// ends the test when there is none, or when one is missing where all are
// required.
func Djangos(t testing.TB) []*Django {
	t.Helper()
	var found []*Django
	var why error
	for _, shared := range djangos() {
		dj, err := shared.get()
		if err == nil {
			found = append(found, dj)
			continue
		}
		why = err
		if Required() {
			missing(t, "Django "+shared.series, err)
		}
	}
	if len(found) == 0 {
		missing(t, "Django", why)
	}
	return found
}

// GetDjango returns the Django of one series, such as "5.2". This process's
// tests share it.
func GetDjango(t testing.TB, series string) *Django {
	t.Helper()
	for _, shared := range djangos() {
		if shared.series == series {
			return shared.use(t)
		}
	}
	t.Fatalf("the matrix has no Django %s", series)
	return nil
}

// djangos are the shared ones, each started when it is first asked for.
var djangos = sync.OnceValue(func() []*sharedDjango {
	var all []*sharedDjango
	share := func(series string, find func() (environment, error)) {
		all = append(all, &sharedDjango{series, sync.OnceValues(func() (*Django, error) { return start(find, nil) })})
	}
	covered := Required()
	for _, r := range releases {
		share(r.series, r.find)
		if _, err := r.environment(); err == nil {
			covered = true
		}
	}
	// Where nothing of the matrix is to be had, what the machine's package
	// manager installed is better than nothing.
	if !covered {
		if system, err := systemDjango(); err == nil && !inMatrix(series(system.Django)) {
			share(series(system.Django), systemDjango)
		}
	}
	return all
})

func inMatrix(series string) bool {
	return slices.ContainsFunc(releases, func(r release) bool { return r.series == series })
}

type sharedDjango struct {
	series string
	get    func() (*Django, error)
}

func (s *sharedDjango) use(t testing.TB) *Django {
	t.Helper()
	dj, err := s.get()
	if err != nil {
		missing(t, "Django "+s.series, err)
	}
	return dj
}

func start(find func() (environment, error), settings Settings) (*Django, error) {
	e, err := find()
	if err != nil {
		return nil, err
	}
	w, err := startWorker(e, settings)
	if err != nil {
		return nil, err
	}
	atStop(w.stop)
	return &Django{Series: series(w.Django), Version: w.Django, Python: w.Python, worker: w, environment: e}, nil
}

// Own starts another process of the same Django with settings that must be
// there before django.setup(), such as AUTH_USER_MODEL. PYTHONPATH is not a
// setting of Django: it is a list of directories to import from before all
// others. It ends with the test.
func (d *Django) Own(t testing.TB, settings Settings) *Django {
	t.Helper()
	own, err := start(func() (environment, error) { return d.environment, nil }, settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(own.worker.stop)
	return own
}

// With returns a view with more settings: DATABASES, CACHES, SECRET_KEY,
// USE_TZ, TIME_ZONE and any other that Django's own override_settings can
// change.
func (d *Django) With(settings Settings) *Django {
	view := *d
	view.settings = maps.Clone(d.settings)
	if view.settings == nil {
		view.settings = Settings{}
	}
	maps.Copy(view.settings, settings)
	return &view
}

// At returns a view whose clock stands at a time, to the microsecond. The zero
// time is the machine's clock again.
func (d *Django) At(now time.Time) *Django {
	view := *d
	view.now = nil
	if !now.IsZero() {
		micros := now.UnixMicro()
		view.now = &micros
	}
	return &view
}

// On returns a view that uses a database. The test is skipped, or fails, when
// this Django has no driver for it.
func (d *Django) On(t testing.TB, db *Database) *Django {
	t.Helper()
	if !slices.Contains(d.worker.Vendors, db.Vendor) {
		missing(t, "Django "+d.Version, fmt.Errorf("no Python driver for %s", db.Vendor))
	}
	return d.With(Settings{"DATABASES": map[string]any{"default": db.Settings}})
}

// Needs skips the test, or fails it, when this Django's environment lacks a
// Python module that is one of its extras.
func (d *Django) Needs(t testing.TB, modules ...string) {
	t.Helper()
	for _, module := range modules {
		// Found, not imported: some want to be imported by a Django that knows
		// them.
		var found bool
		d.Run(t, "import importlib.util\nresult = importlib.util.find_spec(args['module']) is not None", map[string]any{"module": module}, &found)
		if !found {
			missing(t, "Django "+d.Version, fmt.Errorf("no Python module %s", module))
		}
	}
}

// Cache is the server as an entry of this Django's CACHES setting, with a
// prefix that keeps its keys apart.
func (d *Django) Cache(server *Server, prefix string) map[string]any {
	entry := map[string]any{"KEY_PREFIX": prefix, "LOCATION": server.Addr()}
	switch {
	case server.kind.scheme == "redis":
		entry["LOCATION"] = server.URL.String()
		entry["BACKEND"] = "django.core.cache.backends.redis.RedisCache"
		if !d.AtLeast(4, 0) {
			entry["BACKEND"] = "django_redis.cache.RedisCache"
		}
	case d.AtLeast(3, 2):
		entry["BACKEND"] = "django.core.cache.backends.memcached.PyMemcacheCache"
	default:
		entry["BACKEND"] = "django.core.cache.backends.memcached.MemcachedCache"
	}
	return entry
}

// AtLeast reports whether this is that series or a later one.
func (d *Django) AtLeast(major, minor int) bool {
	var a, b int
	fmt.Sscanf(d.Version, "%d.%d", &a, &b)
	return a > major || a == major && b >= minor
}

// Call asks for an operation of worker.py and puts its answer into result,
// which may be nil, a *[Value] or what [json.Unmarshal] fills. An exception in
// Python is a [*PythonError].
func (d *Django) Call(ctx context.Context, op string, args map[string]any, result any) error {
	settings := d.settings
	if settings == nil {
		settings = Settings{}
	}
	if args == nil {
		args = map[string]any{}
	}
	value, err := d.worker.ask(ctx, question{Settings: settings, Now: d.now, Op: op, Args: args})
	if err != nil {
		return err
	}
	return value.into(result)
}

// Run executes Python statements, indented as they may be, and puts what they
// left in the variable result into result. args is a dictionary in Python. The
// snippet may name settings, store(key=None), base64, b64, datetime, decimal,
// json, os, sys, time, uuid, micros(datetime), and state, a dictionary that
// outlives it.
func (d *Django) Run(t testing.TB, source string, args map[string]any, result any) {
	t.Helper()
	if args == nil {
		args = map[string]any{}
	}
	d.must(t, "run", map[string]any{"source": source, "args": args}, result)
}

// must is Call with patience, whose error ends the test.
func (d *Django) must(t testing.TB, op string, args map[string]any, result any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := d.Call(ctx, op, args, result); err != nil {
		text := err.Error()
		if raised, ok := err.(*PythonError); ok {
			text = raised.Traceback
		}
		t.Fatalf("Django %s: %s: %s", d.Version, op, text)
	}
}

// Value is a Python value: as the text that json.dumps makes of it (empty if it
// cannot) and as its repr. A value that JSON lacks becomes an object in the
// text: {"$bytes": base64}, or {"$class": name, "$repr": text} with "$iso" for
// dates and times.
type Value struct {
	JSON string `json:"json"`
	Repr string `json:"repr"`
}

func (v Value) into(result any) error {
	switch result := result.(type) {
	case nil:
		return nil
	case *Value:
		*result = v
		return nil
	}
	if v.JSON == "" {
		return fmt.Errorf("JSON cannot hold %s", v.Repr)
	}
	return json.Unmarshal([]byte(v.JSON), result)
}
