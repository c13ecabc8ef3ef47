package main

import (
	"net/http"
	"slices"
	"time"
)

// The theme is personalization that needs no session: a plain cookie that the
// browser keeps for a year. The server keeps nothing.

const themeCookie = "theme"

var themes = []string{"light", "dark"}

// themeOf returns the theme that the browser chose, or "" for its own.
func themeOf(r *http.Request) string {
	cookie, err := r.Cookie(themeCookie)
	if err != nil || !slices.Contains(themes, cookie.Value) {
		return ""
	}
	return cookie.Value
}

// chooseTheme keeps a theme, or forgets it if it is not one.
func (s *shop) chooseTheme(w http.ResponseWriter, r *http.Request) error {
	cookie := &http.Cookie{Name: themeCookie, Value: r.PostFormValue("theme"), Path: "/", SameSite: http.SameSiteLaxMode, MaxAge: int(365 * 24 * time.Hour / time.Second)}
	if !slices.Contains(themes, cookie.Value) {
		cookie.Value, cookie.MaxAge = "", -1
	}
	http.SetCookie(w, cookie)
	http.Redirect(w, r, s.login.Next(r, "/"), http.StatusSeeOther)
	return nil
}
