package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/migrate"
)

// guideOf is the topic that has the steps of a migration in order.
func guideOf(to string) string {
	if to == "key" {
		return "'djsession help rotate'"
	}
	return "'djsession help upgrade'"
}

// stepOf says where in the guides a migration is.
func stepOf(p *migrate.Plan) string {
	var steps []string
	if p.Modern {
		steps = append(steps, "step 2 of "+guideOf("modern"))
	}
	if p.JSON {
		steps = append(steps, "step 4 of "+guideOf("json"))
	}
	if p.Key {
		steps = append(steps, "step 3 of "+guideOf("key"))
	}
	return strings.Join(steps, ", ")
}

func rotateTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "rotate",
		Short: "Change the SECRET_KEY without ending a login",
		Long: `A process that does not know the key of a session takes it for an empty one, and saves an empty one over it. So every
process, Django's and Go's, must read both keys before the first signs with the new one. It takes Django 4.1 or later:

  1  Make the new key, and let every process read it: in Django SECRET_KEY_FALLBACKS = [new], in Go Fallbacks. The
     SECRET_KEY is still the old one. Wait until no process runs without it.
  2  Exchange the two in every process: SECRET_KEY = new, SECRET_KEY_FALLBACKS = [old]. Wait until no process signs with
     the old key any more. Give djsession the keys in the same way.
  3  djsession migrate --to key
     signs what is left again with the new key, and makes the session auth hashes again. It refuses while the newest
     session was signed with the old key.
  4  djsession migrate --to key --dry-run
     when it finds nothing to write, the sessions do not need the old key any more. Links to reset a password do, for
     PASSWORD_RESET_TIMEOUT (three days), and so do signed cookies of the site's own.
  5  Take the old key out of every process, and out of djsession's files.

Before Django 4.1 there are no fallbacks: stop the site and the Go services, set the new SECRET_KEY, migrate with the old key
in --secret-key-fallbacks-file and --force, and start them.

A key that others may know must not become a fallback: they can sign sessions with it. Set the new key alone, in every process
at once. All users log in again; 'djsession clear' deletes the old sessions as they expire.`,
	}
}

func upgradeTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "upgrade",
		Short: "Upgrade Django, or leave PickleSerializer, without ending a login",
		Long: `A Django that cannot read a session takes it for an empty one, and saves an empty one over it. Django 4.0 and later read
neither the layout of 3.0 and older nor SHA-1, and Django 5.0 has no PickleSerializer. So sessions are migrated while a Django
runs that reads both the old form and the new one:

  1  djsession audit --target VERSION
     tells what would be lost. If that is nothing, upgrade; else go on here.
  2  From Django 3.0 or older, upgrade to 3.2 first, without DEFAULT_HASHING_ALGORITHM = "sha1" in the settings. Wait until
     no older Django runs, and no Go service writes Layout: Legacy. Then
     djsession migrate --to modern
  3  From PickleSerializer, while Django 4.2 or older runs: see to it that the site puts into sessions only what JSON can
     hold, and let it read both and write JSON, with a class of its own as SESSION_SERIALIZER:

         import pickle
         from django.contrib.sessions.serializers import JSONSerializer

         class JSONOrPickle(JSONSerializer):
             def loads(self, data):
                 try:
                     return super().loads(data)
                 except ValueError:
                     return pickle.loads(data)

     Go services read both at any time, with AlsoRead.
  4  djsession migrate --to json
     when no process writes pickles any more. It refuses while the newest session is pickled.
  5  djsession audit --target VERSION
     until it exits with 0. Then set SESSION_SERIALIZER to JSONSerializer, and upgrade.

'djsession help rotate' is for a new SECRET_KEY, which is better not changed at the same time.`,
	}
}
