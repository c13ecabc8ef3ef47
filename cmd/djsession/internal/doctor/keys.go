package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/survey"
	"github.com/djsession/djsession-go/djsession"
)

// keys looks how much of the sample the keys can read, and if it is nothing,
// what is usually wrong with a key.
func (p *Patient) keys(r *Report, sample []survey.Session) {
	counts := make(map[int]int)
	readable, pickles, foreign, damaged := 0, 0, 0, 0
	for i := range sample {
		s := &sample[i]
		switch s.Reason() {
		case "":
			readable++
			counts[s.Encoding.Key]++
			if s.Encoding.Serializer == "pickle" {
				pickles++
			}
		case survey.AnotherKey:
			foreign++
		default:
			damaged++
		}
	}
	switch {
	case len(sample) == 0:
		r.add("secret_key", Unknown, "there are no sessions to try the key on", "log in to the site once, and ask again")
		return
	case counts[0] == 0 && foreign > readable:
		r.add("secret_key", Bad, fmt.Sprintf("none of %d sessions was signed with this SECRET_KEY", len(sample)), p.likelyKey(sample))
	case readable == 0:
		r.add("secret_key", Bad, fmt.Sprintf("none of %d texts looks like a session", len(sample)), "is this a session table of Django? A custom SessionStore may override encode and decode")
	case counts[0] == 0:
		r.add("secret_key", Bad, fmt.Sprintf("the SECRET_KEY signed none of %d sessions, a fallback key %d", len(sample), readable), "the site signs with a fallback key: exchange the two, unless the site has changed its key a moment ago")
	case foreign > 0:
		r.add("secret_key", Note, fmt.Sprintf("of %d sessions the keys read %s, and another key signed %d", len(sample), byKey(counts), foreign),
			"older keys go into the fallbacks; if the site knows no older ones, these sessions are lost to it too")
	default:
		r.add("secret_key", Good, fmt.Sprintf("of %d sessions the keys read %s", len(sample), byKey(counts)), "")
	}
	if damaged > 0 {
		r.add("damaged", Note, fmt.Sprintf("%d of %d sessions are damaged: Django takes them for empty ones", damaged, len(sample)), "'djsession audit' shows some")
	}
	if pickles > 0 {
		r.add("serializer", Note, fmt.Sprintf("%d of %d sessions are pickled", pickles, readable),
			"a Go program reads them with pickled.New(nil) in CodecOptions.AlsoRead, or as Serializer while the site has PickleSerializer; 'djsession migrate --to json' moves them")
	} else if readable > 0 {
		r.add("serializer", Good, "all of them are JSON", "")
	}
}

func byKey(counts map[int]int) string {
	var parts []string
	for i := range len(counts) + 20 {
		if n := counts[i]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d (%s)", n, survey.KeyTitle(i)))
		}
	}
	return strings.Join(parts, ", ")
}

// likelyKey tries the mistakes that are made with keys.
func (p *Patient) likelyKey(sample []survey.Session) string {
	key := p.SecretKey
	for _, mistake := range []struct{ key, advice string }{
		{strings.TrimSpace(key), "the key was given with blanks or a new line around it: remove them"},
		{strings.Trim(key, `"'`), "the key was given with the quotes of settings.py: remove them"},
		{strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(key), "SECRET_KEY="), "\n"), "the key was given with SECRET_KEY= before it: remove that"},
		{key + "\n", "the site's key ends with a new line, which it reads from a file: a file for --secret-key-file cannot say that; set DJANGO_SECRET_KEY"},
		{key + " ", "the site's key ends with a space"},
		{strings.ReplaceAll(key, "$$", "$"), "a $$ of a compose file is one $ to the site: write one"},
		{strings.ReplaceAll(key, `\\`, `\`), `a \\ of settings.py is one \: write one`},
		{strings.ReplaceAll(key, `%%`, `%`), "a %% of a configuration file is one % to the site: write one"},
	} {
		if mistake.key == key || mistake.key == "" {
			continue
		}
		codec := p.With(mistake.key)
		for i := range sample {
			if _, _, err := codec.Inspect(sample[i].Text); err == nil || errors.Is(err, djsession.ErrUnsupportedSerializer) {
				return mistake.advice
			}
		}
	}
	return "is it the SECRET_KEY of this very site, of its production settings? A SessionStore class of another name than SessionStore signs under another salt"
}

// cookie tries the cookie that was given, and looks at the name.
func (p *Patient) cookie(ctx context.Context, r *Report) {
	if strings.HasPrefix(p.CookieName, "__Host-") || strings.HasPrefix(p.CookieName, "__Secure-") {
		r.add("cookie_name", Note, "browsers accept a cookie called "+p.CookieName+" only with SESSION_COOKIE_SECURE = True", "")
	}
	if p.Cookie == "" {
		return
	}
	key := p.Cookie
	name, value, named := strings.Cut(key, "=")
	if named {
		key = strings.TrimSpace(value)
		if name = strings.TrimSpace(name); name != p.CookieName {
			r.add("cookie_name", Bad, fmt.Sprintf("the cookie is called %s, not %s", name, p.CookieName), "set session_cookie_name to the site's SESSION_COOKIE_NAME")
		} else {
			r.add("cookie_name", Good, "the cookie is called "+name, "")
		}
	}
	if !p.ValidKey(key) {
		advice := "a session key is 8 to 40 characters of a-z and 0-9: is it the whole value of the session cookie?"
		if strings.Count(key, ":") >= 2 {
			advice = "it is a signed session: the site has SESSION_ENGINE signed_cookies, and no table"
		}
		r.add("cookie", Bad, "the value of the cookie is no session key", advice)
		return
	}
	switch rec, err := p.Store.Load(ctx, key); {
	case err == nil:
		s := survey.Session{Data: rec.Data}
		if user, ok := s.User(); ok {
			r.add("cookie", Good, "the cookie is that of user "+user, "")
		} else {
			r.add("cookie", Good, "the cookie is that of a session in which no user is logged in", "")
		}
	case errors.Is(err, djsession.ErrNotFound):
		r.add("cookie", Bad, "there is no live session with the key of that cookie", "it has expired or was logged out; or the site keeps sessions elsewhere: SESSION_ENGINE cache, file, or another database")
	default:
		r.add("cookie", Bad, "the session of that cookie cannot be read: "+strings.TrimPrefix(err.Error(), "djsession: "), "")
	}
}
