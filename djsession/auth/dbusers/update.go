package dbusers

import (
	"context"
	"time"

	"github.com/djsession/djsession-go/djsession/auth"
)

// RecordLogin implements [auth.LoginRecorder]. A model without last_login is
// left alone.
func (u *Users) RecordLogin(ctx context.Context, user *auth.User, at time.Time) error {
	if u.sql.recordLogin == "" {
		return nil
	}
	return u.exec(ctx, u.sql.recordLogin, user, u.db.Dialect.Time(at, u.opts.zone()))
}

// SetPassword stores a hash as the user's password and puts it into the user.
// All sessions of the user end, but for one that
// [auth.Auth.UpdateSessionAuthHash] keeps.
func (u *Users) SetPassword(ctx context.Context, user *auth.User, encoded string) error {
	if err := u.exec(ctx, u.sql.setPassword, user, encoded); err != nil {
		return err
	}
	user.Password = auth.EncodedPassword(encoded)
	return nil
}

// UpgradePassword implements [auth.PasswordUpgrader].
func (u *Users) UpgradePassword(ctx context.Context, user *auth.User, encoded string) error {
	return u.exec(ctx, u.sql.upgrade, user, encoded, string(user.Password))
}

// exec runs a statement whose second parameter is the user's id.
func (u *Users) exec(ctx context.Context, statement string, user *auth.User, first any, more ...any) error {
	id, ok := u.id(user.ID)
	if !ok {
		return auth.ReasonNoSuchUser
	}
	params := append([]any{first, id}, more...)
	_, err := u.db.Exec(ctx, statement, params...)
	return u.wrap("update", err, params...)
}
