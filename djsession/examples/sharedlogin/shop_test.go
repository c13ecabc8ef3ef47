package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession/internal/testenv"
)

func TestMain(m *testing.M) { testenv.Main(m) }

// openShop serves a shop on a copy of the site's database.
func openShop(t *testing.T) *httptest.Server {
	t.Helper()
	return openShopWith(t, func(*site, string) {})
}

// openShopWith serves a shop whose site is changed, given the shop's address.
func openShopWith(t *testing.T, change func(s *site, url string)) *httptest.Server {
	t.Helper()
	testdata := testenv.Testdata(t, "")
	_, db, err := openCopy(t.TempDir(), testdata)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	site, err := readSite(testdata)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(nil)
	change(&site, "http://"+server.Listener.Addr().String())
	server.Config.Handler = newShop(db, site, false)
	server.Start()
	t.Cleanup(server.Close)
	return server
}

// A visitor keeps cookies, as a browser does.
type visitor struct {
	t      *testing.T
	server *httptest.Server
	client *http.Client
}

func visit(t *testing.T, server *httptest.Server) *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t, server, &http.Client{Jar: jar}}
}

// see asks for a page, or sends a form if there is one, with the token that the
// login page has, and checks the answer's status and what is on it.
func (v *visitor) see(status int, path string, form url.Values, want ...string) {
	v.t.Helper()
	method, body := http.MethodGet, ""
	if form != nil {
		form.Set("csrfmiddlewaretoken", v.token())
		method, body = http.MethodPost, form.Encode()
	}
	request, err := http.NewRequest(method, v.server.URL+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", v.server.URL)
	response, err := v.client.Do(request)
	if err != nil {
		v.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	if response.StatusCode != status {
		v.t.Errorf("%s %s: %s", method, path, response.Status)
	}
	for _, want := range want {
		if unwanted, ok := strings.CutPrefix(want, "not "); ok == strings.Contains(string(text), strings.TrimPrefix(unwanted, "not ")) {
			v.t.Errorf("%s %s: want %s on the page:\n%s", method, path, want, text)
		}
	}
}

// token returns that of a form on the login page.
func (v *visitor) token() string {
	v.t.Helper()
	response, err := v.client.Get(v.server.URL + "/login")
	if err != nil {
		v.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	token := regexp.MustCompile(`name="csrfmiddlewaretoken" value="(\w{64})"`).FindSubmatch(text)
	if token == nil {
		v.t.Fatalf("no token on the page:\n%s", text)
	}
	return string(token[1])
}

func login(name, next string) url.Values {
	return url.Values{"username": {name}, "password": {name + "'s password"}, "next": {next}}
}

func TestShop(t *testing.T) {
	server := openShop(t)
	v := visit(t, server)
	v.see(200, "/", nil, "No user is logged in", "Darjeeling", "Nothing yet.")
	v.see(200, "/whoami", nil, "no user is logged in")
	v.see(200, "/cart", url.Values{"add": {"tea-100"}}, "Sencha, 100 g</td>", "€ 4.50</td>")

	v.see(200, "/sessions", nil, "<h1>Log in</h1>", `value="/sessions"`)
	v.see(422, "/login", url.Values{"username": {"carol"}, "password": {"wrong"}, "next": {"/sessions"}}, "That is not the name", `value="carol"`)
	v.see(422, "/login", login("dave", "/"), "That is not the name", "not dave's")
	v.see(403, "/login", url.Values{"username": {" carol "}, "password": {"carol's password"}, "next": {"/sessions"}}, "<b>carol</b> lacks the permission")
	v.see(200, "/", nil, "Carol Ñandú 日本", "Sencha, 100 g</td>")
	v.see(200, "/cart", url.Values{"add": {"tea-100"}}, "2 ×", "€ 9.00</td>")
	v.see(200, "/cart", url.Values{"add": {"nothing of ours"}}, "2 ×")
	v.see(200, "/whoami", nil, `"user":"carol"`, `"id":"3"`)

	// Another browser is another session.
	visit(t, server).see(200, "/", nil, "No user is logged in", "Nothing yet.")

	v.see(200, "/cart", url.Values{"remove": {"tea-100"}}, "Nothing yet.")
	v.see(200, "/logout", url.Values{}, "No user is logged in")
	v.see(200, "/login", login("bob", "https://example.com/"), "Tea", "Bob")
	v.see(200, "/sessions", nil, "modern, json", "<td>carol</td>", "user 99, who is gone", "signature does not match")
}

// Sessions that Django made are logged in.
func TestDjangosSessions(t *testing.T) {
	server := openShop(t)
	for key, want := range map[string]string{"alice": `"user":"alice"`, "carol": `"user":"carol"`, "dave": "inactive", "nouser": "no such user",
		"wrongkey": "no user is logged in", "oldpassword": "hash is wrong", "legacy22": "an older Django wrote it"} {
		v := visit(t, server)
		site, _ := url.Parse(server.URL)
		v.client.Jar.SetCookies(site, []*http.Cookie{{Name: "sessionid", Value: key + strings.Repeat("0", 32-len(key))}})
		v.see(200, "/whoami", nil, want)
		if key == "carol" {
			v.see(200, "/", nil, "tea-100", "cup-7", "€ 21.00")
		}
	}
}

// A form on another site gets nowhere, and neither does one without a token.
func TestCrossOrigin(t *testing.T) {
	server := openShop(t)
	v := visit(t, server)
	for origin, token := range map[string]string{"https://example.com": v.token(), server.URL: "", "null": v.token()} {
		form := login("carol", "/")
		form.Set("csrfmiddlewaretoken", token)
		request, _ := http.NewRequest(http.MethodPost, server.URL+"/login", strings.NewReader(form.Encode()))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Origin", origin)
		response, err := v.client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusForbidden || response.Header.Get("Set-Cookie") != "" {
			t.Errorf("from %s: %s, cookie %q", origin, response.Status, response.Header.Get("Set-Cookie"))
		}
	}
}

// The guide names users and a session that there are.
func TestGuide(t *testing.T) {
	var text strings.Builder
	printGuide(&text, "127.0.0.1:1", true)
	for _, want := range []string{"http://127.0.0.1:1/admin/", "bob's password", "sessionid=bob00000000000000000000000000000 "} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, &text)
		}
	}
}
