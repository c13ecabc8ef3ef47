package account

import (
	"errors"

	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

// Reason returns why a session is not a login, in a few words that stay the
// same.
func Reason(err error) string {
	if own := new(Undecided); errors.As(err, &own) {
		return own.reason()
	}
	switch {
	case errors.Is(err, auth.ReasonNoLogin):
		return "no login"
	case errors.Is(err, auth.ReasonBackendNotAllowed):
		return "backend not allowed"
	case errors.Is(err, auth.ReasonBadID):
		return "bad user id"
	case errors.Is(err, auth.ReasonNoSuchUser):
		return "no such user"
	case errors.Is(err, auth.ReasonInactive):
		return "user inactive"
	case errors.Is(err, auth.ReasonHashMissing):
		return "hash missing"
	case errors.Is(err, auth.ReasonHashWrong):
		return "hash wrong"
	case errors.Is(err, auth.ReasonHashForeign):
		return "hash foreign"
	}
	return ""
}

// sha1Hash is how long a session auth hash of Django up to 3.0 is, in hex.
const sha1Hash = 40

// ReasonHint says what to make of a reason.
func ReasonHint(err error, data *djsession.Data) string {
	backend, _ := data.Text("_auth_user_backend")
	hash, _ := data.Text("_auth_user_hash")
	if own := new(Undecided); errors.As(err, &own) {
		id, _ := data.Text("_auth_user_id")
		return "backend and user (id " + human.Printable(id) + ") are right as far as they can be checked; " + own.Why.Advice
	}
	switch {
	case errors.Is(err, auth.ReasonBackendNotAllowed):
		return "it is by " + human.Printable(backend) + ": if the site's AUTHENTICATION_BACKENDS list that, so must authentication_backends in " + settings.FileName
	case errors.Is(err, auth.ReasonHashForeign) && len(hash) != sha1Hash:
		return "the user model overrides get_session_auth_hash: 'djsession settings import' tells, or name session_auth_hash in unsupported"
	case errors.Is(err, auth.ReasonHashForeign), errors.Is(err, auth.ReasonHashWrong) && len(hash) == sha1Hash:
		return "it is one of Django up to 3.0, which 4.0 and later refuse: --django-version says which Django reads it; or the user model overrides get_session_auth_hash"
	case errors.Is(err, auth.ReasonHashWrong):
		return "the user's password, or the SECRET_KEY, has changed since the login"
	case errors.Is(err, auth.ReasonInactive):
		return "is_active is false"
	}
	return ""
}
