package cli

import (
	"github.com/spf13/cobra"

	"github.com/djsession/djsession-go/cmd/djsession/internal/settings"
	"github.com/djsession/djsession-go/cmd/djsession/internal/storeurl"
)

// storesTopic is the documentation of all stores.
func storesTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "stores",
		Short: "Where sessions can be, and how to name the place",
		Long: `--store, DATABASE_URL or store in ` + settings.FileName + ` names the place where a site keeps its sessions: a file, or a URL that may have
parameters behind a question mark, as in redis://localhost/1?prefix=shop.

` + storeurl.Help() + `A site with cached_db has its sessions in a table and in a cache before it. --cache, DJSESSION_CACHE or cache in ` + settings.FileName + ` names
the cache, in the same way as a store; --store is the database. Sessions are then read from the database and written to both,
and a logout is seen at once. A --store that is another than the one in ` + settings.FileName + ` leaves the cache out that is named there, and
--cache '' names none. Sessions of signed_cookies are in the browsers: 'djsession decode' reads one.

In a user name or password write @ as %40, : as %3A, / as %2F, # as %23 and % as %25.

What is in a cache is not signed, and needs no secret key. A cache forgets what has expired by itself, so that 'clear' is for
tables and files. 'list' without an index holds the keys of all sessions in memory: those of Redis and of files are sorted
by djsession itself. An export from any store can be imported into any other: what a pickle alone can hold stays a pickle,
which a cache whose serializer is json or msgpack cannot have.`,
	}
}
