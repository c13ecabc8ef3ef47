package main

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/djsession/djsession-go/djsession"
)

// A kept row says what one cookie is for, and what the server keeps for it.
type kept struct {
	Cookie, For, Browser, Server string
	Here                         bool // this browser has sent it
}

// kept tells a visitor what the shop keeps, in the browser and on the server.
func (s *shop) kept(w http.ResponseWriter, r *http.Request) error {
	session, err := djsession.FromRequest(r)
	if err != nil {
		return err
	}
	browser, server, err := ends(session)
	if err != nil {
		return err
	}
	rows := []kept{
		{Cookie: "sessionid", For: "your login, your cart and the log of your visits", Browser: browser,
			Server: contents(session, server)},
		{Cookie: "csrftoken", For: "forms: another site cannot send them in your name", Browser: "a year", Server: "nothing"},
		{Cookie: "messages", For: "a notice such as \"Added\", until you have seen it", Browser: "until the browser is closed, or the notice is shown", Server: "nothing, unless it is too long for a cookie"},
		{Cookie: themeCookie, For: "light or dark", Browser: "a year", Server: "nothing"},
		{Cookie: offerCookie, For: "the offer of the day stays hidden", Browser: "until midnight", Server: "nothing"},
	}
	for i := range rows {
		_, err := r.Cookie(rows[i].Cookie)
		rows[i].Here = err == nil
	}
	return s.render(w, r, http.StatusOK, "kept.html", map[string]any{"Rows": rows})
}

// ends says how long the browser keeps the session's cookie, and how long the
// server keeps its row. Both count from the last change of the session, and not
// from this request, which may change nothing.
func ends(session *djsession.Session) (browser, server string, err error) {
	age, err := session.ExpiryAge()
	if err != nil {
		return "", "", err
	}
	server = fmt.Sprintf("%d days from its last change", int(age.Hours()/24))
	closes, err := session.ExpiresOnClose()
	if closes {
		return "until the browser is closed", server, err
	}
	return server, server, err
}

// contents lists the names in a session. It shows no values.
func contents(session *djsession.Session, kept string) string {
	names := session.Names()
	if len(names) == 0 {
		return "nothing yet"
	}
	return "a row of the table django_session with " + strings.Join(names, ", ") + ", until you log out, or " + kept
}
