package csrf_test

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/djsession/djsession-go/djsession/csrf"
)

const urlencoded = "application/x-www-form-urlencoded"

// post makes a request whose cookie holds secretA.
func post(body io.Reader, kind string) *http.Request {
	r := httptest.NewRequest("POST", "/", body)
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Cookie", "csrftoken="+secretA)
	return r
}

// upload is a form with the token before or after a file of some size.
func upload(token string, first bool, size int) (body io.Reader, kind string) {
	var head bytes.Buffer
	form := multipart.NewWriter(&head)
	if first {
		form.WriteField("csrfmiddlewaretoken", token)
	}
	form.CreateFormFile("file", "name")
	start := head.String()
	head.Reset()
	if !first {
		form.WriteField("csrfmiddlewaretoken", token)
	}
	form.Close()
	return io.MultiReader(strings.NewReader(start), io.LimitReader(zeros{}, int64(size)), &head), form.FormDataContentType()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// counter counts what is read of a body.
type counter struct {
	io.Reader
	n int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

func TestUploadsStream(t *testing.T) {
	const size, limit = 10 << 20, 100_000
	p := csrf.New(&csrf.Options{MaxBody: limit})
	for _, first := range []bool{true, false} {
		body, kind := upload(secretA, first, size)
		read := &counter{Reader: body}
		r := post(read, kind)
		if err := p.Check(r); (err == nil) != first {
			t.Errorf("token first %v: %v", first, err)
		}
		if read.n > limit+1 {
			t.Errorf("%d bytes were read", read.n)
		}
		if err := r.ParseMultipartForm(1 << 10); err != nil {
			t.Fatal(err)
		}
		if f := r.MultipartForm.File["file"]; len(f) != 1 || f[0].Size != size || r.PostForm.Get("csrfmiddlewaretoken") != secretA {
			t.Errorf("the handler sees %v", r.MultipartForm)
		}
		r.MultipartForm.RemoveAll()
	}
}

// TestHandlersReadTheBody has a handler read it, in any way, after the check.
func TestHandlersReadTheBody(t *testing.T) {
	const form = "a=1&csrfmiddlewaretoken=" + secretA + "&a=2"
	for reason, reader := range map[string]func(io.Reader) io.Reader{
		"at once":            func(r io.Reader) io.Reader { return r },
		"byte by byte":       iotest.OneByteReader,
		"the end with bytes": iotest.DataErrReader,
	} {
		for _, announced := range []int64{int64(len(form)), -1} {
			r := post(io.NopCloser(reader(strings.NewReader(form))), urlencoded)
			r.ContentLength = announced
			p := csrf.New(&csrf.Options{MaxBody: int64(len(form))})
			if err := p.Check(r); err != nil {
				t.Fatalf("%s: %v", reason, err)
			}
			if err := p.Check(r); err != nil {
				t.Errorf("%s, again: %v", reason, err)
			}
			if got, err := io.ReadAll(r.Body); string(got) != form || err != nil {
				t.Errorf("%s: got %q, %v", reason, got, err)
			}
			p = csrf.New(&csrf.Options{MaxBody: int64(len(form)) - 1})
			r = post(io.NopCloser(reader(strings.NewReader(form))), urlencoded)
			r.ContentLength = announced
			if err := p.Check(r); statusOf(err) != 400 {
				t.Errorf("%s, too large: %v", reason, err)
			}
			if got, err := io.ReadAll(r.Body); string(got) != form || err != nil {
				t.Errorf("%s, too large: got %q, %v", reason, got, err)
			}
		}
	}
	parsed := post(strings.NewReader(form), urlencoded)
	if err := parsed.ParseForm(); err != nil {
		t.Fatal(err)
	}
	if err := csrf.New(nil).Check(parsed); err != nil {
		t.Errorf("a form that was parsed before: %v", err)
	}
	body, kind := upload(secretA, true, 10)
	parsed = post(body, kind)
	if err := parsed.ParseMultipartForm(1 << 20); err != nil {
		t.Fatal(err)
	}
	if err := csrf.New(nil).Check(parsed); err != nil {
		t.Errorf("an upload that was parsed before: %v", err)
	}
	body, kind = upload(secretA, true, 10)
	parsed = post(body, kind)
	if err := parsed.ParseForm(); err != nil { // which does not look at an upload
		t.Fatal(err)
	}
	if err := csrf.New(nil).Check(parsed); err != nil {
		t.Errorf("an upload whose query was parsed: %v", err)
	}
	json := post(strings.NewReader("{}"), "application/json")
	json.Header.Set("X-CSRFToken", secretA)
	before := json.Body
	if err := csrf.New(nil).Check(json); err != nil || json.Body != before {
		t.Errorf("a body that is no form: %v", err)
	}
}

func statusOf(err error) int {
	var refused *csrf.Error
	if errors.As(err, &refused) {
		return refused.Status
	}
	return 0
}

// TestBadForms sends what no browser does. A right header does not help where
// the form cannot be read.
func TestBadForms(t *testing.T) {
	const field = "csrfmiddlewaretoken=" + secretA
	part := "--b\r\nContent-Disposition: form-data; name=\"csrfmiddlewaretoken\"\r\n\r\n" + secretA
	for _, c := range []struct {
		reason      string
		body        io.Reader
		kind        string
		want        int // with a right header; 0: accepted
		wantWithout int // without one
	}{
		{"no boundary", strings.NewReader(field), "multipart/form-data", 400, 400},
		{"an empty boundary", strings.NewReader(field), `multipart/form-data; boundary=""`, 400, 400},
		{"a boundary that is no text", strings.NewReader(field), `multipart/form-data; boundary="`, 400, 400},
		{"a boundary twice", strings.NewReader(part + "\r\n--b--"), `multipart/form-data; boundary=b; boundary=c`, 0, 403},
		{"a long boundary", strings.NewReader(field), "multipart/form-data; boundary=" + strings.Repeat("b", 100_000), 0, 403},
		{"a part that does not end", strings.NewReader(part), "multipart/form-data; boundary=b", 0, 403},
		{"a part that breaks off", io.MultiReader(strings.NewReader(part+"\r\n--b\r\n"), iotest.ErrReader(io.ErrUnexpectedEOF)), "multipart/form-data; boundary=b", 0, 403},
		{"a form that breaks off", io.MultiReader(strings.NewReader(field), iotest.ErrReader(io.ErrUnexpectedEOF)), urlencoded, 0, 403},
		{"a form beyond another's limit", http.MaxBytesReader(nil, io.NopCloser(strings.NewReader(field)), 10), urlencoded, 400, 400},
		{"a form of 2 GB", io.LimitReader(zeros{}, 2<<30), urlencoded, 400, 400},
		{"an upload of 2 GB without parts", io.LimitReader(zeros{}, 2<<30), "multipart/form-data; boundary=b", 0, 403},
		{"many fields", strings.NewReader(strings.Repeat("&a", 1_000_000)), urlencoded, 0, 403},
		{"many parts", strings.NewReader(strings.Repeat("--b\r\n\r\n\r\n", 200_000)), "multipart/form-data; boundary=b", 0, 403},
		{"a kind that is none", strings.NewReader(field), ";", 0, 403},
		{"two kinds", strings.NewReader(field), urlencoded + ", " + urlencoded, 0, 403},
		{"no body", http.NoBody, urlencoded, 0, 403},
		{"nil", nil, urlencoded, 0, 403},
	} {
		for header, want := range map[string]int{secretA: c.want, "": c.wantWithout} {
			if seeker, ok := c.body.(io.Seeker); ok {
				seeker.Seek(0, io.SeekStart)
			}
			r := post(c.body, c.kind)
			if header != "" {
				r.Header.Set("X-CSRFToken", header)
			}
			if got := statusOf(csrf.New(nil).Check(r)); got != want {
				t.Errorf("%s, header %v: got %d, want %d", c.reason, header != "", got, want)
			}
		}
	}
}

// TestMemory bounds what a client can make a request hold, whatever it says
// that it will send.
func TestMemory(t *testing.T) {
	allocated := func(r *http.Request) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		csrf.New(nil).Check(r)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	little := post(strings.NewReader("a=b"), urlencoded)
	little.ContentLength = 2_000_000
	if n := allocated(little); n > 50_000 {
		t.Errorf("a little form that says it is large: %d bytes", n)
	}
	for _, kind := range []string{urlencoded, "multipart/form-data; boundary=b"} {
		endless := post(zeros{}, kind)
		endless.ContentLength = -1
		if n := allocated(endless); n > 12<<20 {
			t.Errorf("an endless %s: %d bytes", kind, n)
		}
	}
}

// TestUploadsAreRemoved: the server removes an upload's files by the request
// that it knows, which is not the one that handlers get.
func TestUploadsAreRemoved(t *testing.T) {
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} { // here and on Windows
		t.Setenv(name, t.TempDir())
	}
	files := func() int {
		found, err := os.ReadDir(os.TempDir())
		if err != nil {
			t.Error(err)
		}
		return len(found)
	}
	during := 0
	server := httptest.NewServer(csrf.New(nil).Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(0); err != nil {
			t.Error(err)
		}
		during = files()
	})))
	body, kind := upload(secretA, true, 10)
	r, err := http.NewRequest("POST", server.URL, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Cookie", "csrftoken="+secretA)
	resp, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	server.Close() // waits for the request's end
	if after := files(); resp.StatusCode != 200 || during != 1 || after != 0 {
		t.Errorf("status %d, %d files in the handler, %d afterwards", resp.StatusCode, during, after)
	}
}
