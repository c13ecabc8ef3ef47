package account

import (
	"context"
	"errors"

	"github.com/djsession/djsession-go/cmd/djsession/internal/human"
	"github.com/djsession/djsession-go/cmd/djsession/internal/place"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/djsession/auth"
)

// Names finds the names of users for people to read. It does without where they
// cannot be found.
type Names struct {
	users *Users // nil once that is so
	names map[string]string
}

// NewNames opens the users. Where that fails, the names are not known. Close it
// in the end.
func NewNames(ctx context.Context, b *place.Place, s *settings.Site) *Names {
	users, err := Open(ctx, b, s)
	if err != nil {
		users = nil
	}
	return &Names{users: users, names: make(map[string]string)}
}

// Name is an id and, in brackets, the name of the user if it is known.
func (f *Names) Name(ctx context.Context, id string) string {
	name, known := f.names[id]
	if !known && f.users != nil {
		switch user, err := f.users.UserByID(ctx, id); {
		case err == nil:
			name = user.Username
		case !errors.Is(err, auth.ReasonNoSuchUser):
			f.Close() // usually because the table is missing: it is not queried again
		}
		f.names[id] = name
	}
	if name == "" {
		return human.Printable(id)
	}
	return human.Printable(id + " (" + name + ")")
}

// Close lets go of the users.
func (f *Names) Close() {
	if f.users != nil {
		_ = f.users.Close() // nothing was written
		f.users = nil
	}
}
