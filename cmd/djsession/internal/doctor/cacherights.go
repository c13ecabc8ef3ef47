package doctor

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/djsession/djsession-go/djsession"
)

// cacheRights tries to read, save and delete a session that is not there, which
// changes nothing, and looks whether the server of the cache refuses that: a
// replica takes no writes, and a user of Redis may lack commands or keys.
func (p *Patient) cacheRights(ctx context.Context, r *Report) {
	rec := &djsession.Record{Key: djsession.NewKey(), Data: new(djsession.Data), Expires: time.Now().Add(time.Hour)}
	var replica bool
	var refused []string
	for _, call := range []struct {
		what string
		do   func() error
	}{
		{"read", func() error { _, err := p.Store.Load(ctx, rec.Key); return err }},
		{"save", func() error { return p.Store.Update(ctx, rec) }},
		{"delete", func() error { return p.Store.Delete(ctx, rec.Key) }},
	} {
		err := call.do()
		switch {
		case err == nil || errors.Is(err, djsession.ErrNotFound):
		case strings.Contains(err.Error(), "READONLY"):
			replica = true
		case strings.Contains(err.Error(), "NOPERM"):
			refused = append(refused, call.what)
		default:
			r.add("rights", Unknown, "it cannot be tried to "+call.what+" a session in the cache", "")
			return
		}
	}
	if replica {
		r.add("standby", Bad, "the server of the cache is a replica: sessions can be read here, a moment late, but not saved",
			"name the master in store, or Sentinels that know it: redis+sentinel://host:26379/mymaster/0")
	}
	if len(refused) > 0 {
		r.add("rights", Bad, "this user of the server may not "+strings.Join(refused, ", ")+" sessions",
			"ACL SETUSER ... +get +set +del +exists +pttl +eval +evalsha +scan +ping, and ~ with the prefix of the keys")
	}
	if !replica && len(refused) == 0 {
		r.add("rights", Good, "sessions in the cache can be read, saved and deleted", "")
	}
}
