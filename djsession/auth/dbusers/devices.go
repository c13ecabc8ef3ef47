package dbusers

import (
	"context"
	"errors"
	"strconv"

	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/internal/sqldb"
)

var _ auth.DeviceFinder = (*Users)(nil)

// deviceTables are the models of django-otp and its plugins that have a row for
// each device, with their tables.
var deviceTables = map[string]string{
	"otp_totp.totpdevice":                "otp_totp_totpdevice",
	"otp_hotp.hotpdevice":                "otp_hotp_hotpdevice",
	"otp_static.staticdevice":            "otp_static_staticdevice",
	"otp_email.emaildevice":              "otp_email_emaildevice",
	"otp_twilio.twiliosmsdevice":         "otp_twilio_twiliosmsdevice",
	"otp_yubikey.yubikeydevice":          "otp_yubikey_yubikeydevice",
	"otp_yubikey.remoteyubikeydevice":    "otp_yubikey_remoteyubikeydevice",
	"two_factor.phonedevice":             "two_factor_phonedevice",
	"phonenumber.phonedevice":            "two_factor_phonedevice", // moved, with its table
	"two_factor_webauthn.webauthndevice": "two_factor_webauthn_webauthndevice",
}

var errModel = errors.New("dbusers: a session names a device of django-otp whose model is not known: " +
	"give the tables of the site's own models in Options.Devices")

// HasDevice implements [auth.DeviceFinder]. It knows the models of django-otp
// and django-two-factor-auth, and those of Options.Devices.
func (u *Users) HasDevice(ctx context.Context, user *auth.User, model, id string) (bool, error) {
	table, ok := u.opts.Devices[model]
	if !ok {
		table, ok = deviceTables[model]
	}
	if !ok {
		return false, errModel
	}
	userID, ok := u.id(user.ID)
	row, err := strconv.ParseInt(id, 10, 64)
	if !ok || err != nil {
		return false, nil
	}
	d := u.db.Dialect
	query := "SELECT 1 FROM " + sqldb.Table(d, u.opts.Schema, table) + " WHERE " + d.Quote("id") + " = " + idParameter(d, auth.PKInt) +
		" AND " + d.Quote("user_id") + " = " + idParameter(d, u.opts.PK) + " AND " + d.Quote("confirmed")
	found, err := u.db.Exists(ctx, query, row, userID)
	return found, sqldb.Wrap(d, "find a device in", table, err, row, userID)
}
