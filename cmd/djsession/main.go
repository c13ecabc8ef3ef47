// Command djsession shows, changes and moves the sessions of a Django site,
// without the Django project. See djsession help.
package main

import (
	"os"

	"github.com/djsession/djsession-go/cmd/djsession/internal/cli"
)

func main() { os.Exit(cli.Main()) }
