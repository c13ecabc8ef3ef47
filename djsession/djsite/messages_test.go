package djsite_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/djsession/djsession-go/djsession/djsite"
	"github.com/djsession/djsession-go/djsession/messages"
	"github.com/djsession/djsession-go/signing"
)

func TestMessageOptions(t *testing.T) {
	const storages = "django.contrib.messages.storage."
	for _, test := range []struct {
		reason string
		site   djsite.Site
		want   messages.Options
	}{
		{"the defaults of the newest", djsite.Site{}, messages.Options{}},
		{"Django's default by its name", djsite.Site{
			Messages: djsite.Messages{Storage: storages + "fallback.FallbackStorage"},
		}, messages.Options{}},
		{"in the session", djsite.Site{
			DjangoVersion: "6.1", Messages: djsite.Messages{Storage: storages + "session.SessionStorage"},
		}, messages.Options{Storage: messages.StorageSession}},
		{"in the cookie alone", djsite.Site{
			Messages: djsite.Messages{Storage: storages + "cookie.CookieStorage"},
		}, messages.Options{Storage: messages.StorageCookie}},
		{"older keys", djsite.Site{SecretKeyFallbacks: []string{"old"}}, messages.Options{Fallbacks: []string{"old"}}},
		{"the first with the present layout", djsite.Site{DjangoVersion: "3.2"}, messages.Options{}},
		{"SHA-1 by a setting", djsite.Site{DjangoVersion: "3.2", HashingAlgorithm: "sha1"}, messages.Options{Algorithm: signing.SHA1}},
		{"3.1 has a layout of its own", djsite.Site{DjangoVersion: "3.1"}, messages.Options{Layout: messages.LayoutDjango31}},
		{"before SHA-256", djsite.Site{DjangoVersion: "3.0"}, messages.Options{
			Layout: messages.LayoutDjango15, Algorithm: signing.SHA1,
		}},
		{"before safe texts", djsite.Site{DjangoVersion: "1.4"}, messages.Options{
			Layout: messages.LayoutDjango14, Algorithm: signing.SHA1,
		}},
	} {
		t.Run(test.reason, func(t *testing.T) {
			got, err := test.site.MessageOptions()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want.Storage, got.Storage) + cmp.Diff(test.want.Layout, got.Layout) +
				cmp.Diff(test.want.Algorithm, got.Algorithm) + cmp.Diff(test.want.Fallbacks, got.Fallbacks); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestMessageOptionsOfAnotherStorage(t *testing.T) {
	site := djsite.Site{Messages: djsite.Messages{Storage: "shop.storage.RedisStorage"}}
	opts, err := site.MessageOptions()
	var setting *djsite.SettingError
	if opts != nil || !errors.As(err, &setting) || setting.Setting != "MESSAGE_STORAGE" {
		t.Errorf("got %v, %v; want no options, and an error that names MESSAGE_STORAGE", opts, err)
	}
}
