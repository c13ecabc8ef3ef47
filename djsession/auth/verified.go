package auth

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/djsession/djsession-go/djsession"
)

// deviceName is where django-otp keeps the device by which a user was verified.
// Django: django_otp.DEVICE_ID_SESSION_KEY.
const deviceName = "otp_device_id"

// A DeviceFinder is a [UserFinder] that knows the devices of django-otp.
type DeviceFinder interface {
	// HasDevice reports whether a user has a device, and has confirmed it. The
	// model is "app_label.model" in lower case, such as "otp_totp.totpdevice",
	// and id the row's, in decimal digits. A model that it does not know is an
	// error.
	HasDevice(ctx context.Context, u *User, model, id string) (bool, error)
}

var errNoDevices = errors.New("auth: a session names a device of django-otp, and the UserFinder is no DeviceFinder")

// IsVerified reports whether a session's user has proved a second factor in it:
// by django-otp, django-two-factor-auth, or the MFA of django-allauth, a
// passkey among them. A device of django-otp must still be there, confirmed and
// the user's, which costs a query. The session must be logged in as u; a user
// whom it impersonates has proved nothing.
//
// A login by allauth counts only if the session says whose it is, as allauth
// writes it in 2026; older ones do not. A browser that allauth trusts, so that
// it asks for no second factor, is not verified.
// Django: django_otp.middleware.is_verified.
func (a *Auth) IsVerified(ctx context.Context, s *djsession.Session, u *User) (bool, error) {
	if !a.isLoggedInAs(s, u) {
		return false, nil
	}
	if slices.ContainsFunc(a.records(s, u), func(r record) bool { return r.Method == "mfa" }) {
		return true, nil
	}
	model, id, ok := device(s)
	if !ok {
		return false, nil
	}
	finder, ok := a.users.(DeviceFinder)
	if !ok {
		return false, errNoDevices
	}
	has, err := finder.HasDevice(ctx, u, model, id)
	return has && err == nil, err
}

// device returns what a session holds, "app_label.model/id". Of the import path
// of a class, which old versions wrote, the app and the class are left.
// Django: OTPMiddleware._normalize_persistent_id, Device.from_persistent_id.
func device(s *djsession.Session) (model, id string, ok bool) {
	text, _ := s.Text(deviceName)
	slash := strings.LastIndexByte(text, '/')
	if slash < 0 {
		return "", "", false
	}
	id, ok = PKInt.Parse(text[slash+1:])
	parts := strings.Split(text[:slash], ".")
	switch n := len(parts); {
	case n < 2:
		return "", "", false
	case n > 2:
		parts = []string{parts[n-3], parts[n-1]}
	}
	return strings.ToLower(strings.Join(parts, ".")), id, ok
}

// RequireVerified passes only requests of a user for which [Auth.IsVerified] is
// true. Other users are sent to Options.VerifyURL, or get a 403 by
// [ErrNotVerified].
// Django: django_otp.decorators.otp_required.
func (a *Auth) RequireVerified(next http.Handler) http.Handler {
	return a.require(next, func(ctx context.Context, s *djsession.Session, u *User) error {
		if s == nil { // a token does not prove a second factor
			return ErrNotVerified
		}
		switch ok, err := a.IsVerified(ctx, s, u); {
		case err != nil:
			return err
		case !ok:
			return ErrNotVerified
		}
		return nil
	})
}
