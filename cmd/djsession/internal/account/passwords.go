package account

import (
	"context"
	"errors"
	"sync"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/sqldialect"
)

// passwordsAtOnce is how many users are asked for at a time.
const passwordsAtOnce = 8

// Passwords returns the password column of users. Some of them may no longer
// exist.
func (u *Users) Passwords(ctx context.Context, ids []string) (map[string]string, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	found := make(map[string]string, len(ids))
	var mu sync.Mutex
	var wait sync.WaitGroup
	queue := make(chan string)
	for range min(passwordsAtOnce, len(ids)) {
		wait.Go(func() {
			for id := range queue {
				password, ok, err := u.password(ctx, id)
				if err != nil {
					cancel(err)
				}
				if ok {
					mu.Lock()
					found[id] = password
					mu.Unlock()
				}
			}
		})
	}
	for _, id := range ids {
		queue <- id
	}
	close(queue)
	wait.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	return found, nil
}

func (u *Users) password(ctx context.Context, text string) (password string, ok bool, err error) {
	id, ok := u.PK().Parse(text)
	if !ok {
		return "", false, nil
	}
	user, err := u.UserByID(ctx, id)
	switch {
	case errors.Is(err, auth.ReasonNoSuchUser):
		return "", false, nil
	case err != nil:
		return "", false, err
	}
	return string(user.Password), true, nil
}

// CanAsk makes sure that there are users to ask.
func (u *Users) CanAsk(ctx context.Context) error {
	unknown := "0"
	if u.PK() == auth.PKUUID {
		unknown = "00000000-0000-0000-0000-000000000000"
	}
	_, _, err := u.password(ctx, unknown)
	var database *sqldialect.Error
	if errors.As(err, &database) {
		return fail.Hint(err, "--users-table names the table of AUTH_USER_MODEL", "--no-users leaves logins as they are: those of an old key or with SHA-1 end at the upgrade")
	}
	return err
}
