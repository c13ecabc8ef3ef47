package auth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/djsession/auth"
)

// TestGuarded: where a site asks for more than a password, a password alone is
// refused, unless the program says that it suffices.
func TestGuarded(t *testing.T) {
	tests := []struct {
		reason  string
		opts    auth.Options
		guarded bool
	}{
		{"nothing", auth.Options{}, false},
		{"MFA", auth.Options{Guards: []string{"allauth.mfa"}}, true},
		{"MFA, and the program knows", auth.Options{Guards: []string{"allauth.mfa"}, PasswordsSuffice: true}, false},
		{"axes among the backends", auth.Options{Backends: []string{"axes.backends.AxesStandaloneBackend", auth.ModelBackend}}, true},
		{"axes, and the program knows", auth.Options{Backends: []string{"axes.backends.AxesBackend", auth.ModelBackend}, PasswordsSuffice: true}, false},
	}
	for _, test := range tests {
		passwords := new(plainPasswords)
		test.opts.Passwords = passwords
		u, err := newSite(someUsers(), &test.opts).auth.Authenticate(t.Context(), "alice", "alice's")
		if guarded := errors.Is(err, auth.ErrGuarded); guarded != test.guarded || (u == nil) != guarded || guarded && passwords.checks > 0 {
			t.Errorf("%s: got %v, %v", test.reason, u, err)
		}
	}
	got := auth.GuardsOf("django.contrib.auth", "axes", "django_otp.plugins.otp_totp", "mfastore", "shop.axes", "allauth", "allauth.mfa", "axes.apps.AppConfig")
	if want := []string{"axes", "django_otp.plugins.otp_totp", "allauth.mfa", "axes.apps.AppConfig"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// strict refuses a name, and notes what it is told.
type strict struct {
	told []string
	err  error
}

func (s *strict) Begin(_ context.Context, a auth.Attempt) error {
	s.told = append(s.told, fmt.Sprintf("begin %s %s", a.Username, a.Address))
	return s.err
}

func (s *strict) End(_ context.Context, a auth.Attempt, succeeded bool) {
	s.told = append(s.told, fmt.Sprintf("end %s %v", a.Username, succeeded))
}

// TestLimiter: it is asked before the password is looked at, and told how that
// ended.
func TestLimiter(t *testing.T) {
	down := errors.New("the limiter's store is down")
	tests := []struct {
		reason, name, password string
		refuse                 error
		want                   error
		told                   string
	}{
		{"right", "alice", "alice's", nil, nil, "begin alice 192.0.2.1; end alice true"},
		{"wrong", "alice", "bob's", nil, auth.ErrInvalidLogin, "begin alice 192.0.2.1"},
		{"no such user", "nobody", "x", nil, auth.ErrInvalidLogin, "begin nobody 192.0.2.1"},
		{"not active", "dave", "dave's", nil, auth.ErrInvalidLogin, "begin dave 192.0.2.1"},
		{"a hash that cannot be checked", "frank", "x", nil, errRubbish, "begin frank 192.0.2.1; end frank false"},
		{"refused", "alice", "alice's", auth.ErrThrottled, auth.ErrThrottled, "begin alice 192.0.2.1"},
		{"the limiter fails", "alice", "alice's", down, down, "begin alice 192.0.2.1"},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			limiter, passwords := &strict{err: test.refuse}, new(plainPasswords)
			s := newSite(someUsers(), &auth.Options{Passwords: passwords, Limiter: limiter})
			var err error
			s.auth.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, err = s.auth.Authenticate(r.Context(), test.name, test.password)
			})).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/", nil))
			if !errors.Is(err, test.want) || strings.Join(limiter.told, "; ") != test.told {
				t.Errorf("got %v, %v, want %v, %v", err, limiter.told, test.want, test.told)
			}
			if test.refuse != nil && passwords.checks+passwords.nobodies > 0 {
				t.Error("the password was looked at")
			}
		})
	}
	if !errors.Is(auth.ErrThrottled, auth.ErrInvalidLogin) {
		t.Error("a form that knows no limiter does not know ErrThrottled")
	}
}

func TestClientAddress(t *testing.T) {
	limiter := new(strict)
	s := newSite(someUsers(), &auth.Options{Passwords: new(plainPasswords), Limiter: limiter,
		ClientAddress: func(r *http.Request) string { return r.Header.Get("X-Real-IP") }})
	r := httptest.NewRequest("POST", "/", nil)
	r.Header.Set("X-Real-IP", "2001:db8::1")
	s.auth.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		s.auth.Authenticate(r.Context(), "x", "y")
	})).ServeHTTP(httptest.NewRecorder(), r)
	s.auth.Authenticate(t.Context(), "x", "y") // from no request
	if got := strings.Join(limiter.told, "; "); got != "begin x 2001:db8::1; begin x " {
		t.Errorf("got %s", got)
	}
}

// slowPasswords take until they are let go, and know how many are being
// checked.
type slowPasswords struct {
	plainPasswords
	now, most atomic.Int64
	begun     chan struct{}
	letGo     chan struct{}
}

func (p *slowPasswords) CheckNobody(string) {
	p.most.Store(max(p.most.Load(), p.now.Add(1))) // by one at a time: begun is received before the next
	p.begun <- struct{}{}
	<-p.letGo
	p.now.Add(-1)
}

// TestMaxHashing: so many passwords are checked at once, others wait, and a
// request that ends while it waits is told so.
func TestMaxHashing(t *testing.T) {
	passwords := &slowPasswords{begun: make(chan struct{}), letGo: make(chan struct{})}
	s := newSite(someUsers(), &auth.Options{Passwords: passwords, MaxHashing: 2})
	errs := make(chan error)
	for range 3 {
		go func() {
			_, err := s.auth.Authenticate(context.Background(), "nobody", "x")
			errs <- err
		}()
	}
	<-passwords.begun
	<-passwords.begun
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := s.auth.Authenticate(ctx, "alice", "alice's")
	if !errors.Is(err, djsession.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, auth.ErrInvalidLogin) {
		t.Errorf("one that waits too long: %v", err)
	}
	select {
	case <-passwords.begun:
		t.Fatal("a third one is being checked")
	default:
	}
	passwords.letGo <- struct{}{}
	<-passwords.begun
	passwords.letGo <- struct{}{}
	passwords.letGo <- struct{}{}
	for range 3 {
		if err := <-errs; !errors.Is(err, auth.ErrInvalidLogin) {
			t.Error(err)
		}
	}
	if most := passwords.most.Load(); most != 2 {
		t.Errorf("%d at once", most)
	}
}
