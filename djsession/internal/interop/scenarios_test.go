package interop

import "strings"

// A scenario is a request that both middlewares serve. Cookie and header values
// may say <KEY>, the stored session's key.
type scenario struct {
	Name     string         `json:"name"`
	Settings map[string]any `json:"settings"` // Django's names
	Stored   string         `json:"stored"`   // "", "live", "expired", "now" (expires this second), "garbage", "forged"
	Data     string         `json:"data"`     // of the stored session, as JSON; default {"a":1}
	Cookie   string         `json:"cookie"`   // the header; "-" sends none; default sessionid=<KEY>
	Ops      [][]any        `json:"ops"`      // what the view does: see viewOps
	Status   int            `json:"status"`   // of the view's response; default 200
	Vary     string         `json:"vary"`     // set by the view

	// Differs says why the two sides answer differently, which they then must:
	// in every Django, or in those of In.
	Differs string   `json:"-"`
	In      []string `json:"-"`
}

type settings = map[string]any

// op is one thing a view does with request.session.
func op(name string, args ...any) []any { return append([]any{name}, args...) }

// oldVary is why we differ from 4.2 and older: CVE-2026-35192, mended in 5.2.14
// and 6.0.5.
const oldVary = "a response that sets the cookie of an untouched session must say Vary: Cookie"

// noTimes is why we differ from 4.0 and older, which keep a datetime in the
// session that JSON cannot write.
const noTimes = "before 4.1 set_expiry takes no datetime under JSON"

// unreadable is why we differ from every Django when it prolongs what it cannot
// read.
const unreadable = "Django overwrites a session that it cannot read with an empty one; another key or serializer may be able to read it"

// unread is why we differ when a view has not looked at the session that it
// marks.
const unread = "Django has not looked yet and stores an empty session for any cookie; we read a session before anybody gets hold of it"

var (
	everyRequest = settings{"SESSION_SAVE_EVERY_REQUEST": true}
	onClose      = settings{"SESSION_EXPIRE_AT_BROWSER_CLOSE": true}
)

var scenarios = []scenario{
	// A session that nobody looks at.
	{Name: "untouched, no cookie", Cookie: "-"},
	{Name: "untouched, live", Stored: "live"},
	{Name: "untouched, unknown key"},
	{Name: "untouched, expired", Stored: "expired"},
	{Name: "untouched, empty cookie", Cookie: "sessionid="},
	{Name: "untouched, short cookie", Cookie: "sessionid=abc"},
	{Name: "untouched, quoted empty cookie", Cookie: `sessionid=""`},
	{Name: "untouched, 500", Stored: "live", Status: 500},
	{Name: "untouched, other cookies", Cookie: "a=b; c"},

	// Reading.
	{Name: "read, no cookie", Cookie: "-", Ops: [][]any{op("get", "a")}},
	{Name: "read, live", Stored: "live", Ops: [][]any{op("get", "a")}},
	{Name: "read, unknown key", Ops: [][]any{op("get", "a")}},
	{Name: "read, expired", Stored: "expired", Ops: [][]any{op("get", "a")}},
	{Name: "read, at the second of expiry", Stored: "now", Ops: [][]any{op("get", "a")}},
	{Name: "read, garbage", Stored: "garbage", Ops: [][]any{op("get", "a")}},
	{Name: "read, forged", Stored: "forged", Ops: [][]any{op("get", "a")}},
	{Name: "read, short cookie", Cookie: "sessionid=abc", Ops: [][]any{op("get", "a")}},
	{Name: "read, 404", Stored: "live", Ops: [][]any{op("get", "a")}, Status: 404},
	{Name: "read, 500", Stored: "live", Ops: [][]any{op("get", "a")}, Status: 500},
	{Name: "read, unknown key, 500", Ops: [][]any{op("get", "a")}, Status: 500},
	{Name: "read, Vary kept", Stored: "live", Ops: [][]any{op("get", "a")}, Vary: "Accept-Encoding"},
	{Name: "read, Vary not doubled", Stored: "live", Ops: [][]any{op("get", "a")}, Vary: "cookie, Origin"},
	{Name: "read, Vary star", Stored: "live", Ops: [][]any{op("get", "a")}, Vary: "*"},
	{Name: "has", Stored: "live", Ops: [][]any{op("has", "a")}},
	{Name: "names", Stored: "live", Ops: [][]any{op("names")}},

	// Changing.
	{Name: "set, no cookie", Cookie: "-", Ops: [][]any{op("set", "a", 2)}},
	{Name: "set, live", Stored: "live", Ops: [][]any{op("set", "b", 2)}},
	{Name: "set, unknown key", Ops: [][]any{op("set", "b", 2)}},
	{Name: "set, expired", Stored: "expired", Ops: [][]any{op("set", "b", 2)}},
	{Name: "set, garbage", Stored: "garbage", Ops: [][]any{op("set", "b", 2)}},
	{Name: "set, forged", Stored: "forged", Ops: [][]any{op("set", "b", 2)}},
	{Name: "set, 302", Stored: "live", Ops: [][]any{op("set", "b", 2)}, Status: 302},
	{Name: "set, 404", Stored: "live", Ops: [][]any{op("set", "b", 2)}, Status: 404},
	{Name: "set, 499", Stored: "live", Ops: [][]any{op("set", "b", 2)}, Status: 499},
	{Name: "set, 500", Stored: "live", Ops: [][]any{op("set", "b", 2)}, Status: 500},
	{Name: "set, 503", Stored: "live", Ops: [][]any{op("set", "b", 2)}, Status: 503, Differs: "before 4.2 only a 500 kept a session from being saved", In: []string{"3.2"}},
	{Name: "set, no cookie, 500", Cookie: "-", Ops: [][]any{op("set", "b", 2)}, Status: 500},
	{Name: "set the same value", Stored: "live", Ops: [][]any{op("set", "a", 1)}},
	{Name: "set, floats and text", Stored: "live", Ops: [][]any{op("set", "b", 1.5), op("set", "c", "Zoë <&> \u2028 \U0001F600")}},
	{Name: "order is kept", Stored: "live", Data: `{"z":1,"a":2,"m":3}`, Ops: [][]any{op("set", "a", 9), op("delete", "z"), op("set", "z", 0)}},
	{Name: "untouched values are kept", Stored: "live", Data: `{"big":123456789012345678901234567890,"f":1.0,"e":1e+16,"s":"\ud83d\ude00"}`, Ops: [][]any{op("set", "b", 2)}},
	{Name: "delete", Stored: "live", Ops: [][]any{op("delete", "a")}},
	{Name: "delete missing", Stored: "live", Ops: [][]any{op("delete", "x")}},
	{Name: "pop", Stored: "live", Ops: [][]any{op("pop", "a")}},
	{Name: "pop missing", Stored: "live", Ops: [][]any{op("pop", "x")}},
	{Name: "setdefault there", Stored: "live", Ops: [][]any{op("setdefault", "a", 2)}},
	{Name: "setdefault missing", Stored: "live", Ops: [][]any{op("setdefault", "b", 2)}},
	{Name: "setdefault, no cookie", Cookie: "-", Ops: [][]any{op("setdefault", "b", 2)}},
	{Name: "modified by hand", Stored: "live", Ops: [][]any{op("modified")}},
	{Name: "modified by hand, no cookie", Cookie: "-", Ops: [][]any{op("modified")}},
	{Name: "modified by hand, not read, live", Stored: "live", Ops: [][]any{op("modified_unread")}},
	{Name: "modified by hand, unknown key", Ops: [][]any{op("modified")}},
	{Name: "modified by hand, not read, unknown key", Ops: [][]any{op("modified_unread")},
		Differs: unread},
	{Name: "test cookie set", Cookie: "-", Ops: [][]any{op("set_test_cookie")}},
	{Name: "test cookie deleted", Stored: "live", Data: `{"testcookie":"worked"}`, Ops: [][]any{op("delete_test_cookie")}},

	{Name: "update", Stored: "live", Ops: [][]any{op("update", map[string]any{"b": 2})}},
	{Name: "update with nothing, no cookie", Cookie: "-", Ops: [][]any{op("update", map[string]any{})}},
	{Name: "test cookie looked for", Stored: "live", Data: `{"testcookie":"worked"}`, Ops: [][]any{op("test_cookie_worked")}},
	{Name: "test cookie deleted, not there", Stored: "live", Ops: [][]any{op("test_cookie_worked")}},
	{Name: "values and items", Stored: "live", Ops: [][]any{op("values")}},
	{Name: "asked for its expiry", Stored: "live", Ops: [][]any{op("expiry")}},

	// Saved by the view itself.
	{Name: "set and saved, no cookie", Cookie: "-", Ops: [][]any{op("set", "b", 2), op("save")}},
	{Name: "set and saved", Stored: "live", Ops: [][]any{op("set", "b", 2), op("save")}},
	{Name: "set, saved and set", Stored: "live", Ops: [][]any{op("set", "b", 2), op("save"), op("set", "c", 3)}},
	{Name: "set and saved, 500", Stored: "live", Ops: [][]any{op("set", "b", 2), op("save")}, Status: 500},
	{Name: "saved, nothing set", Stored: "live", Ops: [][]any{op("get", "a"), op("save")}},
	{Name: "saved, nothing set, no cookie", Cookie: "-", Ops: [][]any{op("get", "a"), op("save")}},
	{Name: "saved, garbage", Stored: "garbage", Ops: [][]any{op("set", "b", 2), op("save")}},
	{Name: "set, saved and flushed", Stored: "live", Ops: [][]any{op("set", "b", 2), op("save"), op("flush")}},
	{Name: "created, no cookie", Cookie: "-", Ops: [][]any{op("create")}},
	{Name: "created with data, no cookie", Cookie: "-", Ops: [][]any{op("set", "b", 2), op("create")}},
	{Name: "created anew", Stored: "live", Ops: [][]any{op("get", "a"), op("create")}},

	// Emptying.
	{Name: "clear", Stored: "live", Ops: [][]any{op("clear")}},
	{Name: "clear, no cookie", Cookie: "-", Ops: [][]any{op("clear")}},
	{Name: "clear and set", Stored: "live", Ops: [][]any{op("clear"), op("set", "b", 2)}},
	{Name: "flush", Stored: "live", Ops: [][]any{op("flush")}},
	{Name: "flush, no cookie", Cookie: "-", Ops: [][]any{op("flush")}},
	{Name: "flush, unknown key", Ops: [][]any{op("flush")}},
	{Name: "flush and set", Stored: "live", Ops: [][]any{op("flush"), op("set", "b", 2)}},
	{Name: "flush, 500", Stored: "live", Ops: [][]any{op("flush")}, Status: 500},
	{Name: "set then deleted, no cookie", Cookie: "-", Ops: [][]any{op("set", "a", 1), op("delete", "a")}},

	// New keys.
	{Name: "cycle", Stored: "live", Ops: [][]any{op("cycle")}},
	{Name: "cycle, no cookie", Cookie: "-", Ops: [][]any{op("cycle")}},
	{Name: "cycle and set", Stored: "live", Ops: [][]any{op("cycle"), op("set", "b", 2)}},
	{Name: "set and cycle", Stored: "live", Ops: [][]any{op("set", "b", 2), op("cycle")}},
	{Name: "cycle, 500", Stored: "live", Ops: [][]any{op("cycle")}, Status: 500},
	{Name: "cycle, unknown key", Ops: [][]any{op("cycle")}},

	// Gone while the request ran.
	{Name: "gone, changed", Stored: "live", Ops: [][]any{op("set", "b", 2), op("gone")}},
	{Name: "gone, only read", Stored: "live", Ops: [][]any{op("get", "a"), op("gone")}},
	{Name: "gone, changed, 500", Stored: "live", Ops: [][]any{op("set", "b", 2), op("gone")}, Status: 500},
	{Name: "gone, then flushed", Stored: "live", Ops: [][]any{op("set", "b", 2), op("gone"), op("flush")}},

	// Expiry.
	{Name: "expires after", Stored: "live", Ops: [][]any{op("expire_after", 300)}},
	{Name: "expired before it began", Stored: "live", Ops: [][]any{op("expire_after", -300)}},
	{Name: "expires at", Stored: "live", Ops: [][]any{op("expire_at", "2023-11-15T00:00:00.500000+00:00")}, Differs: noTimes, In: []string{"3.2"}},
	{Name: "expires on close", Stored: "live", Ops: [][]any{op("expire_on_close")}},
	{Name: "expires on close by setting", Cookie: "-", Settings: onClose, Ops: [][]any{op("set", "b", 2)}},
	{Name: "expires after, against the setting", Cookie: "-", Settings: onClose, Ops: [][]any{op("expire_after", 60)}},
	{Name: "expires by default again", Stored: "live", Data: `{"_session_expiry":60}`, Ops: [][]any{op("expire_default")}},
	{Name: "expires by default already", Stored: "live", Ops: [][]any{op("expire_default")}},
	{Name: "own expiry, changed", Stored: "live", Data: `{"_session_expiry":60}`, Ops: [][]any{op("set", "b", 2)}},
	{Name: "own expiry at an instant, changed", Stored: "live", Data: `{"_session_expiry":"2023-11-20T10:00:00+00:00"}`, Ops: [][]any{op("set", "b", 2)}, Differs: noTimes, In: []string{"3.2"}},
	{Name: "null expiry, changed", Stored: "live", Data: `{"_session_expiry":null}`, Ops: [][]any{op("set", "b", 2)}},

	// SESSION_SAVE_EVERY_REQUEST.
	{Name: "every request, no cookie", Cookie: "-", Settings: everyRequest},
	{Name: "every request, live", Stored: "live", Settings: everyRequest, Differs: oldVary, In: []string{"3.2", "4.2"}},
	{Name: "every request, read", Stored: "live", Settings: everyRequest, Ops: [][]any{op("get", "a")}},
	{Name: "every request, unknown key", Settings: everyRequest, Differs: oldVary, In: []string{"3.2", "4.2"}},
	{Name: "every request, unknown key, read", Settings: everyRequest, Ops: [][]any{op("get", "a")}},
	{Name: "every request, expired", Stored: "expired", Settings: everyRequest, Differs: oldVary, In: []string{"3.2", "4.2"}},
	{Name: "every request, garbage", Stored: "garbage", Settings: everyRequest, Differs: unreadable},
	{Name: "every request, forged, read", Stored: "forged", Settings: everyRequest, Ops: [][]any{op("get", "a")}, Differs: unreadable},
	{Name: "every request, forged, changed", Stored: "forged", Settings: everyRequest, Ops: [][]any{op("set", "b", 2)}},
	{Name: "every request, key that can be none", Cookie: "sessionid=../../etc/passwd", Settings: everyRequest, Differs: oldVary, In: []string{"3.2", "4.2"}},
	{Name: "every request, live, 500", Stored: "live", Settings: everyRequest, Status: 500},
	{Name: "every request, flush", Stored: "live", Settings: everyRequest, Ops: [][]any{op("flush")}},

	// Cookie settings.
	{Name: "cookie settings, set", Cookie: "-", Settings: settings{"SESSION_COOKIE_NAME": "sid", "SESSION_COOKIE_AGE": 60, "SESSION_COOKIE_DOMAIN": ".example.com", "SESSION_COOKIE_PATH": "/app", "SESSION_COOKIE_SECURE": true, "SESSION_COOKIE_SAMESITE": "Strict"}, Ops: [][]any{op("set", "b", 2)}},
	{Name: "cookie settings, deleted", Cookie: "sid=<KEY>", Stored: "live", Settings: settings{"SESSION_COOKIE_NAME": "sid", "SESSION_COOKIE_DOMAIN": ".example.com", "SESSION_COOKIE_PATH": "/app", "SESSION_COOKIE_SECURE": true, "SESSION_COOKIE_SAMESITE": "None"}, Ops: [][]any{op("flush")}},
	{Name: "prefixed cookie, deleted", Cookie: "__Secure-sid=<KEY>", Stored: "live", Settings: settings{"SESSION_COOKIE_NAME": "__Secure-sid", "SESSION_COOKIE_SECURE": true}, Ops: [][]any{op("flush")}},
	{Name: "scripts may see it", Cookie: "-", Settings: settings{"SESSION_COOKIE_HTTPONLY": false, "SESSION_COOKIE_SAMESITE": false}, Ops: [][]any{op("set", "b", 2)}},
	{Name: "__Host- without Secure", Cookie: "-", Settings: settings{"SESSION_COOKIE_NAME": "__Host-sid"}, Ops: [][]any{op("set", "b", 2)},
		Differs: "browsers refuse a __Host- cookie that is not Secure, so we make it so"},

	// Which cookie is read.
	{Name: "duplicates, the last counts", Stored: "live", Cookie: "sessionid=<KEY>; sessionid=0123456789abcdefghijklmnopqrstuv", Ops: [][]any{op("get", "a")}},
	{Name: "duplicates, the live one last", Stored: "live", Cookie: "sessionid=0123456789abcdefghijklmnopqrstuv; sessionid=<KEY>", Ops: [][]any{op("set", "b", 2)}},
	{Name: "quoted", Stored: "live", Cookie: `sessionid="<KEY>"`, Ops: [][]any{op("set", "b", 2)}},
	{Name: "blanks around", Stored: "live", Cookie: "  a=b ;  sessionid  =  <KEY>  ", Ops: [][]any{op("set", "b", 2)}},
	{Name: "chunks without =", Stored: "live", Cookie: "foo; ; sessionid=<KEY>; bar", Ops: [][]any{op("set", "b", 2)}},
	{Name: "broken bytes around", Stored: "live", Cookie: "x=\x01\"\u00ff; sessionid=<KEY>", Ops: [][]any{op("set", "b", 2)}},
	{Name: "bytes that are no text", Stored: "live", Cookie: "x=\u0080\u00e9; sessionid=<KEY>", Ops: [][]any{op("set", "b", 2)}},
	{Name: "Unicode's blanks around", Stored: "live", Cookie: "\u2003sessionid\u00a0=\u3000<KEY>\u2028", Ops: [][]any{op("set", "b", 2)}},
	{Name: "eight bytes, but four characters", Cookie: "sessionid=éééé"},
	{Name: "escapes in quotes", Stored: "live", Cookie: `sessionid="\153<KEY>"`, Ops: [][]any{op("get", "a")}},
	{Name: "escaped key", Stored: "live", Cookie: `sessionid="\153kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"`, Ops: [][]any{op("get", "a")}},
	{Name: "half a quote", Stored: "live", Cookie: `sessionid="<KEY>`, Ops: [][]any{op("get", "a")}},
	{Name: "upper case key", Stored: "live", Cookie: "sessionid=KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK", Ops: [][]any{op("get", "a")}},
	{Name: "a thousand cookies before it", Stored: "live", Cookie: strings.Repeat("a=b; ", 1000) + "sessionid=<KEY>", Ops: [][]any{op("set", "b", 2)}},
	{Name: "a huge value", Cookie: "sessionid=" + strings.Repeat("x", 100_000), Ops: [][]any{op("get", "a")}},
	{Name: "a path for a key", Cookie: "sessionid=../../../etc/passwd", Ops: [][]any{op("set", "b", 2)}},
	{Name: "another case is another cookie", Stored: "live", Cookie: "SessionID=<KEY>", Ops: [][]any{op("get", "a")}},
}
