package djsession

import "time"

// SetExpiry decides when this session ends: [ExpireAfter], [ExpireAt],
// [ExpireOnClose] or [ExpireDefault].
// Django: SessionBase.set_expiry.
func (s *Session) SetExpiry(e Expiry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e == ExpireDefault && !s.values().Has(expiryName) {
		s.accessed = true
		return
	}
	switch at, ok := e.At(); {
	case ok && s.mgr.opts.ExpireAsDatetime && s.mgr.opts.Local != nil:
		s.values().Set(expiryName, LocalTime(at.In(s.mgr.opts.Local)))
	case ok && s.mgr.opts.ExpireAsDatetime:
		s.values().Set(expiryName, at.UTC())
	default:
		s.values().SetExpiry(e, s.mgr.opts.Local)
	}
	s.change(expiryName)
}

// Expiry returns what was set by [Session.SetExpiry], on either side.
func (s *Session) Expiry() (Expiry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accessed = true
	return s.values().Expiry(s.mgr.opts.Local)
}

// ExpiryAge returns how long the session would live if it were saved now; it
// can be negative. An end at an instant counts in whole seconds.
// Django: SessionBase.get_expiry_age.
func (s *Session) ExpiryAge() (time.Duration, error) {
	age, _, err := s.expiry()
	return age, err
}

// ExpiryDate returns when the session would end if it were saved now.
// Django: SessionBase.get_expiry_date.
func (s *Session) ExpiryDate() (time.Time, error) {
	_, date, err := s.expiry()
	return date, err
}

func (s *Session) expiry() (time.Duration, time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accessed = true
	return s.end(s.mgr.opts.Now())
}

// ExpiresOnClose reports whether the cookie ends with the browser.
// Django: SessionBase.get_expire_at_browser_close.
func (s *Session) ExpiresOnClose() (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accessed = true
	return s.onClose()
}

func (s *Session) onClose() (bool, error) {
	e, err := s.values().Expiry(s.mgr.opts.Local)
	if e == ExpireDefault {
		return s.mgr.opts.ExpireOnClose, err
	}
	return e.OnClose(), err
}

func (s *Session) end(now time.Time) (age time.Duration, date time.Time, err error) {
	return s.mgr.endOf(s.values(), now)
}

// endOf returns how long a session saved now lives, and until when.
func (m *Manager) endOf(d *Data, now time.Time) (age time.Duration, date time.Time, err error) {
	e, err := d.Expiry(m.opts.Local)
	if err != nil {
		return 0, time.Time{}, err
	}
	if at, ok := e.At(); ok {
		return floorSeconds(at.Sub(now)), at, nil
	}
	age = m.opts.CookieAge
	if after, ok := e.After(); ok {
		age = after
	}
	return age, m.after(now, age), nil
}

// after is so long after now. A Django with USE_TZ = False reckons on its wall
// clock, by which SQLite and MySQL compare too: across the end of summer time
// that is an hour later, without which a session made at 1:50 for a quarter of
// an hour, till 1:05, would have ended before it began. Across the beginning of
// summer time Django takes an hour away; we do not.
func (m *Manager) after(now time.Time, age time.Duration) time.Time {
	end := now.Add(age)
	if m.opts.Local == nil || age <= 0 {
		return end
	}
	_, offset := now.In(m.opts.Local).Zone()
	_, offsetThen := end.In(m.opts.Local).Zone()
	return end.Add(max(0, time.Duration(offset-offsetThen)*time.Second))
}

// floorSeconds rounds down, as Python's timedelta.seconds does also for what
// has passed.
func floorSeconds(d time.Duration) time.Duration {
	seconds := d.Truncate(time.Second)
	if lower := seconds - time.Second; seconds > d && lower < seconds { // durations end at some 292 years
		return lower
	}
	return seconds
}
