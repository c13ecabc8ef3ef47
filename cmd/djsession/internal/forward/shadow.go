package forward

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
	"github.com/djsession/djsession-go/djsession/forwardauth"
)

// A Shadow compares who the user of a request is for Go with who it was for
// Django: a middleware there sends the request's cookies and the user's id. No
// request depends on the answer.
type Shadow struct {
	Check func(ctx context.Context, header http.Header) (*auth.User, error)

	mu     sync.Mutex
	counts ShadowReport
}

// A ShadowReport is how often the two agreed. As JSON it is a contract.
type ShadowReport struct {
	Same        int64            `json:"same"`
	OnlyGo      int64            `json:"only_go"`
	OnlyDjango  int64            `json:"only_django"`
	AnotherUser int64            `json:"another_user"`
	Undecided   int64            `json:"undecided"` // Go could not ask its store or database
	Reasons     map[string]int64 `json:"reasons"`   // why Go saw no user where Django saw one, or could not decide
}

// Agree reports whether requests were compared and none differed.
func (r *ShadowReport) Agree() bool {
	return r.Same > 0 && r.OnlyGo == 0 && r.OnlyDjango == 0 && r.AnotherUser == 0
}

// djangoUser is the header with the user's id, or nothing for no user.
const djangoUser = "X-Django-User"

func (s *Shadow) compare(w http.ResponseWriter, r *http.Request) {
	ids, ok := r.Header[djangoUser]
	if !ok || len(ids) != 1 {
		plain(w, http.StatusBadRequest, "X-Django-User is missing\n")
		return
	}
	user, err := s.Check(r.Context(), r.Header)
	s.count(ids[0], user, err)
	plain(w, http.StatusOK, "ok\n")
}

func (s *Shadow) count(django string, user *auth.User, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &s.counts
	if c.Reasons == nil {
		c.Reasons = make(map[string]int64)
	}
	noUser := errors.Is(err, auth.ErrNotLoggedIn) || errors.Is(err, djsession.ErrAmbiguousCookie)
	switch {
	case err != nil && !noUser:
		c.Undecided++
		c.Reasons[forwardauth.Reason(err)]++
	case noUser && django != "":
		c.OnlyDjango++
		c.Reasons[forwardauth.Reason(err)]++
	case noUser, user.ID == django:
		c.Same++
	case django == "":
		c.OnlyGo++
	default:
		c.AnotherUser++
	}
}

func (s *Shadow) report(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	text, err := json.Marshal(&s.counts)
	s.mu.Unlock()
	if err != nil {
		plain(w, http.StatusInternalServerError, err.Error()+"\n")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(append(text, '\n')) // a client that has gone away needs no answer
}
