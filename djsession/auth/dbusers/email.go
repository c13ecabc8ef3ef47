package dbusers

import (
	"context"
	"strings"

	"github.com/djsession/djsession-go/djsession/auth"
)

// UsersByEmail returns the users who may reset their passwords by a link to an
// address: those who have it, in capitals or not, who are active, and whose
// password is not an unusable one, as that of users who log in elsewhere is.
// There may be several.
//
// Letters that are one in capitals, by Unicode's simple rules, are alike.
// Django also takes a ligature for its letters, and finds some more.
//
// Send the link to each user's Email, never to the address that was typed: the
// two may differ in characters that only look alike, and belong to two people.
// Answer the same whether or not there are any, and as quickly, or the form
// tells who has an account: send the mail after the response.
// Django: django.contrib.auth.forms.PasswordResetForm.get_users.
func (u *Users) UsersByEmail(ctx context.Context, email string) ([]*auth.User, error) {
	if u.sql.byEmail == "" || email == "" || !isText(email) {
		return nil, nil
	}
	for retry := u.db.Retry(); ; {
		users, err := u.usersByEmail(ctx, email)
		if !retry.After(ctx, err) {
			return users, err
		}
	}
}

func (u *Users) usersByEmail(ctx context.Context, email string) (users []*auth.User, err error) {
	if u.bad != nil {
		return nil, u.bad
	}
	rows, err := u.db.Query(ctx, u.sql.byEmail, email)
	if err != nil {
		return nil, u.wrap("find users in", err, email)
	}
	defer rows.Close()
	for rows.Next() {
		r, user := u.newRow(), new(auth.User)
		if err := rows.Scan(u.dest(&r, user)...); err != nil {
			return nil, u.wrap("find users in", err, email)
		}
		if err := u.fill(user, &r); err != nil {
			return nil, err
		}
		// The database may find more alike than that.
		if user.IsActive && !strings.HasPrefix(string(user.Password), unusable) && strings.EqualFold(user.Email, email) {
			users = append(users, user)
		}
	}
	return users, u.wrap("find users in", rows.Err(), email)
}

// unusable is how a password column begins that no password matches.
// Django: django.contrib.auth.hashers.UNUSABLE_PASSWORD_PREFIX.
const unusable = "!"
