package csrf_test

import (
	"bytes"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/csrf"
)

const (
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	maskedA = "7777777777777777777777777777777777777777777777777YYYYYYYYYYYYYYY" // of another secret
)

// plainSecret is the secret of a token, found as Django finds it, or "".
func plainSecret(token string) string {
	for _, r := range token {
		if !strings.ContainsRune(letters, r) {
			return ""
		}
	}
	switch len(token) {
	case 32:
		return token
	case 64:
		var secret strings.Builder
		for i := range 32 {
			at := strings.IndexByte(letters, token[32+i]) - strings.IndexByte(letters, token[i])
			secret.WriteByte(letters[(at+62)%62])
		}
		return secret.String()
	}
	return ""
}

// FuzzTokens compares any cookie and any token with Django's arithmetic.
func FuzzTokens(f *testing.F) {
	masked := strings.Repeat("b", 32) + strings.Repeat("b", 16) + strings.Repeat("C", 16)
	f.Add("csrftoken="+secretA, secretA)
	f.Add(`a=b; csrftoken="`+masked+`"`, masked)
	f.Add("csrftoken="+secretB+";csrftoken="+secretA, masked)
	f.Add("csrftoken=\x85\xa0", "é")
	f.Add("csrftoken=", maskedA)
	f.Fuzz(func(t *testing.T, cookies, token string) {
		for _, p := range []*csrf.Protection{csrf.New(nil), csrf.New(&csrf.Options{Django: [2]int{3, 2}})} {
			r := httptest.NewRequest("PUT", "/", nil)
			r.Header["Cookie"] = []string{cookies}
			r.Header["X-Csrftoken"] = []string{token}
			value, _ := djsession.CookieValue(r.Header, "csrftoken")
			secret := plainSecret(value)
			want := secret != "" && secret == plainSecret(token)
			if err := p.Check(r); (err == nil) != want || err != nil && statusOf(err) != 403 {
				t.Errorf("cookies %q, token %q: %v, want accepted %v", cookies, token, err, want)
			}
		}
	})
}

// FuzzForms reads any body, and compares what it finds with what net/http does.
// The handler gets the body as it was.
func FuzzForms(f *testing.F) {
	const field = "csrfmiddlewaretoken="
	part := "--b\r\nContent-Disposition: form-data; name=\"csrfmiddlewaretoken\"\r\n\r\n" + secretA + "\r\n"
	f.Add(urlencoded, []byte(field+secretA))
	f.Add(urlencoded, []byte("a=%zz&"+field+secretB+"&%63srfmiddlewaretoken="+secretA))
	f.Add("multipart/form-data; boundary=b", []byte(part+"--b--\r\n"))
	f.Add("multipart/form-data; boundary=b", []byte(part+strings.Replace(part, "name=", "filename=f; name=", 1)+"--b--"))
	f.Add("multipart/form-data; boundary=b", []byte("--b\r\n"))
	f.Add("application/json", []byte("{}"))
	p := csrf.New(&csrf.Options{MaxBody: 4000})
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		r := post(bytes.NewReader(body), kind)
		err := p.Check(r)
		if err != nil && statusOf(err) == 0 {
			t.Errorf("%v", err)
		}
		if got, readErr := io.ReadAll(r.Body); !bytes.Equal(got, body) || readErr != nil {
			t.Fatalf("the handler reads %q, %v, from %q", got, readErr, body)
		}
		if len(body) > 4000 {
			return
		}
		again := post(bytes.NewReader(body), kind)
		var values []string
		if strings.HasPrefix(kind, "multipart/") {
			if again.ParseMultipartForm(1<<20) != nil {
				return
			}
			defer again.MultipartForm.RemoveAll()
			values = again.MultipartForm.Value["csrfmiddlewaretoken"]
		} else {
			if again.ParseForm() != nil || bytes.Contains(body, []byte(";")) {
				return
			}
			values = again.PostForm["csrfmiddlewaretoken"]
		}
		want := len(values) > 0 && plainSecret(values[len(values)-1]) == secretA
		if (err == nil) != want {
			t.Errorf("%q, %q: %v, want accepted %v", kind, body, err, want)
		}
	})
}

// FuzzOrigins takes any Origin and Referer: neither panics, and what is
// accepted names the site or what it trusts.
func FuzzOrigins(f *testing.F) {
	for _, s := range []string{"https://site.example", "https://a.wild.example", "null", "https://[::1", "//x", "https://evil.example?.wild.example", "\x00"} {
		f.Add(s, true)
		f.Add(s+"/x", false)
	}
	p := csrf.New(&csrf.Options{Mode: csrf.TokenOnly, TrustedOrigins: []string{"https://*.wild.example"}})
	f.Fuzz(func(t *testing.T, s string, origin bool) {
		r := post(nil, "")
		r.Host, r.URL.Scheme = "site.example", "https"
		r.Header.Set("X-CSRFToken", secretA)
		if origin {
			r.Header["Origin"] = []string{s}
		} else {
			r.Header["Referer"] = []string{s}
		}
		if p.Check(r) != nil {
			return
		}
		_, host, _ := strings.Cut(s, "//")
		if end := strings.IndexAny(host, "/?#"); end >= 0 {
			host = host[:end]
		}
		if host != "site.example" && host != "wild.example" && !strings.HasSuffix(host, ".wild.example") {
			t.Errorf("%q is accepted", s)
		}
	})
}
