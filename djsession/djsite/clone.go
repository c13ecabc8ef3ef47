package djsite

import (
	"maps"
	"slices"
)

// clone is a copy that does not change when the caller changes his.
func (s *Site) clone() *Site {
	c := *s
	c.SecretKeyFallbacks = slices.Clone(s.SecretKeyFallbacks)
	c.AuthenticationBackends = slices.Clone(s.AuthenticationBackends)
	c.InactiveBackends = slices.Clone(s.InactiveBackends)
	c.Unsupported = slices.Clone(s.Unsupported)
	c.Databases, c.Caches = maps.Clone(s.Databases), maps.Clone(s.Caches)
	c.Session.References = slices.Clone(s.Session.References)
	c.CSRF.TrustedOrigins = slices.Clone(s.CSRF.TrustedOrigins)
	c.Users.Parents = slices.Clone(s.Users.Parents)
	return &c
}

// normal is a copy to compare: without keys, and with nil for what is empty.
func (s *Site) normal() *Site {
	c := s.clone()
	c.SecretKey, c.SecretKeyFallbacks = "", nil
	if len(c.AuthenticationBackends) == 0 {
		c.AuthenticationBackends = nil
	}
	if len(c.InactiveBackends) == 0 {
		c.InactiveBackends = nil
	}
	if len(c.Unsupported) == 0 {
		c.Unsupported = nil
	}
	if len(c.Databases) == 0 {
		c.Databases = nil
	}
	if len(c.Caches) == 0 {
		c.Caches = nil
	}
	if len(c.Session.References) == 0 {
		c.Session.References = nil
	}
	if len(c.CSRF.TrustedOrigins) == 0 {
		c.CSRF.TrustedOrigins = nil
	}
	if len(c.Users.Parents) == 0 {
		c.Users.Parents = nil
	}
	return c
}
