package main

import (
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
	ends, err := cookieEnd(session)
	if err != nil {
		return err
	}
	rows := []kept{
		{Cookie: "sessionid", For: "your login, your cart and the log of your visits", Browser: ends,
			Server: contents(session)},
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

// cookieEnd says how long the browser keeps the session's cookie.
func cookieEnd(session *djsession.Session) (string, error) {
	closes, err := session.ExpiresOnClose()
	if err != nil || closes {
		return "until the browser is closed", err
	}
	date, err := session.ExpiryDate()
	return "until " + date.Format("2 January 2006, 15:04 MST"), err
}

// contents lists the names in a session. It shows no values.
func contents(session *djsession.Session) string {
	names := session.Names()
	if len(names) == 0 {
		return "nothing yet"
	}
	return "a row of the table django_session with " + strings.Join(names, ", ") + ", until you log out"
}
