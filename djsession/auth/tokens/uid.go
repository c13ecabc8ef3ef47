package tokens

import (
	"encoding/base64"
	"unicode/utf8"

	"github.com/djsession/djsession-go/internal/pybase64"
)

// EncodeUID returns a user's id as links hold it, before the token.
// Django: the uid of PasswordResetForm.save.
func EncodeUID(id string) string { return base64.RawURLEncoding.EncodeToString([]byte(id)) }

// DecodeUID returns the id that a link holds, as text, or false if it holds
// none. It may be an id that no user can have: see auth.PK.Parse.
// Django: django.utils.http.urlsafe_base64_decode.
func DecodeUID(uid string) (id string, ok bool) {
	if len(uid) > maxUID {
		return "", false
	}
	text, ok := pybase64.Decode(nil, []byte(uid+"==="[:len(uid)%4]), pybase64.URL)
	return string(text), ok && utf8.Valid(text)
}

// maxUID bounds what is decoded, and then compared with ids of all sorts.
const maxUID = 1024
