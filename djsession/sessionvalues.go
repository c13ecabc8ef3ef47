package djsession

import (
	"iter"
	"slices"
)

// acquire locks s for [Get].
func (s *Session) acquire() *Data {
	s.mu.Lock()
	s.accessed = true
	return s.values()
}

func (s *Session) release() { s.mu.Unlock() }

// Pop returns the value of a name like [Get] and removes the name. A value that
// is no T stays.
// Django: request.session.pop.
func Pop[T any](s *Session, name string) (T, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accessed = true
	v, ok, err := get[T](s.values(), name)
	if ok && err == nil {
		s.change(name)
		s.data.Delete(name)
	}
	return v, ok, err
}

// SetDefault returns the value of a name like [Get], after setting it if it was
// missing.
// Django: request.session.setdefault.
func SetDefault[T any](s *Session, name string, value T) (T, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accessed = true
	if !s.values().Has(name) {
		s.change(name)
		s.data.Set(name, value)
		return value, nil
	}
	v, _, err := get[T](s.data, name)
	return v, err
}

// Text returns the value of a name if it is there and is a string: the cheapest
// [Get].
func (s *Session) Text(name string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accessed = true
	return s.values().Text(name)
}

// Has reports whether the name is there. Django: name in request.session.
func (s *Session) Has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accessed = true
	return s.values().Has(name)
}

// Names returns the names there are, in order. Django: request.session.keys.
func (s *Session) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accessed = true
	return slices.Collect(s.values().Names())
}

// Data returns a copy of the session's dictionary.
// Django: request.session.items.
func (s *Session) Data() *Data {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accessed = true
	return s.values().Clone()
}

// Set gives a name a value. Anything that the serializer can write will do; one
// that it cannot write is an error when the session is saved. Do not change
// what value points to afterwards.
// Django: request.session[name] = value.
func (s *Session) Set(name string, value any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values().Set(name, value)
	s.change(name)
}

// Update sets several names. Django: request.session.update.
func (s *Session) Update(values iter.Seq2[string, any]) {
	var all []entry
	for name, value := range values { // it may use the session, so not under its lock
		all = append(all, entry{name, value})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range all {
		s.values().Set(e.name, e.value)
		s.change(e.name)
	}
	s.markModified()
}

// Delete removes a name and reports whether it was there.
// Django: del request.session[name].
func (s *Session) Delete(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accessed = true
	if !s.values().Delete(name) {
		return false
	}
	s.change(name)
	return true
}

// Clear removes everything. The session keeps its key and is stored empty; to
// log a user out, use [Session.Flush].
// Django: SessionBase.clear.
func (s *Session) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data = new(Data)
	s.changes, s.cleared = nil, true
	s.markModified()
}

// values returns the session data. A session is loaded before a handler gets
// it.
func (s *Session) values() *Data {
	if s.data == nil {
		s.data = new(Data)
	}
	return s.data
}

// change notes that a name was set or deleted.
func (s *Session) change(name string) {
	s.markModified()
	if s.mgr.opts.Merge {
		if s.changes == nil {
			s.changes = make(map[string]struct{})
		}
		s.changes[name] = struct{}{}
	}
}

const testCookieName, testCookieValue = "testcookie", "worked"

// SetTestCookie stores a value to look for at the next request.
// Django: SessionBase.set_test_cookie.
func (s *Session) SetTestCookie() { s.Set(testCookieName, testCookieValue) }

// TestCookieWorked reports whether the browser sent the cookie back.
// Django: SessionBase.test_cookie_worked.
func (s *Session) TestCookieWorked() bool {
	v, ok := s.Text(testCookieName)
	return ok && v == testCookieValue
}

// DeleteTestCookie removes the value again.
// Django: SessionBase.delete_test_cookie.
func (s *Session) DeleteTestCookie() { s.Delete(testCookieName) }
