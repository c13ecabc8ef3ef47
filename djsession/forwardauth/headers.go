package forwardauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/djsession/djsession-go/djsession/auth"
)

// Headers are the names of the headers that tell the upstream who the user is.
// One that is empty is not sent. The proxy must pass each of them on, in place
// of what the client sent: each is in every answer that lets a request pass,
// empty where there is nothing to say.
type Headers struct {
	ID        string // the primary key as text: stable, and never another user's
	Username  string // the model's USERNAME_FIELD
	Email     string
	FullName  string
	Groups    string // the names of the groups, sorted, separated by commas
	Staff     string // "true" or "false"
	Superuser string // "true" or "false"
	Signed    string // all of it, signed: see Options.Sign. Default: "X-Auth-Signed" with a key
}

// Names that applications know.
var (
	// AuthRequest is what oauth2-proxy sends, with the primary key as the user.
	AuthRequest = Headers{
		ID: "X-Auth-Request-User", Username: "X-Auth-Request-Preferred-Username",
		Email: "X-Auth-Request-Email", Groups: "X-Auth-Request-Groups",
	}

	// Remote is what Authelia sends.
	Remote = Headers{Username: "Remote-User", FullName: "Remote-Name", Email: "Remote-Email", Groups: "Remote-Groups"}

	// ForwardedUser is what oauth2-proxy passes upstream by itself.
	ForwardedUser = Headers{Username: "X-Forwarded-User", Email: "X-Forwarded-Email", Groups: "X-Forwarded-Groups"}
)

// Names returns the headers' names that are set, in the order of the fields:
// what a proxy must copy from the answer to the request.
func (h Headers) Names() []string {
	var names []string
	for _, name := range []string{h.ID, h.Username, h.Email, h.FullName, h.Groups, h.Staff, h.Superuser, h.Signed} {
		if name != "" {
			names = append(names, textproto.CanonicalMIMEHeaderKey(name))
		}
	}
	return names
}

// problem refuses names that are not a header's, that several values share, or
// that a proxy or the answer itself uses.
func (h Headers) problem() error {
	taken := map[string]bool{"Location": true, "Cookie": true, "Set-Cookie": true, "Host": true,
		"Connection": true, "Content-Length": true, "Cache-Control": true,
		"Www-Authenticate": true, "Retry-After": true, "X-Auth-Reason": true, removeHeader: true}
	for _, name := range h.Names() {
		if taken[name] {
			return fmt.Errorf("forwardauth: Options.Headers must not use %s, or use it twice", name)
		}
		taken[name] = true
		if strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return fmt.Errorf("forwardauth: Options.Headers: %q is not a header's name that all proxies pass on", name)
		}
	}
	return nil
}

// maxValue is the size in bytes of the largest header that nginx and Apache
// take by default.
const maxValue = 8 << 10

// identity returns the headers of a user, each with exactly one value.
func (h *Handler) identity(ctx context.Context, u *auth.User) (http.Header, error) {
	names := h.opts.Headers
	claims := Claims{ID: u.ID, Username: u.Username, Email: u.Email, Staff: u.IsStaff, Superuser: u.IsSuperuser}
	if names.Groups != "" {
		var err error
		if claims.Groups, err = h.login.Groups(ctx, u); err != nil {
			return nil, err
		}
	}
	b := headerBuilder{user: u.ID, header: make(http.Header, 8), encode: h.opts.EncodeText}
	b.required("id", names.ID, u.ID)
	b.required("username", names.Username, b.text(u.Username))
	b.set("email", names.Email, b.text(u.Email))
	b.set("full name", names.FullName, b.text(u.FullName()))
	b.set("groups", names.Groups, b.list(claims.Groups))
	b.set("staff status", names.Staff, strconv.FormatBool(u.IsStaff))
	b.set("superuser status", names.Superuser, strconv.FormatBool(u.IsSuperuser))
	if len(h.opts.Sign) > 0 && b.err == nil {
		b.set("signed header", names.Signed, h.sign(claims))
	}
	return b.header, b.err
}

// cleared returns the headers of an anonymous request: each without a value.
func (h *Handler) cleared() http.Header {
	header := make(http.Header, len(h.names))
	for _, name := range h.names {
		header[name] = []string{""}
	}
	return header
}

// A headerBuilder collects values, and refuses those that would reach the
// upstream as something else.
type headerBuilder struct {
	user   string
	header http.Header
	encode bool
	err    error // of the first value that was refused
}

func (b *headerBuilder) required(what, name, value string) {
	if name != "" && value == "" {
		b.refuse(what, "is empty")
	}
	b.set(what, name, value)
}

func (b *headerBuilder) set(what, name, value string) {
	switch {
	case name == "":
		return
	case len(value) > maxValue:
		b.refuse(what, "is longer than the 8 KiB that proxies take")
	case !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
		b.refuse(what, "holds a control character, or is not UTF-8")
	case strings.TrimSpace(value) != value: // proxies and servers trim it, and " alice" would be alice
		b.refuse(what, "begins or ends with a space")
	}
	b.header[textproto.CanonicalMIMEHeaderKey(name)] = []string{value}
}

func (b *headerBuilder) list(items []string) string {
	texts := make([]string, len(items))
	for i, item := range items {
		text := b.text(item)
		if texts[i] = text; strings.Contains(text, ",") || strings.TrimSpace(text) != text || text == "" {
			b.refuse("groups", "hold a name that is empty, has a comma, or begins or ends with a space")
		}
	}
	return strings.Join(texts, ",")
}

// refuse notes what is wrong, without the value.
func (b *headerBuilder) refuse(what, why string) {
	if b.err == nil {
		b.err = fmt.Errorf("%w: the %s of the user with the id %q %s", errValue, what, b.user, why)
	}
}

// errValue refuses a user that the upstream would take for another.
var errValue = errors.New("forwardauth: a header cannot hold it unchanged (Options.EncodeText helps)")

// text is a value as it is sent.
func (b *headerBuilder) text(s string) string {
	if b.encode {
		return percentEncode(s)
	}
	return s
}

// percentEncode leaves what Python's urllib.parse.quote(s, safe="@") leaves.
func percentEncode(s string) string {
	const hex = "0123456789ABCDEF"
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("_.-~@", c) >= 0:
			out.WriteByte(c)
		default:
			out.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return out.String()
}
