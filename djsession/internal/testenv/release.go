package testenv

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// release is a Django that the tests compare with.
type release struct {
	series  string   // "5.2"
	version string   // the newest of the series
	pythons []string // that it runs on, the wanted one first
	extras  []string // drivers, hashers, a server: one that cannot be installed is left out
}

// releases are the first and last series of each way that Django has written
// sessions, and the long-term ones between.
var releases = []release{
	{"1.11", "1.11.29", []string{"2.7", "3.7", "3.6", "3.5"}, []string{"psycopg2-binary<2.9", "PyMySQL<1", "redis<4", "django-redis<5",
		"python-memcached<1.60", "argon2-cffi<21", "bcrypt<3.2"}},
	{"2.2", "2.2.28", []string{"3.7", "3.8", "3.6", "3.9"}, []string{"psycopg2-binary<2.9", "PyMySQL", "redis", "django-redis<5.3",
		"python-memcached", "pylibmc", "argon2-cffi", "bcrypt"}},
	{"3.2", "3.2.25", []string{"3.10", "3.9", "3.8", "3.7", "3.11"}, []string{"psycopg2-binary", "PyMySQL", "redis", "django-redis<5.5",
		"python-memcached<1.60", "pymemcache", "pylibmc", "argon2-cffi", "bcrypt", "lz4", "pyzstd",
		"msgpack", "django-redis-sessions"}},
	{"4.2", "4.2.30", []string{"3.11", "3.10", "3.12", "3.9", "3.8"}, []string{"psycopg[binary]", "PyMySQL", "redis", "django-redis",
		"pymemcache", "pylibmc", "argon2-cffi", "bcrypt", "lz4", "pyzstd",
		"msgpack", "django-redis-sessions",
		"django-user-sessions", "setuptools<81", "django-qsessions",
		"djangorestframework", "djangorestframework-simplejwt", "django-rest-knox", "django-allauth[mfa]", "cryptography"}},
	{"5.2", "5.2.19", []string{"3.12", "3.13", "3.11", "3.10", "3.14"}, []string{"psycopg[binary]", "PyMySQL", "redis", "django-redis",
		"pymemcache", "argon2-cffi", "bcrypt", "gunicorn", "lz4", "pyzstd",
		"msgpack", "django-redis-sessions",
		"django-otp", "django-hijack", "django-impersonate", "django-allauth[mfa]",
		"djangorestframework", "djangorestframework-simplejwt", "django-rest-knox", "cryptography"}},
	{"6.1", "6.1.3", []string{"3.13", "3.12", "3.14"}, []string{"psycopg[binary]", "PyMySQL", "redis", "django-redis",
		"pymemcache", "argon2-cffi", "bcrypt", "lz4", "pyzstd",
		"msgpack", "django-redis-sessions",
		"django-user-sessions", "setuptools<81", "django-qsessions", "django-valkey[brotli]",
		"djangorestframework", "djangorestframework-simplejwt", "django-rest-knox", "django-allauth[mfa]", "cryptography"}},
}

// core is what an environment cannot do without.
func (r release) core() []string { return []string{"Django==" + r.version} }

// dirName is the name of the release's environment in the cache. It depends on
// the requirements and the machine.
func (r release) dirName() string {
	sum := sha256.Sum256([]byte(strings.Join(append(append(r.core(), r.extras...), runtime.GOOS, runtime.GOARCH), "\n")))
	return fmt.Sprintf("django-%s-%s", r.series, hex.EncodeToString(sum[:4]))
}

// cacheDir holds the environments: DJSESSION_TEST_CACHE, or djsession-test
// in the user's cache directory.
func cacheDir() string {
	if given := os.Getenv("DJSESSION_TEST_CACHE"); given != "" {
		if absolute, err := filepath.Abs(given); err == nil {
			return absolute
		}
		return given
	}
	root, err := os.UserCacheDir()
	if err != nil {
		root = os.TempDir()
	}
	return filepath.Join(root, "djsession-test")
}

// find returns the release's environment, made now where it is required; else
// the system's Django if it is of the same series.
func (r release) find() (environment, error) {
	e, err := r.environment()
	if err != nil && Required() {
		e, err = r.install()
	}
	if err == nil {
		return e, nil
	}
	if system, systemErr := systemDjango(); systemErr == nil && series(system.Django) == r.series {
		return system, nil
	}
	return environment{}, err
}

// series returns "5.2" of "5.2.19".
func series(version string) string {
	parts := strings.SplitN(version, ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}
