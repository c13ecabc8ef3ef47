// Package importpolicy holds the test of which package may import which.
package importpolicy

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/djsession/djsession-go/"

// policy says, package by package, what a package may import beside the
// standard library: packages of this module by their path in it, and other
// modules by theirs. An entry that ends in /... is for all packages below.
// The word library stands for all public packages of this module that import
// no client; each driver of the command is imported by one package. Arrows
// only go one way.
//
// DO NOT CHANGE THIS TABLE TO MEND A BUILD. A package that needs a new arrow
// needs a reason first.
const policy = `
internal/pybase64:
internal/pyzlib:
internal/structfields:
pyjson:                  internal/structfields
signing:                 pyjson internal/pybase64 internal/pyzlib
pickle:                  internal/structfields

djsession/internal/pause:
djsession/internal/guest:
djsession/internal/pyurl:
djsession/internal/pycookie:
djsession/internal/vary:
djsession/internal/problem:
djsession:               signing pyjson internal/pybase64 djsession/internal/guest djsession/internal/pycookie djsession/internal/vary djsession/internal/problem
djsession/internal/sqltext:
djsession/sqldialect:    djsession djsession/internal/sqltext
djsession/internal/sqldb:     djsession djsession/sqldialect djsession/internal/pause djsession/internal/sqltext
djsession/dbstore:       djsession djsession/sqldialect djsession/internal/sqldb
djsession/memstore:      djsession
djsession/cachestore:    djsession djsession/pickled pyjson
djsession/cachestore/compress: djsession/cachestore signing internal/pyzlib github.com/andybalholm/brotli github.com/klauspost/compress github.com/pierrec/lz4 github.com/ulikunitz/xz
djsession/internal/rediswire:  djsession djsession/cachestore signing
djsession/cachestore/rediscache: djsession djsession/cachestore djsession/internal/rediswire github.com/redis/go-redis
djsession/cachestore/rueidiscache: djsession djsession/cachestore djsession/internal/rediswire github.com/redis/rueidis
djsession/redisstore:    djsession djsession/cachestore
djsession/msgpacked:     djsession pyjson github.com/vmihailenco/msgpack
djsession/pickled:       djsession pickle pyjson
djsession/storetest:     djsession pyjson
djsession/internal/atomicfile: djsession golang.org/x/sys/unix
djsession/filestore:     djsession djsession/internal/atomicfile djsession/internal/pause signing
djsession/cookiestore:   djsession signing
djsession/cachestore/dbcache: djsession djsession/cachestore djsession/sqldialect djsession/internal/sqldb
djsession/cachestore/filecache: djsession djsession/cachestore djsession/internal/atomicfile pickle signing internal/pyzlib
djsession/cachestore/memcached: djsession djsession/cachestore signing internal/pyzlib github.com/bradfitz/gomemcache

djsession/csrf:          djsession djsession/internal/guest djsession/internal/pyurl djsession/internal/vary
djsession/messages:      djsession djsession/internal/pycookie djsession/internal/vary signing pyjson
djsession/auth:          djsession djsession/csrf djsession/internal/pyurl signing pyjson djsession/internal/problem
djsession/auth/dbusers:  djsession djsession/auth djsession/sqldialect djsession/internal/sqldb
djsession/metrics:       djsession
djsession/auth/authtest: djsession djsession/auth
djsession/auth/drftoken: djsession/auth djsession/sqldialect djsession/internal/sqldb
djsession/auth/knox:     djsession/auth djsession/sqldialect djsession/internal/sqldb
djsession/auth/simplejwt: djsession/auth signing github.com/golang-jwt/jwt
djsession/auth/hashers:  golang.org/x/crypto
djsession/auth/tokens:   djsession djsession/auth signing internal/pybase64
djsession/forwardauth:   djsession djsession/auth
djsession/djsite:        djsession djsession/auth djsession/auth/dbusers djsession/cachestore djsession/csrf djsession/cachestore/dbcache djsession/cachestore/filecache djsession/cookiestore djsession/dbstore djsession/filestore djsession/messages djsession/pickled djsession/redisstore djsession/sqldialect signing github.com/pelletier/go-toml

cmd/djsession:           cmd/djsession/internal/cli
cmd/djsession/internal/fail:     library
cmd/djsession/internal/human:    cmd/djsession/internal/fail github.com/dustin/go-humanize
cmd/djsession/internal/storeurl: cmd/djsession/internal/fail cmd/djsession/internal/human
cmd/djsession/internal/settings: library cmd/djsession/internal/fail github.com/spf13/pflag
cmd/djsession/internal/place:    library cmd/djsession/internal/fail cmd/djsession/internal/human cmd/djsession/internal/storeurl cmd/djsession/internal/settings djsession/cachestore/memcached djsession/cachestore/rediscache github.com/go-sql-driver/mysql github.com/jackc/pgx/v5 github.com/redis/go-redis/v9 modernc.org/sqlite
cmd/djsession/internal/project:  library cmd/djsession/internal/fail cmd/djsession/internal/human cmd/djsession/internal/storeurl cmd/djsession/internal/settings github.com/pelletier/go-toml/v2
cmd/djsession/internal/values:   library cmd/djsession/internal/fail cmd/djsession/internal/human
cmd/djsession/internal/account:  library cmd/djsession/internal/fail cmd/djsession/internal/human cmd/djsession/internal/settings cmd/djsession/internal/place cmd/djsession/internal/values cmd/djsession/internal/survey
cmd/djsession/internal/term:     library cmd/djsession/internal/fail cmd/djsession/internal/human charm.land/lipgloss/v2 github.com/dustin/go-humanize github.com/schollz/progressbar/v3 golang.org/x/term
cmd/djsession/internal/survey:   library cmd/djsession/internal/human github.com/dustin/go-humanize
cmd/djsession/internal/audit:    library cmd/djsession/internal/survey
cmd/djsession/internal/doctor:   library cmd/djsession/internal/survey
cmd/djsession/internal/migrate:  library cmd/djsession/internal/survey
cmd/djsession/internal/forward:  library
cmd/djsession/internal/cli:      library cmd/djsession/internal/fail cmd/djsession/internal/human cmd/djsession/internal/storeurl cmd/djsession/internal/settings cmd/djsession/internal/place cmd/djsession/internal/project cmd/djsession/internal/values cmd/djsession/internal/account cmd/djsession/internal/term cmd/djsession/internal/survey cmd/djsession/internal/audit cmd/djsession/internal/doctor cmd/djsession/internal/migrate cmd/djsession/internal/forward charm.land/lipgloss/v2 github.com/dustin/go-humanize github.com/spf13/cobra github.com/spf13/pflag golang.org/x/sync
cmd/djsession/internal/manysessions: library
cmd/djsession/internal/manysessions/tool: library cmd/djsession/internal/manysessions github.com/go-sql-driver/mysql github.com/lib/pq modernc.org/sqlite

djsession/examples/...:  *
djsession/internal/...:  *
`

// testPolicy is what the tests of a library package may import beyond that:
// never a driver or a client, which would end in the go.sum of whoever imports
// the package.
const testPolicy = "github.com/google/go-cmp"

// commandTests is what tests of the command may import beyond that.
var commandTests = []string{"cmd/djsession/internal/manysessions", "github.com/rogpeppe/go-internal", "modernc.org/sqlite"}

// clients are those that some library packages import, and so no other's tests.
var clients = []string{"github.com/redis/go-redis", "github.com/redis/rueidis", "github.com/bradfitz/gomemcache"}

func TestImports(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	seen := make(map[string]bool)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name := entry.Name(); path != root && (strings.HasPrefix(name, ".") || name == "testdata" || isModule(path)) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(rel)
		seen[pkg] = true
		check(t, pkg, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) < 5 {
		t.Errorf("only %d packages were found", len(seen))
	}
	for pkg := range rules() {
		if !strings.HasSuffix(pkg, "/...") && !seen[pkg] {
			t.Errorf("the policy speaks of %s, which is not there", pkg)
		}
	}
}

func isModule(dir string) bool {
	found, _ := filepath.Glob(filepath.Join(dir, "go.mod"))
	return len(found) > 0
}

func check(t *testing.T, pkg, path string) {
	allowed, ok := rules()[pkg]
	for dir := pkg; !ok && dir != "."; dir = filepath.ToSlash(filepath.Dir(dir)) {
		allowed, ok = rules()[dir+"/..."]
	}
	if !ok {
		t.Errorf("%s is not in the policy", pkg)
		return
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Error(err)
		return
	}
	isTest := strings.HasSuffix(path, "_test.go")
	for _, spec := range file.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		own, isOwn := strings.CutPrefix(name, module)
		switch {
		case !strings.Contains(strings.Split(name, "/")[0], "."): // the standard library
		case isTest && (isOwn && own == pkg || isOwn && isLibrary(own) || within(name, testPolicy)):
		case isTest && strings.HasPrefix(pkg, "cmd/") && (isOwn && mayImport(commandTests, own) || !isOwn && mayImport(commandTests, name)):
		case isOwn && mayImport(allowed, own), !isOwn && mayImport(allowed, name):
		default:
			t.Errorf("%s: %s must not import %s", path, pkg, name)
		}
	}
}

// isLibrary reports whether tests may use the package: those of this module
// that carry no driver and no client.
func isLibrary(own string) bool {
	return !strings.HasPrefix(own, "cmd/") && !strings.HasPrefix(own, "djsession/internal/") && !strings.HasPrefix(own, "djsession/examples/") &&
		!slices.ContainsFunc(clients, func(client string) bool { return slices.Contains(rules()[own], client) })
}

func mayImport(allowed []string, name string) bool {
	for _, a := range allowed {
		if a == "*" || a == name || a == "library" && rules()[name] != nil && isLibrary(name) || strings.Contains(a, ".") && within(name, a) {
			return true
		}
	}
	return false
}

func within(name, module string) bool { return name == module || strings.HasPrefix(name, module+"/") }

func rules() map[string][]string {
	rules := make(map[string][]string)
	for line := range strings.Lines(policy) {
		if pkg, allowed, ok := strings.Cut(line, ":"); ok {
			rules[strings.TrimSpace(pkg)] = strings.Fields(allowed)
		}
	}
	return rules
}
