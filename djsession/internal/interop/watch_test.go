package interop

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

// watchLogins has what is done on Django end a long request of the service.
func watchLogins(t *testing.T, p *pair) {
	m := djsession.NewManager(p.store, nil)
	w := djsession.NewWatcher(m, &djsession.WatchOptions{Interval: 50 * time.Millisecond, Judge: p.auth.Judge()})
	defer w.Close()
	create := `User.objects.create_user("eve", password="eve's", is_staff=True, **({"email": ""} if User.USERNAME_FIELD == "username" else {}))`
	p.django(t, create, nil, nil)
	for _, c := range []struct {
		reason string
		do     func(key string)
		want   error
	}{
		{"a request", func(key string) { p.ask(t, "state_of", key) }, nil},
		{"a logout", func(key string) { p.ask(t, "log_out", key) }, djsession.ErrNotFound},
		{"another user's login in the same browser", func(key string) { p.ask(t, "log_in", key, "bob", "bob's") }, djsession.ErrNotFound},
		{"a change of the password in another browser", func(string) {
			p.ask(t, "change_password", p.ask(t, "log_in", "", "eve", "eve's").Key, "eve's", "eve's new")
		}, auth.ReasonHashWrong},
		{"inactive", func(string) {
			p.django(t, `User.objects.filter(**{User.USERNAME_FIELD: "eve"}).update(is_active=False)`, nil, nil)
		}, auth.ReasonInactive},
		{"deleted", func(string) { p.django(t, `User.objects.filter(**{User.USERNAME_FIELD: "eve"}).delete()`, nil, nil) }, auth.ReasonNoSuchUser},
	} {
		if c.want == auth.ReasonNoSuchUser { // by now eve is inactive
			p.django(t, `User.objects.filter(**{User.USERNAME_FIELD: "eve"}).update(is_active=True)`, nil, nil)
		}
		key := p.get(t, "/login?username=eve", "").Key
		s, err := m.Open(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := w.Watch(t.Context(), s)
		time.Sleep(100 * time.Millisecond)
		if ctx.Err() != nil {
			t.Errorf("%s: it ended before: %v", c.reason, context.Cause(ctx))
		}
		c.do(key)
		if c.want == nil {
			time.Sleep(150 * time.Millisecond)
			if ctx.Err() != nil {
				t.Errorf("%s ends it: %v", c.reason, context.Cause(ctx))
			}
		} else {
			select {
			case <-ctx.Done():
			case <-time.After(20 * time.Second):
				t.Errorf("%s does not end it", c.reason)
			}
			if err := context.Cause(ctx); !errors.Is(err, c.want) {
				t.Errorf("%s: got %v, want %v", c.reason, err, c.want)
			}
		}
		cancel()
	}
}
