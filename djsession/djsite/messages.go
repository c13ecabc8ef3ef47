package djsite

import (
	"fmt"
	"slices"

	"github.com/djsession/djsession-go/djsession/messages"
	"github.com/djsession/djsession-go/signing"
)

var messageStorages = map[string]messages.Storage{
	"": messages.StorageFallback,
	"django.contrib.messages.storage.fallback.FallbackStorage": messages.StorageFallback,
	"django.contrib.messages.storage.cookie.CookieStorage":     messages.StorageCookie,
	"django.contrib.messages.storage.session.SessionStorage":   messages.StorageSession,
}

// MessageOptions returns how the site keeps its messages, for package messages:
//
//	opts, err := site.MessageOptions()
//	flash := messages.New(app.Sessions(ctx), site.SecretKey, opts)
//	handler := app.Handler(flash.Handler(mux))
//
// A MESSAGE_STORAGE that is not one of Django's three is a [SettingError]:
// messages of Go would not be found there. MESSAGE_LEVEL and MESSAGE_TAGS are
// for the program to set.
func (s *Site) MessageOptions() (*messages.Options, error) {
	storage, ok := messageStorages[s.Messages.Storage]
	if !ok {
		return nil, &SettingError{
			Setting: "MESSAGE_STORAGE",
			Problem: fmt.Sprintf("%q is not one of Django's own, and Go does not know where it keeps messages", s.Messages.Storage),
			Hint:    "fill in messages.Options by hand if it keeps them as one of Django's does",
		}
	}
	opts := &messages.Options{Storage: storage, Fallbacks: slices.Clone(s.SecretKeyFallbacks)}
	switch v := s.version(); {
	case v.before(1, 5):
		opts.Layout = messages.LayoutDjango14
	case v.before(3, 1):
		opts.Layout = messages.LayoutDjango15
	case v.before(3, 2):
		opts.Layout = messages.LayoutDjango31
	}
	if s.signsSHA1() {
		opts.Algorithm = signing.SHA1
	}
	return opts, nil
}
