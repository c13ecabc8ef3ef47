package main

import (
	"net/http"
	"time"
)

// The offer of the day is shown until the visitor hides it, and again the next
// day: a cookie that ends at midnight, in the time zone of the site
// (TIME_ZONE), wherever the server stands.

const offerCookie = "offer"

func showsOffer(r *http.Request) bool {
	_, err := r.Cookie(offerCookie)
	return err != nil
}

func (s *shop) hideOffer(w http.ResponseWriter, r *http.Request) error {
	midnight := nextMidnight(s.now())
	http.SetCookie(w, &http.Cookie{Name: offerCookie, Value: "hidden", Path: "/", SameSite: http.SameSiteLaxMode, Expires: midnight})
	http.Redirect(w, r, s.login.Next(r, "/"), http.StatusSeeOther)
	return nil
}

// nextMidnight returns when the day of t ends where t is. A day may have 23 or
// 25 hours.
func nextMidnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, t.Location())
}
