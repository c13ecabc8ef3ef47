package auth

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/djsession/djsession-go/djsession"
)

// A proof says whether the settings are known to compute this site's session
// auth hashes. The hashes of a user model that overrides
// get_session_auth_hash look wrong to other settings, every one of them. So a
// session is flushed for its hash only after another one's was right.
type proof struct {
	known  atomic.Bool
	warned atomic.Bool

	mu    sync.Mutex
	wrote map[string]struct{} // ids of users whose hash this Auth has written
}

// mostWritten bounds the memory of a proof that never comes. A service that
// logged in so many users, and has seen no hash but its own, proves nothing.
const mostWritten = 10_000

// write notes a hash that this Auth writes, whose verification proves nothing.
func (p *proof) write(userID string) {
	if p.known.Load() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wrote == nil {
		p.wrote = make(map[string]struct{})
	}
	if len(p.wrote) < mostWritten {
		p.wrote[userID] = struct{}{}
	}
}

// verified notes that a hash in a session was right.
func (p *proof) verified(userID string) {
	if p.known.Load() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, own := p.wrote[userID]; !own && len(p.wrote) < mostWritten {
		p.known.Store(true)
		p.wrote = nil
	}
}

// refuse answers for a session whose hash is missing or not right, and flushes
// the session if these settings can judge that.
func (a *Auth) refuse(ctx context.Context, s *djsession.Session, why Reason) error {
	if !a.opts.HashesProven && (!a.proof.known.Load() || why == ReasonHashForeign) {
		a.warn(ctx, why)
		return why
	}
	if a.opts.ReadOnly {
		return why
	}
	return a.flush(ctx, s, why)
}

// warn says once that sessions are left alone, and what to do.
func (a *Auth) warn(ctx context.Context, why Reason) {
	if a.proof.warned.Swap(true) {
		return
	}
	a.opts.logger().WarnContext(ctx, "auth: a session's login was refused, and the session left as it is, since the settings "+
		"may not be this site's. "+remedies[why]+" Else set Options.HashesProven.", "reason", why.Error())
}

var remedies = map[Reason]string{
	ReasonHashMissing: "If the user model has no get_session_auth_hash, set Options.NoSessionHash.",
	ReasonHashWrong: "If no login of the site is accepted, check the secret key; " +
		"if the user model overrides get_session_auth_hash, set Options.HashSalt, HashInput or SessionHash.",
	ReasonHashForeign: "If no login of the site is accepted, its user model overrides get_session_auth_hash: " +
		"set Options.HashSalt, HashInput or SessionHash. Django up to 3.0 needs Options.Algorithm = signing.SHA1.",
}
