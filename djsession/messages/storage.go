package messages

import (
	"log/slog"
	"net/http"

	"github.com/djsession/djsession-go/djsession"
)

// sessionName is where messages are in a session.
const sessionName = "_messages"

// found is what a request has brought of each storage.
type found struct {
	cookie        bool // a cookie whose signature is valid
	badCookie     bool
	session       bool // messages in the session, which has been read
	sessionRead   bool
	badInSession  bool // what is there is not understood
	sessionSource *djsession.Session
}

// load reads what is stored, once. The session is read only where messages are
// in it: with StorageFallback the cookie says so.
// Django: FallbackStorage._get.
func (x *exchange) load() error {
	if x.loaded {
		return nil
	}
	var items []item
	more := x.site.opts.Storage == StorageSession
	if !more {
		items, more = x.loadCookie()
		more = more && x.site.opts.Storage == StorageFallback
	}
	if more {
		inSession, err := x.loadSession()
		if err != nil {
			return err
		}
		items = append(items, inSession...)
	}
	x.stored, x.loaded = items, true
	return nil
}

func (x *exchange) loadCookie() (items []item, more bool) {
	value, _ := djsession.CookieValue(x.request.Header, cookieName)
	if value == "" {
		return nil, false
	}
	list, ok := x.site.cookie.decode(value)
	if ok {
		items, more, ok = decodeList(list)
	}
	x.found.cookie, x.found.badCookie = ok, !ok
	return items, more
}

func (x *exchange) loadSession() ([]item, error) {
	s, err := x.site.sessions.FromRequest(x.request)
	if err != nil {
		return nil, err
	}
	x.found.sessionRead, x.found.sessionSource = true, s
	if !s.Has(sessionName) {
		return nil, nil
	}
	list, ok := s.Text(sessionName)
	if list == "" && ok { // no messages, to Django too
		x.found.session = true
		return nil, nil
	}
	items, _, ok := decodeList(list)
	x.found.session, x.found.badInSession = ok, !ok
	return items, nil
}

// store writes what is to be kept, and removes what is not.
// Django: FallbackStorage._store.
func (x *exchange) store(h http.Header, items []item) error {
	texts, err := encodeAll(items, x.site.opts.Layout)
	if err != nil {
		return err
	}
	rest := texts
	if x.site.opts.Storage != StorageSession {
		if rest, err = x.storeCookie(h, texts); err != nil {
			return err
		}
	}
	if x.site.opts.Storage == StorageCookie {
		x.lost(len(rest), "they do not fit into the cookie")
		return nil
	}
	return x.storeSession(rest)
}

// storeCookie returns the elements that the cookie has no room for.
func (x *exchange) storeCookie(h http.Header, texts []string) (rest []string, err error) {
	if len(texts) == 0 {
		if x.found.cookie {
			x.site.sessions.DeleteSiteCookie(h, cookieName)
		}
		return nil, nil
	}
	newest := x.site.opts.Storage == StorageCookie
	value, n, err := x.site.cookie.fit(texts, newest)
	if err != nil {
		return nil, err
	}
	if !x.site.sessions.SetSiteCookie(h, cookieName, value) {
		x.lost(len(texts), "the response sets the cookie of messages already, as that of a Django behind a reverse proxy may")
		return nil, nil
	}
	if x.found.badCookie {
		x.warn("a cookie of messages that could not be read was overwritten: if it was Django's, give messages.New the site's SECRET_KEY")
	}
	if newest {
		return texts[:len(texts)-n], nil
	}
	return texts[n:], nil
}

// storeSession puts elements into the session after those there that were not
// read.
func (x *exchange) storeSession(texts []string) error {
	if len(texts) == 0 {
		if x.found.session {
			x.found.sessionSource.Delete(sessionName)
		}
		return nil
	}
	if !x.found.sessionRead {
		unread, err := x.loadSession()
		if err != nil {
			return err
		}
		before, err := encodeAll(unread, x.site.opts.Layout)
		if err != nil {
			return err
		}
		texts = append(before, texts...)
	}
	if x.found.badInSession {
		x.lost(len(texts), "the session holds messages in a form that is not known here, which are left as they are")
		return nil
	}
	x.found.sessionSource.Set(sessionName, listOf(texts))
	return nil
}

// lost logs that messages could not be stored.
func (x *exchange) lost(n int, why string) {
	if n > 0 {
		x.warn("messages were lost: "+why, slog.Int("messages", n))
	}
}

func (x *exchange) warn(text string, attrs ...slog.Attr) {
	attrs = append(attrs, slog.String("method", x.request.Method), slog.String("path", x.request.URL.Path))
	x.site.opts.logger().LogAttrs(x, slog.LevelWarn, text, attrs...)
}
