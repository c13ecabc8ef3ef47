package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// cookie sends a form and returns the Set-Cookie line of a cookie, or "".
func (v *visitor) cookie(name, path string, form url.Values) string {
	v.t.Helper()
	form.Set("csrfmiddlewaretoken", v.token())
	request, err := http.NewRequest(http.MethodPost, v.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", v.server.URL)
	client := &http.Client{Jar: v.client.Jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		v.t.Fatal(err)
	}
	response.Body.Close()
	for _, line := range response.Header["Set-Cookie"] {
		if strings.HasPrefix(line, name+"=") {
			return line
		}
	}
	return ""
}

func TestStayLoggedIn(t *testing.T) {
	server := openShop(t)
	for _, row := range []struct {
		reason, remember string
		want             bool
	}{
		{"a cookie of two weeks", "1", true},
		{"a cookie that ends with the browser", "", false},
	} {
		t.Run(row.reason, func(t *testing.T) {
			v := visit(t, server)
			form := login("carol", "/")
			form.Set("remember", row.remember)
			line := v.cookie("sessionid", "/login", form)
			if line == "" || strings.Contains(line, "Max-Age=1209600") != row.want || strings.Contains(line, "expires=") != row.want {
				t.Errorf("got a cookie with attributes %q, want lasting: %v", line[strings.Index(line, ";")+1:], row.want)
			}
		})
	}
}

func TestTheme(t *testing.T) {
	v := visit(t, openShop(t))
	v.see(200, "/", nil, "not data-theme")
	v.see(200, "/theme", url.Values{"theme": {"dark"}, "next": {"/visits"}}, `<html lang="en" data-theme="dark">`, "Pages you have seen")
	v.see(200, "/", nil, `data-theme="dark"`)
	v.see(200, "/theme", url.Values{"theme": {`"><script>`}, "next": {"https://example.com/"}}, "not data-theme", "not script", "Tea")
	if line := v.cookie(themeCookie, "/theme", url.Values{"theme": {"light"}}); !strings.Contains(line, "Max-Age=31536000") {
		t.Errorf("got cookie %q, want a year", line)
	}
	if line := v.cookie(themeCookie, "/theme", url.Values{"theme": {""}}); !strings.Contains(line, "Max-Age=0") {
		t.Errorf("got cookie %q, want none any more", line)
	}
}

func TestOffer(t *testing.T) {
	v := visit(t, openShop(t))
	v.see(200, "/", nil, "Offer of the day")
	line := v.cookie(offerCookie, "/offer", url.Values{})
	zone, err := time.LoadLocation("America/Chicago") // Django's TIME_ZONE
	if err != nil {
		t.Fatal(err)
	}
	cookie, err := http.ParseSetCookie(line)
	if err != nil {
		t.Fatal(err)
	}
	if hour, minute, second := cookie.Expires.In(zone).Clock(); hour+minute+second != 0 {
		t.Errorf("the cookie ends at %v, want midnight where the site is", cookie.Expires.In(zone))
	}
	if left := time.Until(cookie.Expires); left <= 0 || left > 25*time.Hour {
		t.Errorf("the cookie lasts %v, want until midnight", left)
	}
	v.see(200, "/", nil, "not Offer of the day")
}

// TestNextMidnight has days of other lengths than 24 hours.
func TestNextMidnight(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		reason    string
		now, want time.Time
	}{
		{"an ordinary day", time.Date(2026, 12, 1, 15, 0, 0, 0, zone), time.Date(2026, 12, 2, 0, 0, 0, 0, zone)},
		{"the last day of a year", time.Date(2026, 12, 31, 23, 59, 59, 0, zone), time.Date(2027, 1, 1, 0, 0, 0, 0, zone)},
		{"23 hours: clocks go forward", time.Date(2026, 3, 29, 0, 0, 0, 0, zone), time.Date(2026, 3, 29, 22, 0, 0, 0, time.UTC)},
		{"25 hours: clocks go back", time.Date(2026, 10, 25, 0, 0, 0, 0, zone), time.Date(2026, 10, 25, 23, 0, 0, 0, time.UTC)},
	} {
		if got := nextMidnight(row.now); !got.Equal(row.want) {
			t.Errorf("%s: got %v, want %v", row.reason, got, row.want)
		}
	}
}

func TestVisits(t *testing.T) {
	v := visit(t, openShop(t))
	v.see(200, "/", nil)
	v.see(200, "/visits", nil, "No log is kept")
	v.see(200, "/visits", url.Values{"do": {"start"}}, "Nothing yet.")
	v.see(200, "/", nil)
	v.see(200, "/login", login("carol", "/visits"), "<code>/</code>", "<code>/login</code>") // it survives the login
	for range keptVisits {
		v.see(200, "/", nil)
	}
	v.see(200, "/visits", nil, "not <code>/login</code>")
	v.see(200, "/visits", url.Values{"do": {"clear"}}, "not <code>/</code>", "Nothing yet.")
	v.see(200, "/visits", url.Values{"do": {"end"}}, "No log is kept")
	v.see(200, "/kept", nil, "_auth_user_id", "not visits,", "until you log out, or 14 days from its last change")
	v.see(200, "/logout", url.Values{})
	v.see(200, "/kept", nil, "nothing yet")
}

func TestMessages(t *testing.T) {
	v := visit(t, openShop(t))
	v.see(200, "/cart", url.Values{"add": {"tea-100"}}, "Sencha, 100 g is in the cart.")
	v.see(200, "/", nil, "not is in the cart.")
	v.see(200, "/cart", url.Values{"remove": {"tea-100"}}, "Sencha, 100 g is out of the cart.")
}

// TestReset follows the link of a mail.
func TestReset(t *testing.T) {
	server, mails := openShopWithMails(t)
	v := visit(t, server)
	v.see(200, "/forgot", url.Values{"email": {"nobody@example.com"}}, "If there is an account")
	v.see(200, "/forgot", url.Values{"email": {"dave@example.com"}}, "If there is an account") // inactive
	if found, _ := filepath.Glob(filepath.Join(mails, "*")); len(found) != 0 {
		t.Errorf("got mails %v, want none", found)
	}
	v.see(200, "/forgot", url.Values{"email": {"Carol@example.com"}}, "If there is an account")
	mail, err := os.ReadFile(filepath.Join(mails, "go-carol.txt"))
	if err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`http://\S+`).FindString(string(mail))
	path := strings.TrimPrefix(link, server.URL)

	v.see(404, strings.Replace(path, "/reset/", "/reset/x", 1), nil, "Ask for another one")
	v.see(404, "/reset/Mw/set-password/", nil, "Ask for another one") // no token in the session
	v.see(200, path, nil, "New password for carol")
	v.see(200, "/reset/Mw/set-password/", url.Values{"password": {"short"}}, "eight characters")
	v.see(200, "/reset/Mw/set-password/", url.Values{"password": {"a longer one"}}, "Your password is set")
	v.see(404, path, nil, "Ask for another one") // it is used up
	v.see(422, "/login", login("carol", "/"), "That is not the name")
	v.see(200, "/login", url.Values{"username": {"carol"}, "password": {"a longer one"}, "next": {"/"}}, "Carol")
}

func openShopWithMails(t *testing.T) (server *httptest.Server, mails string) {
	t.Helper()
	mails = filepath.Join(t.TempDir(), "mails")
	return openShopWith(t, func(s *site, url string) { s.url, s.mails = url, mails }), mails
}
