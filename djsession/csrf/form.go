package csrf

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
)

// fieldName is the form's field that holds the token.
const fieldName = "csrfmiddlewaretoken"

// field returns the token in the body of a POST, or "": the last one, as in
// Django, where http.Request.FormValue takes the first, and one of the query.
func (p *Protection) field(r *http.Request) (string, error) {
	if r.Method != http.MethodPost {
		return "", nil
	}
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil && kind == "" {
		return "", nil // of no kind that is a form
	}
	switch kind {
	case "application/x-www-form-urlencoded":
		if r.PostForm != nil {
			return last(r.PostForm[fieldName]), nil
		}
		return p.urlencodedField(r)
	case "multipart/form-data":
		boundary := parameters["boundary"]
		if err != nil || boundary == "" {
			return "", unreadable("the form has no boundary")
		}
		if r.MultipartForm != nil {
			return last(r.PostForm[fieldName]), nil
		}
		return p.multipartField(r, boundary)
	}
	return "", nil
}

// unreadable is what Django answers with 400.
func unreadable(reason string) error {
	return &Error{Reason: "CSRF token cannot be read: " + reason + ".", Status: http.StatusBadRequest}
}

var errTooLarge = unreadable("the form is too large")

func last(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}

func (p *Protection) urlencodedField(r *http.Request) (string, error) {
	if r.ContentLength > p.opts.MaxBody {
		return "", errTooLarge
	}
	form, whole, err := peek(r, p.opts.MaxBody)
	if err != nil {
		return "", err
	}
	if !whole {
		return "", errTooLarge
	}
	return lastField(form), nil
}

// lastField finds the token without a map of all fields.
func lastField(form []byte) (token string) {
	for len(form) > 0 {
		var pair []byte
		pair, form, _ = bytes.Cut(form, []byte("&"))
		name, value, _ := bytes.Cut(pair, []byte("="))
		if string(name) == fieldName || bytes.IndexByte(name, '%') >= 0 && unescape(name) == fieldName {
			token = unescape(value)
		}
	}
	return token
}

// multipartField looks at the parts that end within the first MaxBody bytes. A
// file of that name does not count as a token.
func (p *Protection) multipartField(r *http.Request, boundary string) (token string, err error) {
	start, _, err := peek(r, p.opts.MaxBody)
	if err != nil {
		return "", err
	}
	form := multipart.NewReader(bytes.NewReader(start), boundary)
	for {
		part, err := form.NextRawPart()
		if err != nil {
			return token, nil // the end, that of the part we have read, or rubbish
		}
		if part.FormName() != fieldName || part.FileName() != "" {
			continue
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return token, nil
		}
		token = string(value)
	}
}

// unescape undoes the escapes of a urlencoded form. One that is wrong is text,
// as in Python.
func unescape(text []byte) string {
	if !bytes.ContainsAny(text, "%+") {
		return string(text)
	}
	plain := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '+':
			plain = append(plain, ' ')
		case c == '%' && i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]):
			plain = append(plain, unhex(text[i+1])<<4|unhex(text[i+2]))
			i += 2
		default:
			plain = append(plain, c)
		}
	}
	return string(plain)
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}
