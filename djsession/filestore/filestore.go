// Package filestore keeps sessions where Django's file backend keeps them: a
// file for each in one directory, SESSION_FILE_PATH.
//
//	codec := djsession.NewCodec(os.Getenv("DJANGO_SECRET_KEY"), nil)
//	store := filestore.New("/var/lib/site/sessions", codec, nil)
//
// It is a [djsession.Store], [djsession.Modifier], [djsession.Rekeyer],
// [djsession.ExpiredClearer] and [djsession.Lister]. The process must run under
// the account that Django runs under: only the owner can read these files.
// Files of other names in the directory are left alone.
//
// # When a session ends
//
// A file does not say when its session ends. A session ends at the time in its
// _session_expiry, or SESSION_COOKIE_AGE after its file was written;
// Options.CookieAge must be the same. A number of seconds in _session_expiry,
// as set_expiry(300) leaves it, counts from the last write too. Django's file
// backend differs from its others here: it never ends such a session (in 6.1
// still). The browser drops the cookie after those seconds in both cases, so
// only a copy of the key shows the difference, and it is refused here.
// ClearExpired removes such files, which Django's clearsessions leaves.
//
// # Together with others
//
// Files are replaced whole, so no reader sees half of one. Processes that
// use this package lock a session while they change it, and lose nothing of
// each other's in Modify. Django locks nothing: what it saves while a Modify is
// under way is merged as well, where the system can exchange two files in one
// step (Linux and macOS, on local file systems), but a Django that read the
// session before a change and saves it afterwards overwrites that change, as it
// overwrites another Django's. A session that Django deletes is never brought
// back by a save of ours, where files can be exchanged; elsewhere there is a
// moment of some microseconds. Without locks in the operating system (Windows),
// Modify only sees to what this process does.
//
// Django: django.contrib.sessions.backends.file.
package filestore

import (
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// Options is how a site keeps its sessions. Nil and the zero value are Django's
// defaults.
type Options struct {
	// CookieName is what the names of the files begin with. Default:
	// "sessionid".
	// Django: SESSION_COOKIE_NAME.
	CookieName string

	// CookieAge is how long after its last write a session ends that does not
	// say otherwise. Default: djsession.DefaultAge.
	// Django: SESSION_COOKIE_AGE.
	CookieAge time.Duration

	// Local is the site's TIME_ZONE if it runs with USE_TZ = False, for an
	// instant in _session_expiry. Nil: USE_TZ = True.
	Local *time.Location

	// MaxSize bounds a file that is read or written, in bytes: a larger one is
	// a djsession.ErrTooLarge. Default: 16 MiB.
	MaxSize int64

	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

const defaultMaxSize = 16 << 20

// A Store keeps sessions in a directory. It is safe for concurrent use.
type Store struct {
	dir   string
	codec *djsession.Codec
	opts  Options

	mu *sync.Mutex // stands in for locks on systems without them
}

var (
	_ djsession.Store          = (*Store)(nil)
	_ djsession.Modifier       = (*Store)(nil)
	_ djsession.Rekeyer        = (*Store)(nil)
	_ djsession.ExpiredClearer = (*Store)(nil)
	_ djsession.Lister         = (*Store)(nil)
)

// New returns a store over a directory, which must exist when the store is
// used. An empty dir is the system's directory for temporary files, as in
// Django. That is logged as a warning: other accounts can write there, and an
// empty dir is more often a setting that was not read.
func New(dir string, codec *djsession.Codec, opts *Options) *Store {
	if dir == "" {
		dir = os.TempDir()
		slog.Warn("filestore: no directory was given, so sessions are among the system's temporary files, "+
			"where other accounts can write; pass Django's SESSION_FILE_PATH", "dir", dir)
	}
	s := &Store{dir: dir, codec: codec, mu: new(sync.Mutex)}
	if opts != nil {
		s.opts = *opts
	}
	if s.opts.CookieName == "" {
		s.opts.CookieName = "sessionid"
	}
	if s.opts.CookieAge == 0 {
		s.opts.CookieAge = djsession.DefaultAge
	}
	if s.opts.MaxSize == 0 {
		s.opts.MaxSize = defaultMaxSize
	}
	if s.opts.Now == nil {
		s.opts.Now = time.Now
	}
	return s
}

// WithCodec returns a store of the same sessions with another codec, for a site
// whose keys have changed.
func (s *Store) WithCodec(codec *djsession.Codec) *Store {
	other := *s
	other.codec = codec
	return &other
}

// path returns the name of a session's file. Valid keys hold nothing that could
// lead elsewhere.
func (s *Store) path(key string) string { return filepath.Join(s.dir, s.opts.CookieName+key) }

// Shared implements [djsession.Sharer].
func (s *Store) Shared() []djsession.Shared {
	return []djsession.Shared{{
		Part: "filestore.Options", HasLocal: true, Local: s.opts.Local, CookieAge: s.opts.CookieAge,
		CookieName: s.opts.CookieName, Keys: s.codec.Keys(),
	}}
}
