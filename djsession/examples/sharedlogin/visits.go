package main

import (
	"net/http"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// The log of visited pages is tracking: it is in the session, on the server,
// and so it is kept only for visitors who have started it.

const (
	visitsName = "visits" // of the value in the session
	keptVisits = 20
)

// A pageView is a page that was seen, as either side reads it from the session.
type pageView struct {
	Path string    `json:"path"`
	At   time.Time `json:"at"`
}

// noteVisit adds a page to the log, if there is one, and drops the oldest.
func (s *shop) noteVisit(session *djsession.Session, path string) error {
	log, started, err := djsession.Get[[]pageView](session, visitsName)
	if err != nil || !started {
		return err
	}
	log = append(log, pageView{path, s.now().UTC().Truncate(time.Second)})
	session.Set(visitsName, log[max(0, len(log)-keptVisits):])
	return nil
}

func (s *shop) visits(w http.ResponseWriter, r *http.Request) error {
	session, err := djsession.FromRequest(r)
	if err != nil {
		return err
	}
	log, started, err := djsession.Get[[]pageView](session, visitsName)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, "visits.html", map[string]any{"Visits": log, "Started": started, "Kept": keptVisits})
}

// changeVisits starts, clears or ends the log.
func (s *shop) changeVisits(w http.ResponseWriter, r *http.Request) error {
	session, err := djsession.FromRequest(r)
	if err != nil {
		return err
	}
	switch r.PostFormValue("do") {
	case "start", "clear":
		session.Set(visitsName, []pageView{})
	case "end":
		session.Delete(visitsName)
	}
	http.Redirect(w, r, "/visits", http.StatusSeeOther)
	return nil
}
