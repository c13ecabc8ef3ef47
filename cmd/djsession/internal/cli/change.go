package cli

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/djsession/djsession-go/cmd/djsession/internal/fail"
	"github.com/djsession/djsession-go/cmd/djsession/internal/place"
	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/djsession"
	"github.com/djsession/djsession-go/signing"
)

// changeSession alters a session in place. It keeps its layout and serializer,
// unless the site says otherwise, because another Django may read it. change
// may be called again if another process saves the session at the same time.
func changeSession(ctx context.Context, b *place.Place, s *settings.Site, found *session, change func(rec *djsession.Record) error) error {
	if found.Err != nil {
		return fail.Hint(fmt.Errorf("it cannot be read: %w", found.Err), "what cannot be read is not changed; 'djsession delete' removes it")
	}
	store, err := writerFor(ctx, b, s, found)
	if err != nil {
		return err
	}
	careful := func(rec *djsession.Record) error {
		if found.Encoding.Verified && !rec.Encoding.Verified {
			return &djsession.CorruptError{Err: djsession.ErrUndecodable} // another process broke it since
		}
		return change(rec)
	}
	if m, ok := store.(djsession.Modifier); ok {
		return m.Modify(ctx, found.Key, careful)
	}
	rec, err := store.Load(ctx, found.Key)
	if err != nil {
		return err
	}
	if err := careful(rec); err != nil {
		return err
	}
	return store.Update(ctx, rec)
}

// writerFor is the store with a codec that writes as the session was encoded.
func writerFor(ctx context.Context, b *place.Place, s *settings.Site, found *session) (djsession.Store, error) {
	if b.With == nil {
		return b.Store, nil
	}
	protocol := 0
	if found.Encoding.Serializer == "pickle" && b.Text != nil {
		text, err := b.Text(ctx, found.Key)
		if err != nil && !errors.Is(err, djsession.ErrNotFound) {
			return nil, err
		}
		protocol = pickleProtocol(text)
	}
	return b.With(s.Codec(found.Encoding, protocol)), nil
}

// pickleProtocol returns 2 for the text of a session that Python 2 can read,
// else 0 for whatever is usual.
func pickleProtocol(text string) int {
	payload := ""
	if p, err := signing.InsecurePayload(text, signing.DefaultMaxSize); err == nil {
		payload = p.Text
	} else if decoded, err := base64.StdEncoding.DecodeString(text); err == nil {
		_, payload, _ = strings.Cut(string(decoded), ":")
	}
	if len(payload) < 2 || payload[0] != 0x80 || payload[1] <= 2 {
		return 2
	}
	return 0
}
