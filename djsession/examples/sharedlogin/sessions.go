package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

// A row is a session as the list shows it: never with its key, which is all
// that is needed to take it over.
type row struct {
	Fingerprint, User, Encoding, Problem string
	Values                               int
	Expires                              time.Time
}

// sessions lists those that are alive, whichever side made them. Only people
// with Django's permission to view sessions get here.
func (s *shop) sessions(w http.ResponseWriter, r *http.Request) error {
	var rows []row
	names := map[string]string{"": "–"}
	for rec, err := range s.store.List(r.Context(), &djsession.ListOptions{Order: djsession.OrderByExpiry, State: djsession.StateLive, Limit: 100}) {
		show := row{}
		var corrupt *djsession.CorruptError
		switch {
		case errors.As(err, &corrupt):
			show.Problem = corrupt.Err.Error()
		case err != nil:
			return err
		default:
			id, _ := rec.Data.Text("_auth_user_id")
			if _, known := names[id]; !known {
				if names[id], err = s.nameOf(r.Context(), id); err != nil {
					return err
				}
			}
			show.User, show.Values = names[id], rec.Data.Len()
			show.Encoding = fmt.Sprintf("%v, %s", rec.Encoding.Layout, rec.Encoding.Serializer)
		}
		show.Fingerprint, show.Expires = djsession.Fingerprint(rec.Key), rec.Expires
		rows = append(rows, show)
	}
	return s.render(w, r, http.StatusOK, "sessions.html", map[string]any{"Rows": rows})
}

// nameOf returns the name of a session's user. It does not check the auth hash:
// a request with the session must pass that.
func (s *shop) nameOf(ctx context.Context, id string) (string, error) {
	user, err := s.users.UserByID(ctx, id)
	if errors.Is(err, auth.ReasonNoSuchUser) {
		return "user " + id + ", who is gone", nil
	}
	if err != nil {
		return "", err
	}
	return user.Username, nil
}
